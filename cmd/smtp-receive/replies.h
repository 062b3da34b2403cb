/* replies - every reply of smtp-receive with its codes, in one table. */
#ifndef SMTP_RECEIVE_REPLIES_H
#define SMTP_RECEIVE_REPLIES_H

#include "lib/base/str.h"

enum reply {
	REPLY_QUIT,
	REPLY_HELP,
	REPLY_OK,
	REPLY_SENDER_OK,
	REPLY_RCPT_OK,
	REPLY_ACCEPTED,      /* detail: the queue id */
	REPLY_VRFY,
	REPLY_LOGGED_IN,
	REPLY_START_TLS,
	REPLY_ASK_RESPONSE,
	REPLY_ASK_NAME,
	REPLY_ASK_PASSWORD,
	REPLY_GO_AHEAD,
	/* 421: and the connection is closed */
	REPLY_SHUTDOWN,
	REPLY_NO_MEMORY,
	REPLY_TOO_MANY_SESSIONS,
	REPLY_TOO_MANY_FROM_HERE,
	REPLY_TIMEOUT,
	REPLY_TOO_MANY_ERRORS,
	REPLY_TOO_MUCH_TALK,
	REPLY_LOGIN_TOO_OLD,
	/* 45x */
	REPLY_LOCAL_ERROR,
	REPLY_DISK_FULL,
	REPLY_OVER_QUOTA,
	REPLY_TOO_MANY_RCPTS,
	REPLY_NO_TLS_NOW,
	REPLY_NO_LOGIN_NOW,
	REPLY_OVER_RATE,
	REPLY_NO_ETRN_NOW,
	REPLY_ETRN_NOT_ALLOWED,
	/* 5xx: the client's commands */
	REPLY_UNKNOWN_COMMAND,
	REPLY_LINE_TOO_LONG,
	REPLY_NUL,
	REPLY_BARE_LF_COMMAND,
	REPLY_BARE_CR_COMMAND,
	REPLY_FOREIGN,
	REPLY_BAD_SYNTAX,
	REPLY_BAD_PARAMETER,
	REPLY_UNKNOWN_PARAMETER,
	REPLY_BAD_SENDER,
	REPLY_BAD_RCPT,
	REPLY_SENDER_UTF8,
	REPLY_RCPT_UTF8,
	REPLY_NOT_OFFERED,
	REPLY_EHLO_FIRST,
	REPLY_NESTED_MAIL,
	REPLY_MAIL_FIRST,
	REPLY_RCPT_FIRST,
	REPLY_NO_VALID_RCPT,
	REPLY_DENIED_QUIT,
	REPLY_ETRN_SYNTAX,
	REPLY_ETRN_BAD_NAME,
	REPLY_ETRN_IN_MAIL,
	/* 5xx: TLS and logins */
	REPLY_AFTER_STARTTLS,
	REPLY_TLS_ALREADY,
	REPLY_NEEDS_TLS,
	REPLY_NEEDS_LOGIN,
	REPLY_LOGIN_ALREADY,
	REPLY_LOGIN_IN_MAIL,
	REPLY_LOGIN_RUBBISH,
	REPLY_LOGIN_CANCELLED,
	REPLY_LOGIN_TOO_LONG,
	REPLY_LOGIN_UNKNOWN,
	REPLY_LOGIN_WRONG,
	REPLY_SENDER_NOT_OWN, /* detail: the address */
	/* 5xx: the client, the message */
	REPLY_DENIED,
	REPLY_NO_RELAY,
	REPLY_TOO_BIG,
	REPLY_TOO_BIG_OUTSIDE,
	REPLY_NOT_AT_ISP,
	REPLY_TEXT_LINE_TOO_LONG,
	REPLY_BARE_CR,
	REPLY_BARE_LF,
	REPLY_LOOP,
	REPLY_HEADER_TOO_LONG,
	REPLY_FROM_BAD,
	REPLY_FROM_NOT_OWN   /* detail: the address */
};

struct reply_text {
	int code;
	const char *enhanced; /* RFC 3463; NULL where none belongs */
	const char *text;
};

const struct reply_text *reply_text(enum reply reply);

/* Adds "CODE ENHANCED TEXT DETAIL" and CRLF; detail may be NULL. */
void reply_add(struct str *out, enum reply reply, const char *detail);

/* The same for a reply that a table elsewhere decided on (control/route.h);
 * bytes that could not stand in a reply line become "?". */
void reply_add_text(struct str *out, const struct reply_text *reply,
    const char *detail);

#endif
