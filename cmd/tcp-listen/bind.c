/* bind - the listening sockets of one service; see bind.h. */
#include "cmd/tcp-listen/bind.h"

#include "control/config.h"
#include "lib/base/die.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
	FIRST_FD = 4,     /* 3 is the readiness descriptor */
	BACKLOG = 1024,
	LISTENERS_MAX = 64,
	PORT_MAX = 65535
};

struct endpoint {
	union {
		struct sockaddr any;
		struct sockaddr_in in4;
		struct sockaddr_in6 in6;
	} at;
	socklen_t size;
};

void
bind_addresses(const char *service, struct strs *addresses)
{
	struct config config;

	config_open_or_die(&config, "routing");
	config_listen(&config, service, addresses);
	config_close(&config);
	if (!addresses->len)
		die_perm("control/listen, as last compiled, has no row for %s: "
		    "add one (\"0.0.0.0:25 %s\") and run posthouse compile",
		    service, service);
	if (addresses->len > LISTENERS_MAX)
		die_perm("control/listen has more than %d rows for %s",
		    LISTENERS_MAX, service);
}

static bool
parse_host(const char *host, uint16_t port, struct endpoint *endpoint)
{
	struct sockaddr_in *in4 = &endpoint->at.in4;
	struct sockaddr_in6 *in6 = &endpoint->at.in6;

	memset(endpoint, 0, sizeof *endpoint);
	if (inet_pton(AF_INET, host, &in4->sin_addr) == 1) {
		in4->sin_family = AF_INET;
		in4->sin_port = htons(port);
		endpoint->size = sizeof *in4;
		return true;
	}
	if (inet_pton(AF_INET6, host, &in6->sin6_addr) == 1) {
		in6->sin6_family = AF_INET6;
		in6->sin6_port = htons(port);
		endpoint->size = sizeof *in6;
		return true;
	}
	return false;
}

/* "192.0.2.1:25" or "[2001:db8::1]:25", numbers only: no resolver as root. */
static bool
parse(struct slice text, struct endpoint *endpoint)
{
	struct str host = {0};
	size_t colon = text.len;
	uint64_t port;
	bool is_good = false;

	while (colon && text.s[colon - 1] != ':')
		colon--;
	if (colon && slice_u64(slice_after(text, colon), PORT_MAX, &port)) {
		text.len = colon - 1;
		if (text.len >= 2 && text.s[0] == '[' &&
		    text.s[text.len - 1] == ']')
			text = slice_make(text.s + 1, text.len - 2);
		str_add_slice(&host, text);
		is_good = parse_host(str_c(&host), (uint16_t)port, endpoint);
	}
	str_free(&host);
	return is_good;
}

static _Noreturn void
explain(const char *address)
{
	switch (errno) {
	case EADDRINUSE:
		die_perm("cannot listen on %s: another program does (ss -ltnp "
		    "shows which; stop it, or change control/listen)",
		    address);
	case EADDRNOTAVAIL:
		die_temp("cannot listen on %s: this machine does not have "
		    "that address (ip addr shows which it has)", address);
	case EACCES:
		die_perm("cannot listen on %s: ports below 1024 are root's; "
		    "start me as root, or use a higher port in "
		    "control/listen", address);
	default:
		die_temp("cannot listen on %s", address);
	}
}

/* IPV6_V6ONLY: [::]:25 and 0.0.0.0:25 stand side by side. */
static int
listen_on(const char *address, const struct endpoint *endpoint)
{
	int fd = socket(endpoint->at.any.sa_family,
	    SOCK_STREAM | SOCK_CLOEXEC, 0);
	int on = 1;

	if (fd < 0)
		explain(address);
	if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) < 0)
		explain(address);
	if (endpoint->at.any.sa_family == AF_INET6 &&
	    setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on) < 0)
		explain(address);
	if (bind(fd, &endpoint->at.any, endpoint->size) < 0 ||
	    listen(fd, BACKLOG) < 0)
		explain(address);
	return fd;
}

/* Away from the places that all the listeners get in the end. */
static int
put_aside(int fd)
{
	int aside = fcntl(fd, F_DUPFD_CLOEXEC, FIRST_FD + LISTENERS_MAX);

	if (aside < 0)
		die_temp("cannot duplicate a listener");
	close(fd);
	return aside;
}

void
bind_all(const struct strs *addresses)
{
	int fds[LISTENERS_MAX];
	char count[16];

	for (size_t i = 0; i < addresses->len; i++) {
		const char *address = str_c(&addresses->v[i]);
		struct endpoint endpoint;

		if (!parse(str_slice(&addresses->v[i]), &endpoint))
			die_perm("\"%s\" in control/listen is not "
			    "address:port", address);
		fds[i] = put_aside(listen_on(address, &endpoint));
	}
	for (size_t i = 0; i < addresses->len; i++)
		if (dup2(fds[i], FIRST_FD + (int)i) < 0)
			die_temp("cannot place a listener");
	snprintf(count, sizeof count, "%zu", addresses->len);
	setenv("LISTEN_FDS", count, 1);
}
