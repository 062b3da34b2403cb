/* caller - one accepted connection; see caller.h. */
#include "cmd/smtp-receive/caller.h"

#include "lib/base/local_socket.h"

#include <arpa/inet.h>
#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

enum { UNREAD_TRIES = 8 };

int
caller_accept(struct caller *caller, int listen_fd)
{
	socklen_t size = sizeof caller->at;

	caller->fd = accept4(listen_fd, &caller->at.any, &size, SOCK_CLOEXEC);
	return caller->fd < 0 ? -1 : 0;
}

/* The address is the kernel's word, not the sender's. */
int
caller_take(struct caller *caller, int socket_fd)
{
	socklen_t size = sizeof caller->at;
	char nothing[1];

	if (packet_receive(socket_fd, nothing, sizeof nothing, MSG_DONTWAIT,
		&caller->fd) < 0)
		return -1;
	if (getpeername(caller->fd, &caller->at.any, &size) == 0 &&
	    (caller->at.any.sa_family == AF_INET ||
		caller->at.any.sa_family == AF_INET6))
		return 0;
	if (caller->fd >= 0)
		close(caller->fd);
	errno = ECONNABORTED;
	return -1;
}

static void
add_ipv4(struct str *to, const struct in_addr *address)
{
	uint32_t number = ntohl(address->s_addr);

	for (int shift = 24; shift >= 0; shift -= 8) {
		str_add_u64(to, number >> shift & 255);
		if (shift)
			str_putc(to, '.');
	}
}

static void
add_ipv6(struct str *to, const struct in6_addr *address)
{
	char text[INET6_ADDRSTRLEN];

	inet_ntop(AF_INET6, address, text, sizeof text);
	str_puts(to, text);
}

void
caller_name(const struct caller *caller, struct str *name,
    struct str *literal)
{
	bool is_ipv6 = caller->at.any.sa_family == AF_INET6;

	str_puts(name, "[");
	str_puts(literal, is_ipv6 ? "[IPv6:" : "[");
	if (is_ipv6) {
		add_ipv6(name, &caller->at.in6.sin6_addr);
		add_ipv6(literal, &caller->at.in6.sin6_addr);
	} else {
		add_ipv4(name, &caller->at.in4.sin_addr);
		add_ipv4(literal, &caller->at.in4.sin_addr);
	}
	str_puts(name, "]:");
	str_add_u64(name, ntohs(is_ipv6 ? caller->at.in6.sin6_port
	                                : caller->at.in4.sin_port));
	str_puts(literal, "]");
}

void
caller_turn_away(const struct caller *caller, enum reply reply)
{
	struct str words = {0};
	char unread[4096];

	reply_add(&words, reply, NULL);
	send(caller->fd, words.s, words.len, MSG_DONTWAIT | MSG_NOSIGNAL);
	/* what stays unread makes a reset of the close; but nobody keeps us
	 * here by talking */
	for (int i = 0; i < UNREAD_TRIES; i++)
		if (recv(caller->fd, unread, sizeof unread, MSG_DONTWAIT) <= 0)
			break;
	str_free(&words);
}
