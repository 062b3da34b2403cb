/*
 * smtp_data - the text after DATA, decoded as it comes: RFC 5321 4.5.2.
 *
 * CRLF becomes LF, a leading dot goes, and only CRLF.CRLF is the end.  A CR
 * or LF that stands alone is an error: two hosts that read it differently
 * would see two different letters ("SMTP smuggling").
 */
#ifndef MAIL_SMTP_DATA_H
#define MAIL_SMTP_DATA_H

#include "lib/base/str.h"

/* Longer lines are refused (RFC 5321 4.5.3.1.6 asks for 1,000 octets). */
enum { SMTP_TEXT_LINE_MAX = 64 * 1024 };

enum smtp_data_result {
	SMTP_DATA_MORE,     /* all bytes are used, the end is yet to come */
	SMTP_DATA_END,      /* the final dot is used, and nothing after it */
	SMTP_DATA_BARE_CR,  /* the two errors are final: the stream's meaning */
	SMTP_DATA_BARE_LF   /* is lost */
};

/* {0} is the beginning. */
struct smtp_data {
	enum smtp_data_place {
		SMTP_DATA_AT_START, /* of a line */
		SMTP_DATA_AFTER_DOT, /* ... and its leading dot */
		SMTP_DATA_AFTER_DOT_CR,
		SMTP_DATA_IN_LINE,
		SMTP_DATA_AFTER_CR
	} place;
	uint64_t line_len;
	uint64_t size;       /* of the text by RFC 1870: CRLFs, without dots */
	bool has_long_line;  /* over SMTP_TEXT_LINE_MAX; stays set */
};

/* Decodes bytes into out, which has room for as many and may be the very
 * same memory.  *used bytes were taken, *out_len were made. */
enum smtp_data_result smtp_data_decode(struct smtp_data *data,
    struct slice bytes, size_t *used, char *out, size_t *out_len);

#endif
