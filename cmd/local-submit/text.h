/*
 * text - the message on its way into the drop box.
 *
 * Memory is constant but for the header, which has a limit.
 */
#ifndef LOCAL_SUBMIT_TEXT_H
#define LOCAL_SUBMIT_TEXT_H

#include "cmd/local-submit/replies.h"
#include "lib/mail/received.h"
#include "lib/mail/submit_header.h"
#include "queue/drop.h"

struct text {
	struct drop *drop;
	const struct submit_rules *rules;
	uint64_t limit;        /* in bytes; 0: none */
	uint64_t bytes;
	bool has_cr;           /* the last chunk ended with one */
	bool has_lf;           /* what was written last ended with one */
	struct hops hops;
	struct submit_text submit;
};

/* Takes a chunk.  REPLY_FINE, or why this message is refused. */
enum reply text_take(struct text *text, struct slice chunk);

/* The same at the end: what was held back is written. */
enum reply text_end(struct text *text);
void text_free(struct text *text);

/* Appends a chunk with LF line ends.  A CR that stands alone becomes a blank:
 * it may not travel (RFC 5321 2.3.8), and hosts disagree on what it means. */
void text_add_plain(struct str *to, struct slice chunk, bool *has_cr);

#endif
