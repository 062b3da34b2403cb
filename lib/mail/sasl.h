/*
 * sasl - logins that send a password: PLAIN (RFC 4616) and LOGIN.
 *
 * The server's half of the exchange that RFC 4954 frames, as a pure function
 * over hostile lines: whoever reads and writes them is elsewhere.
 */
#ifndef MAIL_SASL_H
#define MAIL_SASL_H

#include "lib/base/str.h"

/* RFC 4954 4: what a line of the exchange may have, with CRLF. */
enum { SASL_LINE_MAX = 12288 };

enum sasl_step {
	SASL_WANTS_RESPONSE, /* PLAIN, without an initial response */
	SASL_WANTS_NAME,     /* LOGIN */
	SASL_WANTS_PASSWORD,
	SASL_COMPLETE,       /* name and password are there */
	SASL_CANCELLED,      /* by the client */
	SASL_OTHER_IDENTITY, /* wants to act for somebody else: refused */
	SASL_RUBBISH,        /* not base64, or not what was asked for */
	SASL_UNKNOWN         /* a mechanism that is not spoken here */
};

/* {0} is valid; sasl_wipe ends it. */
struct sasl {
	enum sasl_step step;
	struct str name, password; /* no NUL in them, and not empty; at most
	                            * AUTH_NAME_MAX and AUTH_PASSWORD_MAX */
};

/* Takes AUTH's argument: "MECHANISM [INITIAL-RESPONSE]". */
enum sasl_step sasl_begin(struct sasl *sasl, struct slice argument);

/* Takes the client's next line, without its CRLF. */
enum sasl_step sasl_take(struct sasl *sasl, struct slice line);

void sasl_wipe(struct sasl *sasl);

#endif
