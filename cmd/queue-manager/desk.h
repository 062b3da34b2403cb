/* desk - a socket where a question is put and answered. */
#ifndef QUEUE_MANAGER_DESK_H
#define QUEUE_MANAGER_DESK_H

#include "cmd/queue-manager/loop.h"
#include "lib/base/str.h"

#include <sys/types.h>

/* Who may ask connects, says one packet, hears the answer, and the connection
 * ends; it does not block. */
struct desk {
	struct source source;
	bool (*may_ask)(const struct manager *manager, uid_t uid);
	void (*answer)(struct manager *manager, int fd, struct slice packet);
	unsigned clients, clients_max; /* that have not asked yet */
};

/* Listens at path for whom the members say.  0, or -1 with errno. */
int desk_open(struct manager *manager, struct desk *desk, const char *path);

#endif
