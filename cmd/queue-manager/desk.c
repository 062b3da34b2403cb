/*
 * desk - a socket where a question is put and answered; see desk.h.
 *
 * Who came and says nothing, or does not listen, takes a place and nobody's
 * time: connections do not block.
 */
#include "cmd/queue-manager/desk.h"

#include "cmd/queue-manager/calls.h"
#include "cmd/queue-manager/manager.h"
#include "lib/base/local_socket.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

struct client {
	struct source source;
	struct desk *desk;
};

static void
client_ready(struct manager *manager, struct source *source)
{
	struct client *client = (struct client *)source;
	ssize_t n = packet_receive(source->fd, manager->packet, PACKET_MAX,
	    MSG_DONTWAIT, NULL);

	if (n < 0 && errno == EAGAIN)
		return;
	if (n > 0)
		client->desk->answer(manager, source->fd,
		    slice_make(manager->packet, (size_t)n));
	client->desk->clients--;
	loop_unwatch(manager, source);
	free(client);
}

static bool
is_welcome(const struct manager *manager, const struct desk *desk, int fd)
{
	uid_t uid;

	return desk->clients < desk->clients_max && peer_uid(fd, &uid) == 0 &&
	    desk->may_ask(manager, uid);
}

static void
take_call(struct manager *manager, struct source *listener, int fd)
{
	struct desk *desk = (struct desk *)listener;
	struct client *client;

	if (!is_welcome(manager, desk, fd)) {
		close(fd);
		return;
	}
	client = mem_alloc(sizeof *client);
	*client = (struct client){{fd, client_ready}, desk};
	if (loop_watch(manager, &client->source) < 0) {
		close(fd);
		free(client);
		return;
	}
	desk->clients++;
}

static void
desk_ready(struct manager *manager, struct source *source)
{
	calls_accept(manager, source, take_call);
}

int
desk_open(struct manager *manager, struct desk *desk, const char *path)
{
	desk->source = (struct source){local_listen(path), desk_ready};
	return desk->source.fd < 0 ? -1 : loop_watch(manager, &desk->source);
}
