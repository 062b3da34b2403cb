/* lanes - which lanes there are. */
#ifndef QUEUE_MANAGER_LANES_H
#define QUEUE_MANAGER_LANES_H

#include "lib/base/str.h"

struct agent_port;
struct lane;
struct manager;
struct rcpt;

struct lanes {
	struct lane **buckets;
	size_t size, count;
};

struct lane *lanes_get(struct manager *manager, struct agent_port *port,
    struct slice next_hop);
/* The same, but NULL when there is none. */
struct lane *lanes_find(const struct manager *manager,
    const struct agent_port *port, struct slice next_hop);
/* Where one for a mailbox of ours goes now: to share-sort first, or to
 * local-deliver. */
struct lane *lanes_home(struct manager *manager, const struct rcpt *rcpt);
/* Is that lane share-sort's? */
bool lanes_is_sorting(const struct manager *manager, const struct lane *lane);
/* Whoever holds a lane says so; one that nobody holds is freed at a turn's
 * end, unless there is something to remember of it. */
void lanes_hold(struct lane *lane);
void lanes_release(struct lane *lane);
/* A recipient's lane; NULL for none. */
void lanes_assign(struct rcpt *rcpt, struct lane *lane);
void lanes_bury(struct manager *manager);

#endif
