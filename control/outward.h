/*
 * outward - mail for domains that are not ours: who may send it, and by which
 * host it leaves.  For control/ alone.
 *
 * The sender's account decides, then the sender's domain, then routes, then
 * the MX hosts of the destination.
 */
#ifndef CONTROL_OUTWARD_H
#define CONTROL_OUTWARD_H

#include "control/route.h"

/* A step for explain; trace may be NULL. */
void step(const struct route_trace *trace, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Did it come through a box that only our own people, or our own programs,
 * can reach?  Then the sender is believed. */
bool outward_is_from_inside(const struct route_request *request);

/* ... or from somebody whom nobody vouches for: a stranger's client, or a
 * mailbox at a provider, where the sender is whoever it says? */
bool outward_is_from_outside(const struct route_request *request);

/* Finds the account that sends: a login, or a sender that the box vouches for.
 * False: none of ours, as far as it is proved. */
bool outward_find_writer(struct config *config,
    const struct route_request *request, struct account *account);

/* False when the account that sends, as far as it is proved, has
 * send=internal. */
bool outward_is_allowed(struct config *config,
    const struct route_request *request, const struct route_trace *trace);

/* Is the domain an address literal of loopback, or 0.0.0.0?  Anybody may write
 * such a sender, and a bounce to it would talk to the services of this very
 * machine. */
bool outward_is_loopback(struct slice domain);

/* Replaces *to by the next hop for a domain (normalized, perhaps an address
 * literal) that is not ours. */
void outward_hop(struct config *config, const struct route_request *request,
    struct slice domain, const struct route_trace *trace, struct str *to);

#endif
