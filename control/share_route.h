/*
 * share_route - routing of share domains: what the manager sees of mail that
 * comes for staff and that staff sends.  For control/ alone.
 */
#ifndef CONTROL_SHARE_ROUTE_H
#define CONTROL_SHARE_ROUTE_H

#include "control/decision.h"

/* Whose letter is it, if a staff member wrote it? */
struct share_writer {
	struct str account, manager; /* account empty: no staff's */
	bool is_held;                /* until the manager approves */
	uint64_t line;               /* in accounts */
};
void share_writer_find(struct config *config,
    const struct route_request *request, struct share_writer *writer);
void share_writer_free(struct share_writer *writer);

/* A letter for an account of a share domain: routed, or refused.  False: it
 * is routed like any other account. */
bool share_route_account(struct decision *d, const struct resolved *found);

/* A staff letter that leaves by a lane: the manager's copy first. */
void share_route_outward(struct decision *d,
    const struct share_writer *writer, struct slice address,
    struct slice lane);

#endif
