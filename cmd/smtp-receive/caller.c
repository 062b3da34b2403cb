/* caller - one accepted connection; see caller.h. */
#include "cmd/smtp-receive/caller.h"

#include "lib/base/log.h"

#include <arpa/inet.h>
#include <sys/socket.h>

enum { UNREAD_TRIES = 8 };

void
caller_name(const struct caller *caller, struct str *name,
    struct str *literal)
{
	char text[INET6_ADDRSTRLEN];
	bool is_ipv6 = caller->at.any.sa_family == AF_INET6;

	if (is_ipv6)
		inet_ntop(AF_INET6, &caller->at.in6.sin6_addr, text,
		    sizeof text);
	else
		inet_ntop(AF_INET, &caller->at.in4.sin_addr, text,
		    sizeof text);
	str_addf(name, "[%s]:%u", text,
	    ntohs(is_ipv6 ? caller->at.in6.sin6_port
	                  : caller->at.in4.sin_port));
	str_addf(literal, "[%s%s]", is_ipv6 ? "IPv6:" : "", text);
}

void
caller_turn_away(const struct caller *caller, enum reply reply)
{
	struct str words = {0}, name = {0}, literal = {0};
	char unread[4096];

	reply_add(&words, reply, NULL);
	send(caller->fd, words.s, words.len, MSG_DONTWAIT | MSG_NOSIGNAL);
	/* what stays unread makes a reset of the close; but nobody keeps us
	 * here by talking */
	for (int i = 0; i < UNREAD_TRIES; i++)
		if (recv(caller->fd, unread, sizeof unread, MSG_DONTWAIT) <= 0)
			break;
	caller_name(caller, &name, &literal);
	log_event("refuse", "client", str_c(&name), "code",
	    log_number((uint64_t)reply_text(reply)->code).s, "why",
	    reply_text(reply)->text, NULL);
	str_free(&name);
	str_free(&literal);
	str_free(&words);
}
