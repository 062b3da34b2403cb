/*
 * smtp_command - a client's command line taken apart: RFC 5321 4.1, with the
 * parameters of RFC 1870 (SIZE), 6152 (8BITMIME), 6531 (SMTPUTF8), 3461 (DSN).
 *
 * A pure function over hostile bytes; all slices point into the line.
 */
#ifndef MAIL_SMTP_COMMAND_H
#define MAIL_SMTP_COMMAND_H

#include "lib/base/str.h"

enum smtp_verb {
	SMTP_UNKNOWN, /* no command of any standard */
	SMTP_FOREIGN, /* another protocol: HTTP, TLS, binary */
	SMTP_EHLO,
	SMTP_HELO,
	SMTP_MAIL,
	SMTP_RCPT,
	SMTP_DATA,
	SMTP_RSET,
	SMTP_NOOP,
	SMTP_QUIT,
	SMTP_HELP,
	SMTP_VRFY,
	SMTP_STARTTLS,
	SMTP_AUTH,    /* its argument may hold a password: never logged */
	SMTP_ETRN,
	SMTP_OTHER    /* of a standard, but not offered here: EXPN, TURN ... */
};

/* What is wrong with a command of a known verb. */
enum smtp_fault {
	SMTP_FINE,
	SMTP_BAD_SYNTAX,
	SMTP_BAD_ADDRESS,
	SMTP_NEEDS_SMTPUTF8,    /* a non-ASCII address without it */
	SMTP_BAD_PARAMETER,     /* its value, or given twice */
	SMTP_UNKNOWN_PARAMETER
};

enum {
	SMTP_LINE_MAX = 2048,  /* with CRLF; RFC 5321 asks for 512 and what
	                        * each extension adds */
	SMTP_ENVID_MAX = 100,  /* RFC 3461 5.4 */
	SMTP_ORCPT_MAX = 500   /* RFC 3461 5.4 */
};

struct smtp_command {
	enum smtp_verb verb;
	struct slice argument; /* what follows the verb, without blanks */
	struct slice address;  /* MAIL, RCPT: without brackets and source
	                        * route; empty: <> */
	uint64_t size;         /* MAIL: declared; 0: not */
	bool is_8bit, is_smtputf8;
	struct slice ret;      /* MAIL: FULL or HDRS in any case, or empty */
	struct slice envid;    /* MAIL: xtext, or empty */
	struct slice notify;   /* RCPT: as it came, checked; or empty */
	struct slice orcpt;    /* RCPT: as it came, checked; or empty */
};

/* Takes a line without its CRLF apart.  has_smtputf8: this mail transaction
 * asked for SMTPUTF8 (for RCPT; MAIL says it itself). */
enum smtp_fault smtp_command_parse(struct slice line, bool has_smtputf8,
    struct smtp_command *command);

#endif
