/* held - lanes that wait to be asked. */
#ifndef QUEUE_MANAGER_HELD_H
#define QUEUE_MANAGER_HELD_H

#include "lib/base/str.h"

struct delivery;
struct job_result;
struct lane;
struct manager;

/* A lane whose mail waits to be asked for. */
struct held {
	struct lane *lane;
	struct held *next;      /* of those released */
	bool is_released;       /* it flows, now */
	uint32_t number;        /* of the release */
	struct delivery *tried; /* in its queue: the first of those that this
				 * release tried in vain */
	char *hop;              /* where the last release leads */
	size_t old_at;          /* warnheld.c's */
};

/* A new lane; and its end. */
void held_begin(struct lane *lane);
void held_free(struct lane *lane);
bool held_is_released(const struct lane *lane);
/* It is held, and nothing in it may go now. */
bool held_waits(const struct lane *lane);
/* What workers are told of where a lane leads. */
const char *held_hop(const struct lane *lane);
/* Deliveries in a lane, wherever they stand. */
size_t held_count(const struct lane *lane);
/* Before which one a delivery is to stand in its lane's queue (NULL: at the
 * end); it was put there; it leaves the queue. */
struct delivery *held_place(struct delivery *delivery);
void held_placed(struct delivery *delivery);
void held_leaves(const struct delivery *delivery);
/* An attempt is over, and this release makes no other. */
void held_note_try(const struct delivery *delivery);
/* A connection failed, with so many others under way. */
void held_failed(struct manager *manager, struct lane *lane, unsigned others);
/* Do the verdicts say that the connection was lost on the way? */
bool held_was_lost(const struct lane *lane, const struct job_result *result);
/* Its mail is asked for, and hop is where it leads; a release under way is to
 * lead there; it is over. */
void held_start(struct manager *manager, struct lane *lane, struct slice hop);
void held_lead(struct lane *lane, struct slice hop);
void held_end(struct manager *manager, struct lane *lane, const char *why);
/* Ends the releases of lanes with nothing left to try. */
void held_check(struct manager *manager);

#endif
