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

/* "[192.0.2.1]:4711" for logs, and the address literal of RFC 5321 4.1.3,
 * "[192.0.2.1]" or "[IPv6:2001:db8::1]", for Received. */
void caller_name(const struct caller *caller, struct str *name,
    struct str *literal);

/* One reply and the door; without a process, and without waiting. */
void caller_turn_away(const struct caller *caller, enum reply reply);

#endif
