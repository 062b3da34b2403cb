/*
 * submit_wire - what sendmail and local-submit say to each other.
 *
 * On run/submit/s, a stream socket.  Both sides send netstrings.  The client
 * begins with a record (submit_request) and hears 354 or why not; then it
 * sends the message in chunks, and an empty one that says it is whole; the
 * last word is an answer again.  A client that dies in the middle has sent no
 * message.
 */
#ifndef MAIL_SUBMIT_WIRE_H
#define MAIL_SUBMIT_WIRE_H

#include "lib/base/record.h"
#include "lib/base/stream.h"

enum {
	SUBMIT_RCPTS_MAX = 10000,
	SUBMIT_NAME_MAX = 256,
	SUBMIT_ENVID_MAX = 100, /* RFC 3461 5.4 */
	SUBMIT_CHUNK_MAX = 16 * 1024,
	SUBMIT_REQUEST_MAX = 4 * 1024 * 1024
};

struct submit_request {
	uint64_t has_sender;    /* 0: the caller's own address */
	struct str sender;      /* empty: the null sender */
	struct str name;        /* of a person, for a From that is missing */
	struct str ret, envid, notify; /* RFC 3461, as in SMTP; or empty */
	struct strs rcpts;      /* without "@": of this host */
};

enum {
	SUBMIT_TAKEN = 250,     /* the text is the queue id */
	SUBMIT_GO_AHEAD = 354,
	SUBMIT_CROWD = 421,     /* too many callers: at once again */
	SUBMIT_NO_SUCH_USER = 550,
	SUBMIT_TOO_LARGE = 552,
	SUBMIT_NOT_ALLOWED = 553
};

struct submit_answer {
	uint64_t code;   /* one of the above; 4xx: later, 5xx: never */
	struct str text; /* begins with an enhanced code, unless 250 or 354 */
};

extern const struct record_field submit_request_fields[];
extern const struct record_field submit_answer_fields[];

/* ---- local-submit's side ---- */

/* Reads one netstring of at most max bytes into *to (replaced).  STREAM_OK;
 * STREAM_TOO_LONG for more, or for what is no netstring. */
enum stream_result submit_read(struct stream *stream, struct str *to,
    size_t max);

/* Appends an answer, ready to be sent; what is not printable ASCII becomes a
 * question mark. */
void submit_answer_add(struct str *to, unsigned code, struct slice text);

/* ---- the client's side ---- */

struct submit_client {
	int fd;               /* -1: not connected */
	struct stream stream; /* the last: its buffer is not cleared */
};

/* Sends the request.  0: go ahead.  -1: *answer says why not; its code is 0
 * when there was no answer, and then errno says why.  Waits a little for a
 * local-submit that is starting or has no seat. */
int submit_begin(struct submit_client *client,
    const struct submit_request *request, struct submit_answer *answer);

/* Sends some of the message.  0, or -1: it was refused, and what
 * submit_finish returns says why. */
int submit_write(struct submit_client *client, struct slice bytes);

/* Says that it is whole, reads the answer and closes.  0 when it was taken;
 * else -1 as above.  Without an answer it is unknown whether it was taken. */
int submit_finish(struct submit_client *client, struct submit_answer *answer);

/* Closes; a message that was not finished is nobody's.  Harmless twice. */
void submit_close(struct submit_client *client);

#endif
