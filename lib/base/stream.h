/*
 * stream - a conversation: buffered, blocking, with a deadline on every wait.
 *
 * Reading never waits longer than the deadline, whatever the peer drips;
 * writing is buffered until stream_flush, so that pipelined replies leave in
 * one write.  Lengths are limited by the caller.  TLS slips in below by
 * replacing the two functions.
 */
#ifndef BASE_STREAM_H
#define BASE_STREAM_H

#include "lib/base/str.h"

#include <signal.h>
#include <sys/types.h>

enum { STREAM_BUFFER = 32 * 1024, STREAM_HURRY_MS = 5000 };

enum stream_result {
	STREAM_OK,
	STREAM_END,      /* the peer closed */
	STREAM_TIMEOUT,  /* the deadline passed */
	STREAM_TOO_LONG, /* a line over the limit; it was skipped to its end */
	STREAM_ERROR     /* errno */
};

/* {0} is not valid: use stream_init. */
struct stream {
	int fd;
	void *tls; /* NULL, or what read and write need */
	ssize_t (*read)(struct stream *stream, char *to, size_t size);
	ssize_t (*write)(struct stream *stream, const char *from, size_t len);
	uint64_t deadline_ms;  /* monotonic; see stream_deadline */
	uint64_t wait_set_ms;  /* what SO_RCVTIMEO is now; 0: never set */
	/* NULL, or a flag of a signal handler: once it is set, and a signal
	 * interrupts the wait, all is over within STREAM_HURRY_MS. */
	const volatile sig_atomic_t *hurry;
	uint64_t hurried_ms;   /* until then; 0: there was no hurry yet */
	struct str out;
	size_t start, end;     /* unread bytes in buffer */
	size_t used;           /* bytes of buffer ever written; stream_wipe */
	char buffer[STREAM_BUFFER];
};

/* For a connected socket, which stays the caller's. */
void stream_init(struct stream *stream, int fd);
void stream_free(struct stream *stream);

/* Reads and writes the descriptor itself (again), without TLS. */
void stream_plain(struct stream *stream);

/* All that follows must be over within ms from now. */
void stream_deadline(struct stream *stream, uint64_t ms);

/* Lets the kernel end the next wait at the deadline.  STREAM_OK, or
 * STREAM_TIMEOUT when it has passed.  The calls below do it themselves. */
enum stream_result stream_arm(struct stream *stream);

/* Makes at least one unread byte available. */
enum stream_result stream_fill(struct stream *stream);

/* The unread bytes; stream_skip says how many of them were used. */
struct slice stream_unread(const struct stream *stream);
void stream_skip(struct stream *stream, size_t len);

/* What was read and used so far was secret: no byte of it stays. */
void stream_wipe(struct stream *stream);

/* A line up to LF into *line, the LF included, at most max bytes with it
 * (*line is replaced).  CR and NUL are the caller's business. */
enum stream_result stream_line(struct stream *stream, struct str *line,
    size_t max);

/* Sends what was added to stream->out. */
enum stream_result stream_flush(struct stream *stream);

#endif
