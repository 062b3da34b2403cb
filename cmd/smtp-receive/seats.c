/* seats - the sessions, in total and per address; see seats.h. */
#include "cmd/smtp-receive/seats.h"

#include "lib/base/str.h"

#include <netinet/in.h>
#include <string.h>

static struct seat
seat_of(const struct sockaddr *address)
{
	struct seat seat = {0};

	if (address->sa_family == AF_INET6) {
		const struct sockaddr_in6 *in6 = (const void *)address;

		seat.is_ipv6 = true;
		memcpy(&seat.network, &in6->sin6_addr, sizeof seat.network);
	} else {
		const struct sockaddr_in *in4 = (const void *)address;

		seat.network = in4->sin_addr.s_addr;
	}
	return seat;
}

static bool
is_same_network(const struct seat *a, const struct seat *b)
{
	return a->network == b->network && a->is_ipv6 == b->is_ipv6;
}

bool
seats_are_shared(const struct sockaddr *a, const struct sockaddr *b)
{
	struct seat one = seat_of(a), other = seat_of(b);

	return is_same_network(&one, &other);
}

size_t
seats_from(const struct seats *seats, const struct sockaddr *address)
{
	struct seat seat = seat_of(address);
	size_t count = 0;

	for (size_t i = 0; i < seats->len; i++)
		if (is_same_network(&seats->v[i], &seat))
			count++;
	return count;
}

void
seats_take(struct seats *seats, pid_t pid, const struct sockaddr *address)
{
	seats->v = mem_room(seats->v, seats->len, &seats->cap,
	    sizeof *seats->v);
	seats->v[seats->len] = seat_of(address);
	seats->v[seats->len++].pid = pid;
}

void
seats_leave(struct seats *seats, pid_t pid)
{
	for (size_t i = 0; i < seats->len; i++) {
		if (seats->v[i].pid == pid) {
			seats->v[i] = seats->v[--seats->len];
			return;
		}
	}
}
