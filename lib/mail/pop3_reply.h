/*
 * pop3_reply - what a POP3 server says, taken apart.
 *
 * Pure functions over lines without their line end: status lines (RFC 1939 3,
 * response codes of RFC 2449 8 and 3206), listings, capabilities (RFC 2449),
 * and the text of a message as it comes.
 */
#ifndef MAIL_POP3_REPLY_H
#define MAIL_POP3_REPLY_H

#include "lib/base/str.h"

enum {
	POP3_LINE_MAX = 8192, /* RFC 2449 4 allows 512 octets */
	POP3_UID_MAX = 512    /* RFC 1939 7 allows 70 */
};

enum pop3_status {
	POP3_OK,
	POP3_ERR,
	POP3_STRANGE /* no POP3 status line */
};

/* What an -ERR is about, where the server says it. */
enum pop3_code {
	POP3_NO_CODE,
	POP3_IN_USE,      /* the mailbox is locked by another session */
	POP3_LOGIN_DELAY, /* not so often */
	POP3_SYS_TEMP,    /* the server's trouble, not the login's */
	POP3_SYS_PERM,
	POP3_AUTH         /* the login is wrong */
};

/* Takes a status line apart; text (may be empty) is a view into it, the code
 * in brackets left in place.  RFC 1939 3 asks for upper case; others are met
 * with. */
enum pop3_status pop3_status(struct slice line, enum pop3_code *code,
    struct slice *text);

/* The time stamp in a greeting that offers APOP, its angle brackets included
 * (RFC 1939 7).  False: none. */
bool pop3_timestamp(struct slice greeting, struct slice *stamp);

/* "2 320", as +OK says it to STAT and a line of LIST: two numbers, and
 * whatever behind them. */
bool pop3_numbers(struct slice text, uint64_t *first, uint64_t *second);

/* A line of UIDL's listing.  False when it is none: no number, or an id that
 * is empty, over POP3_UID_MAX or has other bytes than 0x21 to 0x7e. */
bool pop3_uid(struct slice line, uint64_t *number, struct slice *uid);

struct pop3_capabilities {
	bool top, uidl, user, stls, pipelining;
	struct str mechanisms;  /* of SASL, separated by blanks */
	uint64_t login_delay_s; /* 0: none */
	bool expires;           /* EXPIRE was said, and is not NEVER */
	uint64_t expire_days;
};

/* Takes one line of CAPA's listing in; unknown ones are passed over. */
void pop3_capability(struct pop3_capabilities *all, struct slice line);
void pop3_capabilities_free(struct pop3_capabilities *all);

/* The text behind +OK, decoded as it comes: line ends become LF, whether they
 * were CRLF or LF, a leading dot goes, a line with nothing but a dot is the
 * end.  Every other byte stays, NUL and lone CR too: what a server stored
 * cannot be sent back to whoever wrote it.  {0} is the beginning. */
struct pop3_text {
	enum pop3_place {
		POP3_AT_START,     /* of a line */
		POP3_AFTER_DOT,    /* ... and its leading dot */
		POP3_AFTER_DOT_CR,
		POP3_IN_LINE,
		POP3_AFTER_CR
	} place;
};

/* Appends what bytes mean to *to; *used of them were taken.  True at the end
 * of the text: what follows is the next reply. */
bool pop3_text_take(struct pop3_text *text, struct slice bytes, size_t *used,
    struct str *to);

#endif
