/* turn - whose turn it is. */
#ifndef QUEUE_MANAGER_TURN_H
#define QUEUE_MANAGER_TURN_H

#include "cmd/queue-manager/lane.h"

struct agent_port;

/* Stands it in a line, if there is something that may go. */
void turn_give(struct lane *lane);
/* May one more of its deliveries go now? */
bool turn_may_go(const struct lane *lane);
/* Does it leave enough workers to others? */
bool turn_has_share(const struct lane *lane);
/* The next delivery for this agent, now in flight; lanes take turns. */
struct delivery *turn_next(struct agent_port *port);
/* How many more may go from that line now. */
unsigned turn_room(const struct agent_port *port, enum line line);

#endif
