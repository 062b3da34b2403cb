/*
 * smtp_reply - what a server answers: RFC 5321 4.2, RFC 2034; and what it
 * says it can do: EHLO's answer, 4.1.1.1.
 *
 * Pure functions over hostile bytes.  A reply is taken line by line, and
 * never grows over SMTP_REPLY_TEXT_MAX, whatever is sent.
 */
#ifndef MAIL_SMTP_REPLY_H
#define MAIL_SMTP_REPLY_H

#include "lib/base/str.h"

enum {
	/* RFC 5321 4.5.3.1.5 says 512; what is over this is cut off. */
	SMTP_REPLY_LINE_MAX = 2048,
	SMTP_REPLY_LINES_MAX = 512,
	SMTP_REPLY_TEXT_MAX = 8 * 1024
};

/* {0} is the beginning of one. */
struct smtp_reply {
	int code;           /* of the last line */
	char enhanced[12];  /* "5.1.1", or empty: none, or one that does not
	                     * fit the code's class */
	struct str text;    /* the lines, LF between them, without codes; no
	                     * control bytes, UTF-8 */
	size_t lines;
};

enum smtp_reply_result {
	SMTP_REPLY_MORE,  /* another line belongs to it */
	SMTP_REPLY_WHOLE,
	SMTP_REPLY_BAD    /* no reply by RFC 5321, or one without end */
};

/* Takes the next line, with CRLF, LF or nothing at its end.  Lines of one
 * reply may differ in their codes: the last one counts, as elsewhere. */
enum smtp_reply_result smtp_reply_line(struct smtp_reply *reply,
    struct slice line);

/* Back to {0}, keeping memory. */
void smtp_reply_clear(struct smtp_reply *reply);
void smtp_reply_free(struct smtp_reply *reply);

/* Appends the text in one line, blanks for the line ends. */
void smtp_reply_words(struct str *to, const struct smtp_reply *reply);

enum smtp_auth {
	SMTP_AUTH_PLAIN = 1 << 0,
	SMTP_AUTH_LOGIN = 1 << 1,
	SMTP_AUTH_CRAM_MD5 = 1 << 2,
	SMTP_AUTH_SCRAM_SHA_1 = 1 << 3,
	SMTP_AUTH_SCRAM_SHA_256 = 1 << 4,
	SMTP_AUTH_XOAUTH2 = 1 << 5,
	SMTP_AUTH_OAUTHBEARER = 1 << 6
};

/* What EHLO's answer offers.  {0}: nothing, as after HELO. */
struct smtp_capabilities {
	bool has_pipelining, has_8bitmime, has_smtputf8, has_dsn;
	bool has_starttls, has_size;
	uint64_t size_max;  /* RFC 1870; 0: no limit, or not said */
	uint64_t rcpt_max;  /* RFC 9422 RCPTMAX; 0: not said */
	uint64_t mail_max;  /* MAILMAX; 0: not said */
	unsigned auth;      /* of enum smtp_auth */
};

/* Reads them from the text of a whole EHLO reply; its first line is the
 * server's greeting. */
void smtp_capabilities_parse(struct slice text,
    struct smtp_capabilities *capabilities);

/* Appends the names of these mechanisms, a blank between them. */
void smtp_auth_names(struct str *to, unsigned auth);

#endif
