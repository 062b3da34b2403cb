/* reroute - where does it go. */
#ifndef QUEUE_MANAGER_REROUTE_H
#define QUEUE_MANAGER_REROUTE_H

#include <stdbool.h>

struct delivery;
struct manager;
struct message;
struct rcpt;

/* Decides (anew) where the pending recipients go that are not handed out, and
 * gathers them; queue/FORMAT.md has the rule ("One letter for each
 * address").  What takes longer than a moment goes on in a walk, and is
 * gathered and reported at its end. */
void reroute(struct manager *manager, struct message *message);
/* The same for all messages, after the tables have changed, in a walk. */
void reroute_all(struct manager *manager);
/* Was this delivery, about to be handed out, routed by older tables?  Then it
 * is gone, and its message was routed anew. */
bool reroute_stale(struct manager *manager, struct delivery *delivery);

/* What the envelope asked about this one. */
const char *reroute_asked(const struct rcpt *rcpt);

#endif
