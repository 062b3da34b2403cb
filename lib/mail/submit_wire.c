/* submit_wire - sendmail and local-submit; see submit_wire.h. */
#include "lib/mail/submit_wire.h"

#include "lib/base/clock.h"
#include "lib/base/local_socket.h"
#include "lib/mail/address.h"

#include <errno.h>
#include <poll.h>
#include <unistd.h>

enum {
	LENGTH_DIGITS_MAX = 8,
	ANSWER_MAX = 4096,
	ANSWER_TEXT_MAX = 1024,
	PATIENCE_S = 600,           /* for each word of the other side */
	CROWD_MS = 60 * 1000,       /* how long others may sit on all seats */
	RESTART_MS = 5 * 1000,      /* how long nobody may listen */
	AGAIN_MS = 100
};

static const char path[] = "run/submit/s";

const struct record_field submit_request_fields[] = {
	RECORD_U64(submit_request, 'h', has_sender, 1),
	RECORD_STR(submit_request, 's', sender, ADDRESS_TEXT_MAX),
	RECORD_STR(submit_request, 'n', name, SUBMIT_NAME_MAX),
	RECORD_STR(submit_request, 't', ret, 4),
	RECORD_STR(submit_request, 'v', envid, SUBMIT_ENVID_MAX),
	RECORD_STR(submit_request, 'y', notify, 32),
	RECORD_STRS(submit_request, 'r', rcpts, ADDRESS_TEXT_MAX,
	    SUBMIT_RCPTS_MAX),
	{0}
};

const struct record_field submit_answer_fields[] = {
	RECORD_U64(submit_answer, 'c', code, 599),
	RECORD_STR(submit_answer, 't', text, ANSWER_TEXT_MAX),
	{0}
};

static void
add_netstring(struct str *to, struct slice bytes)
{
	str_add_u64(to, bytes.len);
	str_putc(to, ':');
	str_add_slice(to, bytes);
	str_putc(to, ',');
}

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
		if (count == sizeof digits || c < '0' || c > '9')
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

void
submit_answer_add(struct str *to, unsigned code, struct slice text)
{
	struct submit_answer answer = {.code = code};
	struct str record = {0};

	if (text.len > ANSWER_TEXT_MAX)
		text.len = ANSWER_TEXT_MAX;
	/* it may repeat what a caller sent, and be shown on a terminal */
	str_add_ascii(&answer.text, text);
	record_encode(&record, submit_answer_fields, &answer);
	add_netstring(to, str_slice(&record));
	record_free(submit_answer_fields, &answer);
	str_free(&record);
}

/* ---- the client's side ---- */

static int
send_netstring(struct submit_client *client, struct slice bytes)
{
	add_netstring(&client->stream.out, bytes);
	stream_deadline(&client->stream, PATIENCE_S * 1000);
	return stream_flush(&client->stream) == STREAM_OK ? 0 : -1;
}

static int
read_answer(struct submit_client *client, struct submit_answer *answer)
{
	struct str record = {0};
	struct slice rest;
	int result = -1;

	stream_deadline(&client->stream, PATIENCE_S * 1000);
	switch (submit_read(&client->stream, &record, ANSWER_MAX)) {
	case STREAM_OK:
		rest = str_slice(&record);
		result = record_decode(&rest, submit_answer_fields, answer);
		errno = EPROTO;
		break;
	case STREAM_END:
		errno = ECONNRESET;
		break;
	case STREAM_TIMEOUT:
		errno = ETIMEDOUT;
		break;
	case STREAM_TOO_LONG:
		errno = EPROTO;
		break;
	case STREAM_ERROR:
		break;
	}
	str_free(&record);
	return result;
}

/* One attempt: 0 with an answer, or -1 with errno. */
static int
ask(struct submit_client *client, const struct submit_request *request,
    struct submit_answer *answer)
{
	struct str record = {0};

	client->fd = local_connect_stream(path, PATIENCE_S);
	if (client->fd < 0)
		return -1;
	stream_init(&client->stream, client->fd);
	record_encode(&record, submit_request_fields, request);
	/* who is turned away is not read, but answered */
	(void)send_netstring(client, str_slice(&record));
	str_free(&record);
	return read_answer(client, answer);
}

/* Is it worth another attempt after that long? */
static bool
is_worth(int result, const struct submit_answer *answer, uint64_t waited_ms)
{
	if (result == 0)
		return answer->code == SUBMIT_CROWD && waited_ms < CROWD_MS;
	return (errno == ECONNREFUSED || errno == ENOENT) &&
	    waited_ms < RESTART_MS;
}

int
submit_begin(struct submit_client *client,
    const struct submit_request *request, struct submit_answer *answer)
{
	uint64_t began_ms = clock_mono_ms();
	int error, result;

	client->fd = -1;
	for (;;) {
		answer->code = 0;
		result = ask(client, request, answer);
		if (result == 0 && answer->code == SUBMIT_GO_AHEAD)
			return 0;
		error = errno;
		submit_close(client);
		errno = error;
		if (!is_worth(result, answer, clock_mono_ms() - began_ms))
			return -1;
		poll(NULL, 0, AGAIN_MS);
	}
}

int
submit_write(struct submit_client *client, struct slice bytes)
{
	while (bytes.len) {
		size_t len = bytes.len < SUBMIT_CHUNK_MAX ? bytes.len :
							    SUBMIT_CHUNK_MAX;

		if (send_netstring(client, slice_make(bytes.s, len)) < 0)
			return -1;
		bytes = slice_after(bytes, len);
	}
	return 0;
}

int
submit_finish(struct submit_client *client, struct submit_answer *answer)
{
	int error, result;

	answer->code = 0;
	/* a refusal may have come already: then nobody reads this */
	(void)send_netstring(client, slice_of(""));
	result = read_answer(client, answer);
	error = errno;
	submit_close(client);
	errno = error;
	return result == 0 && answer->code == SUBMIT_TAKEN ? 0 : -1;
}

void
submit_close(struct submit_client *client)
{
	if (client->fd < 0)
		return;
	stream_free(&client->stream);
	close(client->fd);
	client->fd = -1;
}
