/* place - one envelope recipient, while it is decided where it goes. */
#ifndef QUEUE_MANAGER_PLACE_H
#define QUEUE_MANAGER_PLACE_H

#include "cmd/queue-manager/rcpt_map.h"

#include <stdbool.h>

struct manager;
struct message;
struct route;

/* What has no worker yet of one envelope recipient, while that is routed
 * again. */
struct rerouting {
	struct manager *manager;
	struct message *message;
	struct rcpt **old;
	size_t old_count;
	bool leans;            /* it meets a pending row of another */
	struct rcpt_map known; /* each address is delivered once, however many
				* aliases lead to it; doubles never get into
				* the message, or a few thousand recipients
				* with large aliases would fill the memory */
	struct rcpt_map tried; /* those old ones of which more is known than
				* their address */
};

/* Makes a row of a route, or has it stand for one that is there. */
void place_route(struct rerouting *r, const struct route *route);

#endif
