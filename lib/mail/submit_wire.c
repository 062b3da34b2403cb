/* submit_wire - sendmail and local-submit; see submit_wire.h. */
#include "lib/mail/submit_wire.h"

#include "lib/base/io.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { LENGTH_DIGITS_MAX = 8, ANSWER_MAX = 4096, ANSWER_MS = 600 * 1000 };

static const char path[] = "run/submit/s";

const struct record_field submit_request_fields[] = {
	RECORD_U64(submit_request, 'h', has_sender, 1),
	RECORD_STR(submit_request, 's', sender, 320),
	RECORD_STRS(submit_request, 'r', rcpts, 320, SUBMIT_RCPTS_MAX),
	{0}
};

const struct record_field submit_answer_fields[] = {
	RECORD_U64(submit_answer, 'c', code, 599),
	RECORD_STR(submit_answer, 't', text, 1024),
	{0}
};

static enum stream_result
read_byte(struct stream *stream, char *c)
{
	enum stream_result filled = stream_fill(stream);

	if (filled != STREAM_OK)
		return filled;
	*c = stream_unread(stream).s[0];
	stream_skip(stream, 1);
	return STREAM_OK;
}

static enum stream_result
read_length(struct stream *stream, size_t *len)
{
	char digits[LENGTH_DIGITS_MAX];
	uint64_t number;
	size_t count = 0;

	for (;;) {
		char c = 0;
		enum stream_result result = read_byte(stream, &c);

		if (result != STREAM_OK)
			return result;
		if (c == ':')
			break;
		if (count == sizeof digits)
			return STREAM_TOO_LONG;
		digits[count++] = c;
	}
	if (!slice_u64(slice_make(digits, count), SUBMIT_REQUEST_MAX, &number))
		return STREAM_TOO_LONG;
	*len = number;
	return STREAM_OK;
}

enum stream_result
submit_read(struct stream *stream, struct str *to, size_t max)
{
	size_t len = 0;
	enum stream_result result = read_length(stream, &len);
	char comma = 0;

	str_clear(to);
	if (result == STREAM_OK && len > max)
		result = STREAM_TOO_LONG;
	while (result == STREAM_OK && to->len < len) {
		struct slice unread;

		result = stream_fill(stream);
		unread = stream_unread(stream);
		if (unread.len > len - to->len)
			unread.len = len - to->len;
		str_add_slice(to, unread);
		stream_skip(stream, unread.len);
	}
	if (result == STREAM_OK)
		result = read_byte(stream, &comma);
	return result == STREAM_OK && comma != ',' ? STREAM_TOO_LONG : result;
}

/* ---- the client's side ---- */

static int
send_netstring(int fd, struct slice bytes)
{
	struct str packet = {0};
	int result;

	str_add_u64(&packet, bytes.len);
	str_putc(&packet, ':');
	str_add_slice(&packet, bytes);
	str_putc(&packet, ',');
	result = write_all(fd, packet.s, packet.len);
	str_free(&packet);
	return result;
}

int
submit_open(const struct submit_request *request)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	struct str record = {0};
	int error, result = -1;
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return -1;
	memcpy(address.sun_path, path, sizeof path);
	record_encode(&record, submit_request_fields, request);
	if (connect(fd, (struct sockaddr *)&address, sizeof address) == 0)
		result = send_netstring(fd, str_slice(&record));
	error = errno;
	str_free(&record);
	if (result == 0)
		return fd;
	close(fd);
	errno = error;
	return -1;
}

int
submit_write(int fd, struct slice bytes)
{
	while (bytes.len) {
		size_t len = bytes.len < SUBMIT_CHUNK_MAX ? bytes.len :
							    SUBMIT_CHUNK_MAX;

		if (send_netstring(fd, slice_make(bytes.s, len)) < 0)
			return -1;
		bytes = slice_make(bytes.s + len, bytes.len - len);
	}
	return 0;
}

int
submit_finish(int fd, struct submit_answer *answer)
{
	struct str record = {0};
	struct stream stream;
	struct slice rest;
	int result = -1;

	/* A refusal may have come already: then nobody reads this. */
	(void)send_netstring(fd, slice_of(""));
	stream_init(&stream, fd);
	stream_deadline(&stream, ANSWER_MS);
	errno = ECONNRESET;
	if (submit_read(&stream, &record, ANSWER_MAX) == STREAM_OK) {
		rest = str_slice(&record);
		errno = EPROTO;
		result = record_decode(&rest, submit_answer_fields, answer);
	}
	stream_free(&stream);
	str_free(&record);
	close(fd);
	return result;
}
