/* decision - what a routing decision holds on its way; for control/ alone. */
#ifndef CONTROL_DECISION_H
#define CONTROL_DECISION_H

#include "control/name_map.h"
#include "control/outward.h"
#include "control/resolve.h"

struct decision {
	struct config *config;
	const struct route_request *request;
	const struct route_trace *trace;
	struct routes *out;
	struct name_map seen;  /* aliases followed, addresses routed */
	struct route refusal;  /* why the one left out last was left out */
	bool is_postmaster;    /* RFC 5321 4.5.1: always reachable */
};

/* Adds a route: address and copy are its own already, the rest may be filled
 * in.  NULL when it is there. */
struct route *decision_add(struct decision *d, enum route_kind kind,
    struct slice address, struct slice copy);

/* As decision_add: to another host, by this lane. */
void decision_send(struct decision *d, enum route_kind kind,
    struct slice address, struct slice next_hop, uint64_t keep_s);

/* Remembers why nobody is there, for the case that nobody else is. */
void decision_refuse(struct decision *d, struct slice address, int code,
    const char *enhanced, const char *text);

/* Decides on this address instead. */
void decision_follow(struct decision *d, struct slice address);

/* Begins anew, for what was decided counts no more. */
void decision_forget(struct decision *d);

/* The refusal is a route if there is no other. */
void decision_end(struct decision *d);

#endif
