/*
 * smtp_content - a message of the queue as SMTP sends it: RFC 5321 4.5.2.
 *
 * LF becomes CRLF, a dot at the start of a line is doubled, and the end is a
 * line with a dot.  No CR is sent but before LF, whatever the file holds: two
 * hosts must not see two different letters.
 */
#ifndef MAIL_SMTP_CONTENT_H
#define MAIL_SMTP_CONTENT_H

#include "lib/base/str.h"

/* What a host has to know, or to be able to, before it is sent a message. */
struct smtp_content {
	uint64_t wire_bytes;  /* RFC 1870: with CRLFs, without added dots */
	bool has_8bit;        /* anywhere */
	bool has_8bit_header; /* RFC 6531: only with SMTPUTF8, if it is that */
	/* The rest is the examiner's own. */
	bool is_in_line, is_in_body;
};

/* {0} is the beginning; then the whole text in pieces, and the end. */
void smtp_content_examine(struct smtp_content *content, struct slice text);
void smtp_content_examined(struct smtp_content *content);

/* {0} is the beginning. */
struct smtp_encoder {
	enum smtp_encoder_place {
		SMTP_ENCODER_AT_START, /* of a line */
		SMTP_ENCODER_IN_LINE,
		SMTP_ENCODER_AFTER_CR  /* of the file, held back */
	} place;
};

/* Appends a piece of text in its wire form ... */
void smtp_encode(struct smtp_encoder *encoder, struct slice text,
    struct str *to);

/* ... and the end: a line end if one is missing, and the dot. */
void smtp_encode_end(struct smtp_encoder *encoder, struct str *to);

#endif
