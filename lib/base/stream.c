/* stream - a conversation with deadlines; see stream.h. */
#include "lib/base/stream.h"

#include "lib/base/clock.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

/* So much may a wait end after the deadline; and a timeout of that much is
 * not set anew for a later deadline.  It saves two system calls a command
 * where each has a deadline of its own. */
enum { WAIT_LATE_MS = 1000, WAIT_EARLY_MS = 30 * 1000 };

static ssize_t
plain_read(struct stream *stream, char *to, size_t size)
{
	return recv(stream->fd, to, size, 0);
}

static ssize_t
plain_write(struct stream *stream, const char *from, size_t len)
{
	return send(stream->fd, from, len, MSG_NOSIGNAL);
}

void
stream_plain(struct stream *stream)
{
	stream->tls = NULL;
	stream->read = plain_read;
	stream->write = plain_write;
}

void
stream_init(struct stream *stream, int fd)
{
	stream->fd = fd;
	stream_plain(stream);
	stream->deadline_ms = 0;
	stream->wait_set_ms = 0;
	stream->hurry = NULL;
	stream->hurried_ms = 0;
	stream->out = (struct str){0};
	stream->start = stream->end = stream->used = 0;
}

void
stream_free(struct stream *stream)
{
	str_free(&stream->out);
}

void
stream_deadline(struct stream *stream, uint64_t ms)
{
	stream->deadline_ms = clock_mono_ms() + ms;
}

/* Is the timeout in force good for a wait of that long?  It may end the wait
 * a little late, or early: then it is waited once more. */
static bool
is_armed(const struct stream *stream, uint64_t wait)
{
	uint64_t set = stream->wait_set_ms;

	if (wait <= set)
		return wait + WAIT_LATE_MS >= set;
	return set >= WAIT_EARLY_MS;
}

static void
hurry(struct stream *stream, uint64_t now)
{
	if (!stream->hurry || !*stream->hurry)
		return;
	if (!stream->hurried_ms)
		stream->hurried_ms = now + STREAM_HURRY_MS;
	if (stream->deadline_ms > stream->hurried_ms)
		stream->deadline_ms = stream->hurried_ms;
}

enum stream_result
stream_arm(struct stream *stream)
{
	uint64_t now = clock_mono_ms(), wait;
	struct timeval t;

	hurry(stream, now);
	if (now >= stream->deadline_ms)
		return STREAM_TIMEOUT;
	wait = stream->deadline_ms - now;
	if (is_armed(stream, wait))
		return STREAM_OK;
	t.tv_sec = (time_t)(wait / 1000);
	t.tv_usec = (suseconds_t)(wait % 1000) * 1000;
	if (setsockopt(stream->fd, SOL_SOCKET, SO_RCVTIMEO, &t, sizeof t) < 0 ||
	    setsockopt(stream->fd, SOL_SOCKET, SO_SNDTIMEO, &t, sizeof t) < 0)
		return STREAM_ERROR;
	stream->wait_set_ms = wait;
	return STREAM_OK;
}

enum stream_result
stream_fill(struct stream *stream)
{
	if (stream->start < stream->end)
		return STREAM_OK;
	stream->start = stream->end = 0;
	for (;;) {
		enum stream_result armed = stream_arm(stream);
		ssize_t n;

		if (armed != STREAM_OK)
			return armed;
		n = stream->read(stream, stream->buffer, STREAM_BUFFER);
		if (n > 0) {
			stream->end = (size_t)n;
			if (stream->end > stream->used)
				stream->used = stream->end;
			return STREAM_OK;
		}
		if (n == 0 || errno == ECONNRESET)
			return STREAM_END;
		if (errno != EINTR && errno != EAGAIN)
			return STREAM_ERROR;
	}
}

struct slice
stream_unread(const struct stream *stream)
{
	return slice_make(stream->buffer + stream->start,
	    stream->end - stream->start);
}

void
stream_skip(struct stream *stream, size_t len)
{
	stream->start += len;
}

void
stream_wipe(struct stream *stream)
{
	explicit_bzero(stream->buffer, stream->start);
	explicit_bzero(stream->buffer + stream->end,
	    stream->used - stream->end);
	stream->used = stream->end;
}

enum stream_result
stream_line(struct stream *stream, struct str *line, size_t max)
{
	bool too_long = false;

	str_clear(line);
	for (;;) {
		enum stream_result filled = stream_fill(stream);
		struct slice unread;
		size_t lf, take;

		if (filled != STREAM_OK)
			return filled;
		unread = stream_unread(stream);
		lf = slice_find(unread, '\n');
		take = lf < unread.len ? lf + 1 : unread.len;
		if (line->len + take > max)
			too_long = true;
		if (!too_long)
			str_add(line, unread.s, take);
		stream_skip(stream, take);
		if (lf < unread.len)
			return too_long ? STREAM_TOO_LONG : STREAM_OK;
	}
}

enum stream_result
stream_flush(struct stream *stream)
{
	size_t sent = 0;

	while (sent < stream->out.len) {
		enum stream_result armed = stream_arm(stream);
		ssize_t n;

		if (armed != STREAM_OK)
			return armed;
		n = stream->write(stream, stream->out.s + sent,
		    stream->out.len - sent);
		if (n >= 0)
			sent += (size_t)n;
		else if (errno == EPIPE || errno == ECONNRESET)
			return STREAM_END;
		else if (errno != EINTR && errno != EAGAIN)
			return STREAM_ERROR;
	}
	str_clear(&stream->out);
	return STREAM_OK;
}
