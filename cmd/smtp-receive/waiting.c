/* waiting - for the next connection of the same client; see waiting.h. */
#include "cmd/smtp-receive/waiting.h"

#include "cmd/smtp-receive/seats.h"
#include "lib/base/local_socket.h"

#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static bool
is_same_address(const struct caller *a, const struct caller *b)
{
	if (a->at.any.sa_family != b->at.any.sa_family)
		return false;
	if (a->at.any.sa_family == AF_INET)
		return a->at.in4.sin_addr.s_addr == b->at.in4.sin_addr.s_addr;
	return a->at.in6.sin6_scope_id == b->at.in6.sin6_scope_id &&
	    !memcmp(&a->at.in6.sin6_addr, &b->at.in6.sin6_addr,
		sizeof a->at.in6.sin6_addr);
}

static bool
is_neighbour(const struct caller *a, const struct caller *b)
{
	return !is_same_address(a, b) &&
	    seats_are_shared(&a->at.any, &b->at.any);
}

static struct room *
find(struct waiting *waiting, const struct caller *caller)
{
	for (size_t i = 0; i < waiting->count; i++)
		if (is_same_address(&waiting->rooms[i].whose, caller))
			return &waiting->rooms[i];
	return NULL;
}

static void
close_pair(const int pair[2])
{
	close(pair[0]);
	close(pair[1]);
}

static bool
open_room(struct room *room)
{
	if (pipe2(room->idle, O_CLOEXEC | O_NONBLOCK) < 0)
		return false;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0,
		room->connections) < 0) {
		close_pair(room->idle);
		return false;
	}
	/* the parent waits for nobody */
	room->is_open = fcntl(room->connections[0], F_SETFL, O_NONBLOCK) == 0;
	if (!room->is_open) {
		close_pair(room->idle);
		close_pair(room->connections);
	}
	return room->is_open;
}

static void
close_room(struct room *room)
{
	if (!room->is_open)
		return;
	close_pair(room->idle);
	close_pair(room->connections);
	room->is_open = false;
}

static struct room *
oldest(struct waiting *waiting)
{
	struct room *old = &waiting->rooms[0];

	for (size_t i = 1; i < waiting->count; i++)
		if (waiting->rooms[i].used_ms < old->used_ms)
			old = &waiting->rooms[i];
	return old;
}

static void
remember(struct waiting *waiting, const struct caller *caller,
    uint64_t now_ms)
{
	struct room *room = waiting->count < WAITING_ROOMS_MAX
	    ? &waiting->rooms[waiting->count++] : oldest(waiting);

	close_room(room);
	*room = (struct room){.whose = *caller, .used_ms = now_ms};
}

bool
waiting_take(struct waiting *waiting, const struct caller *caller,
    uint64_t now_ms)
{
	struct room *room = find(waiting, caller);
	struct slice address = {(const char *)&caller->at, sizeof caller->at};
	char one;

	if (!room || !room->is_open || read(room->idle[0], &one, 1) != 1)
		return false;
	room->used_ms = now_ms;
	return packet_send(room->connections[0], address, caller->fd) == 0;
}

struct room *
waiting_room(struct waiting *waiting, const struct caller *caller,
    uint64_t now_ms)
{
	struct room *room = find(waiting, caller);

	if (!room) {
		remember(waiting, caller, now_ms);
		return NULL;
	}
	room->used_ms = now_ms;
	return room->is_open || open_room(room) ? room : NULL;
}

size_t
waiting_dismiss(struct waiting *waiting, const struct caller *caller)
{
	char idle[256];
	size_t count = 0;

	for (size_t i = 0; i < waiting->count; i++) {
		struct room *room = &waiting->rooms[i];
		ssize_t n;

		if (!room->is_open || !is_neighbour(&room->whose, caller))
			continue;
		n = read(room->idle[0], idle, sizeof idle);
		count += n > 0 ? (size_t)n : 0;
		close_room(room);
	}
	return count;
}

void
waiting_trim(struct waiting *waiting, uint64_t now_ms)
{
	for (size_t i = 0; i < waiting->count;) {
		struct room *room = &waiting->rooms[i];

		if (now_ms - room->used_ms < WAITING_MS) {
			i++;
			continue;
		}
		close_room(room);
		*room = waiting->rooms[--waiting->count];
	}
}

void
waiting_close(struct waiting *waiting)
{
	for (size_t i = 0; i < waiting->count; i++)
		close_room(&waiting->rooms[i]);
	waiting->count = 0;
}

void
waiting_keep(struct waiting *waiting, const struct room *room)
{
	for (size_t i = 0; i < waiting->count; i++) {
		if (&waiting->rooms[i] != room) {
			close_room(&waiting->rooms[i]);
			continue;
		}
		close(room->idle[0]);
		close(room->connections[0]);
	}
}

bool
waiting_next(const struct room *room, struct caller *caller)
{
	/* full, or closed: then nobody counts on us */
	return write(room->idle[1], "", 1) == 1 &&
	    packet_receive(room->connections[1], (char *)&caller->at,
		sizeof caller->at, 0, &caller->fd) == sizeof caller->at &&
	    caller->fd >= 0;
}
