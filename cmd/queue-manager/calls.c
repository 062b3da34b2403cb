/* calls - who has called at a socket; see calls.h. */
#include "cmd/queue-manager/calls.h"

#include "cmd/queue-manager/loop.h"

#include <stddef.h>
#include <sys/socket.h>

enum { CALLS_MAX = 256 };

void
calls_accept(struct manager *manager, struct source *listener,
    void (*take)(struct manager *manager, struct source *listener, int fd))
{
	for (int i = 0; i < CALLS_MAX; i++) {
		int fd = accept4(listener->fd, NULL, NULL,
		    SOCK_NONBLOCK | SOCK_CLOEXEC);

		if (fd < 0)
			return;
		take(manager, listener, fd);
	}
}
