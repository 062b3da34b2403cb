/*
 * received - our trace line, RFC 5321 4.4, and counting those of others.
 */
#ifndef MAIL_RECEIVED_H
#define MAIL_RECEIVED_H

#include "lib/base/str.h"

/* More trace lines than this are a loop: RFC 5321 6.3 wants at least 100. */
enum { HOPS_MAX = 100 };

struct received {
	struct slice helo;      /* what the client called itself */
	struct slice client;    /* its address literal: "[192.0.2.1]" */
	struct slice by;        /* our name */
	const char *protocol;   /* received_protocol */
	struct slice id;        /* queue id */
	struct slice recipient; /* the only one; empty when there are more,
	                         * lest one learns of another */
	uint64_t wall_us;       /* when, since 1970 */
};

/* The value of "with": RFC 3848, and RFC 6531 4.3 for SMTPUTF8. */
const char *received_protocol(bool is_esmtp, bool is_utf8, bool is_tls,
    bool is_login);

/* Adds "Received: ...", folded, with LF line ends. */
void received_add(struct str *to, const struct received *received);

/* Adds a client's own name for itself with all that could not stand in a
 * domain or address literal written as \xNN; what was escaped stays so. */
void received_add_name(struct str *to, struct slice name);

/* Counts the Received fields of a header that comes in pieces.  {0} is
 * the beginning of a message. */
struct hops {
	unsigned count;
	unsigned at;      /* bytes of this line seen, up to a field name's */
	bool is_other;    /* this line is no Received field */
	bool is_body;     /* the header is over */
};
void hops_count(struct hops *hops, struct slice bytes);

#endif
