/*
 * etrn_wire - ETRN's argument, and what smtp-receive and etrn-serve say to each
 * other about it.  RFC 1985.
 *
 * On run/etrn/s: lib/base/question.h, by single packets.
 */
#ifndef MAIL_ETRN_WIRE_H
#define MAIL_ETRN_WIRE_H

#include "lib/base/record.h"

enum {
	ETRN_ARGUMENT_MAX = 512, /* a name in U-labels is longer in A-labels */
	ETRN_WORD_MAX = 63, /* of the name of a queue */
	ETRN_TEXT_MAX = 400
};

enum etrn_kind {
	ETRN_DOMAIN,     /* "example.org" */
	ETRN_SUBDOMAINS, /* "@example.org": it, and all below it */
	ETRN_QUEUE       /* "#office": what that name stands for here */
};

struct etrn_argument {
	enum etrn_kind kind;
	struct str name; /* normalized, without "@" and "#" */
};

/* Takes an argument apart (without blanks around it); *to is {0} or from an
 * earlier call.  0, or the reply code: 500 when there is not one word, 501
 * when it is none of the three. */
int etrn_parse(struct slice argument, struct etrn_argument *to);

/* Appends the argument as it was understood. */
void etrn_write(struct str *to, const struct etrn_argument *argument);

void etrn_argument_free(struct etrn_argument *argument);

/* Replaces *to by the name of a queue, in the form that names are compared
 * in: letters, digits and -._ in lower case.  0, or -1: it is none. */
int etrn_queue_normalize(struct str *to, struct slice name);

struct etrn_request {
	struct str argument; /* as the client gave it */
	struct str client;   /* its address, "192.0.2.1" */
	struct str login;    /* the account that logged in, or empty */
	struct str passport; /* and its proof, lib/mail/passport.h */
};

struct etrn_answer {
	uint64_t code;       /* 250 to 253, 421 (and goodbye), 458, 459, 501 */
	struct str text;
};

extern const struct record_field etrn_request_fields[];
extern const struct record_field etrn_answer_fields[];

#endif
