/* caller - one accepted connection, before it has a session. */
#ifndef SMTP_RECEIVE_CALLER_H
#define SMTP_RECEIVE_CALLER_H

#include "cmd/smtp-receive/replies.h"

#include <netinet/in.h>

struct caller {
	int fd;
	union {
		struct sockaddr any;
		struct sockaddr_in in4;
		struct sockaddr_in6 in6;
	} at;
};

/* Accepts a connection.  0, or -1 with errno. */
int caller_accept(struct caller *caller, int listen_fd);

/* Takes over a connection that another session moved here.  It may be any
 * descriptor at all: only a connection from the Internet is taken.  0 or -1,
 * errno. */
int caller_take(struct caller *caller, int socket_fd);

/* "[192.0.2.1]:4711" for logs, and the address literal of RFC 5321 4.1.3,
 * "[192.0.2.1]" or "[IPv6:2001:db8::1]", for Received. */
void caller_name(const struct caller *caller, struct str *name,
    struct str *literal);

/* One reply and the door; without a process, and without waiting.  Who logs it
 * is crowd.h. */
void caller_turn_away(const struct caller *caller, enum reply reply);

#endif
