/* feed - a stream that reads what the fuzzer made up, and writes nowhere. */
#ifndef TESTS_FUZZ_FEED_H
#define TESTS_FUZZ_FEED_H

#include "lib/base/stream.h"

#include <string.h>

static struct slice feed_rest;

/* 0xff ends what comes in one read; at the end the peer has closed. */
static ssize_t
feed_read(struct stream *stream, char *to, size_t size)
{
	size_t len = slice_find(feed_rest, '\xff');

	(void)stream;
	if (len > size)
		len = size;
	memcpy(to, feed_rest.s, len);
	feed_rest = slice_make(feed_rest.s + len, feed_rest.len - len);
	if (feed_rest.len && feed_rest.s[0] == '\xff')
		feed_rest = slice_make(feed_rest.s + 1, feed_rest.len - 1);
	return (ssize_t)len;
}

static ssize_t
feed_write(struct stream *stream, const char *from, size_t len)
{
	(void)stream;
	(void)from;
	return (ssize_t)len;
}

/* fd: a socket, for its timeouts. */
static void
feed(struct stream *stream, int fd, struct slice bytes)
{
	feed_rest = bytes;
	stream_init(stream, fd);
	stream->read = feed_read;
	stream->write = feed_write;
}

#endif
