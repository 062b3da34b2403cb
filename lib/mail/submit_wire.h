/*
 * submit_wire - what sendmail and local-submit say to each other.
 *
 * On run/submit/s, a stream socket.  The client sends netstrings: one record
 * (submit_request), the message in chunks, and an empty one that says it is
 * whole; the answer is one record in a netstring of its own.  A client that
 * dies in the middle has sent no message.
 */
#ifndef MAIL_SUBMIT_WIRE_H
#define MAIL_SUBMIT_WIRE_H

#include "lib/base/record.h"
#include "lib/base/stream.h"

enum {
	SUBMIT_RCPTS_MAX = 10000,
	SUBMIT_CHUNK_MAX = 16 * 1024,
	SUBMIT_REQUEST_MAX = 4 * 1024 * 1024
};

struct submit_request {
	uint64_t has_sender; /* 0: the caller's own address */
	struct str sender;   /* empty: the null sender */
	struct strs rcpts;
};

struct submit_answer {
	uint64_t code;   /* 250, 4xx: later, 5xx: never */
	struct str text; /* the queue id after 250, else why */
};

extern const struct record_field submit_request_fields[];
extern const struct record_field submit_answer_fields[];

/* Reads one netstring of at most max bytes into *to (replaced).  STREAM_OK;
 * STREAM_TOO_LONG for more, or for what is no netstring. */
enum stream_result submit_read(struct stream *stream, struct str *to,
    size_t max);

/* ---- the client's side ---- */

/* Connects and sends the request.  The descriptor, or -1 with errno. */
int submit_open(const struct submit_request *request);

/* Sends some of the message.  0, or -1 with errno (EPIPE: it was refused; the
 * answer says why). */
int submit_write(int fd, struct slice bytes);

/* Says that it is whole, and reads the answer.  Closes.  0, or -1 with errno:
 * it is unknown whether it was taken. */
int submit_finish(int fd, struct submit_answer *answer);

#endif
