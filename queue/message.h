/* message - the envelope of a queued message; see FORMAT.md. */
#ifndef QUEUE_MESSAGE_H
#define QUEUE_MESSAGE_H

#include "lib/base/str.h"

enum {
	ENVELOPE_MAX = 4 * 1024 * 1024, /* bytes, the empty line included */
	LENGTH_AT = 19,                 /* where the length's 14 digits are */
	LENGTH_DIGITS = 14
};

struct envelope_rcpt {
	struct str address;
	struct str notify; /* RFC 3461 4.1: never, or success failure delay */
	struct str orcpt;  /* RFC 3461 4.2, xtext as it came */
};

/* Owned by whoever embeds it; {0} is valid; envelope_free ends it. */
struct envelope {
	uint64_t length;     /* of the whole file; 0: not whole yet */
	struct str id;
	uint64_t arrived_us; /* since 1970 */
	struct str box;
	struct str client;   /* "[192.0.2.1]:4711"; may be empty */
	struct str helo, tls; /* may be empty */
	struct str login, passport; /* both or neither */
	bool is_8bit, is_smtputf8;
	struct str sender;   /* empty: the null sender */
	struct str ret, envid; /* RFC 3461; may be empty */
	struct envelope_rcpt *rcpts;
	size_t rcpt_count, rcpt_cap;
};

enum envelope_result {
	ENVELOPE_OK,
	ENVELOPE_MORE,    /* the empty line is not among these bytes */
	ENVELOPE_UNKNOWN, /* another version: leave it alone */
	ENVELOPE_BAD
};

/* The envelope's bytes, the empty line included, with a blank length. */
void envelope_encode(struct str *to, const struct envelope *envelope);

/* Reads one from the start of bytes; a pure function, believes nothing.
 * *head_len is where the message begins. */
enum envelope_result envelope_decode(struct slice bytes,
    struct envelope *envelope, size_t *head_len);

/* Adds a recipient, to be filled in; valid until the next call. */
struct envelope_rcpt *envelope_add_rcpt(struct envelope *envelope);
void envelope_free(struct envelope *envelope);

/* Reads and decodes the envelope of an open message file.
 * As envelope_decode; ENVELOPE_MORE also when the file ends too early, and
 * ENVELOPE_BAD with errno set when it cannot be read. */
enum envelope_result envelope_read(int fd, struct envelope *envelope,
    size_t *head_len);

#endif
