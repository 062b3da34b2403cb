/* seats - who is here: the sessions, counted in total and per address. */
#ifndef SMTP_RECEIVE_SEATS_H
#define SMTP_RECEIVE_SEATS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/types.h>

struct seat {
	pid_t pid;
	uint64_t network; /* IPv4: the address; IPv6: its /64, what one
	                   * customer has */
	bool is_ipv6;
};

struct seats {
	struct seat *v;
	size_t len, cap;
};

/* Do these two count as one address? */
bool seats_are_shared(const struct sockaddr *a, const struct sockaddr *b);

/* How many sit here already from the same address. */
size_t seats_from(const struct seats *seats, const struct sockaddr *address);
void seats_take(struct seats *seats, pid_t pid,
    const struct sockaddr *address);
void seats_leave(struct seats *seats, pid_t pid);

#endif
