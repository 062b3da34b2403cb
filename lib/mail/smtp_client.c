/* smtp_client - the client's side of SMTP, but for the letters themselves,
 * which are smtp_transaction.c's; see smtp_client.h. */
#include "lib/mail/smtp_client.h"

#include "lib/mail/smtp_talk.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Of one reply, what is cut off included. */
enum { REPLY_BYTES_MAX = 256 * 1024 };

void
smtp_client_init(struct smtp_client *client, struct stream *stream,
    uint64_t timeout_ms)
{
	*client = (struct smtp_client){.stream = stream,
		.timeout_ms = timeout_ms};
}

void
smtp_client_free(struct smtp_client *client)
{
	smtp_reply_free(&client->reply);
	str_free(&client->why);
	str_free(&client->line);
	free(client->buffer);
	*client = (struct smtp_client){0};
}

/* ---- commands and replies ---- */

void
smtp_talk_deadline(struct smtp_client *client, uint64_t ms)
{
	stream_deadline(client->stream,
	    ms < client->timeout_ms ? ms : client->timeout_ms);
}

void
smtp_talk_lost(struct smtp_client *client, const char *format, ...)
{
	char words[256];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(words, sizeof words, format, arguments);
	va_end(arguments);
	str_set(&client->why, words);
	client->is_over = true;
}

static bool
lost_by(struct smtp_client *client, enum stream_result result,
    const char *doing, const char *what)
{
	switch (result) {
	case STREAM_TIMEOUT:
		smtp_talk_lost(client, "no answer in time while %s %s", doing,
		    what);
		break;
	case STREAM_ERROR:
		smtp_talk_lost(client, "%s while %s %s", strerror(errno),
		    doing, what);
		break;
	case STREAM_OK:
	case STREAM_END:
	case STREAM_TOO_LONG:
		smtp_talk_lost(client, "the connection was lost while %s %s",
		    doing, what);
		break;
	}
	return false;
}

bool
smtp_talk_flush(struct smtp_client *client, const char *what)
{
	enum stream_result result = stream_flush(client->stream);

	if (result == STREAM_OK)
		return true;
	str_clear(&client->stream->out);
	return lost_by(client, result, "sending", what);
}

/* What is at hand up to the LF into client->line, as far as it fits.  True
 * when the line is whole. */
static bool
take_line_part(struct smtp_client *client)
{
	struct slice unread = stream_unread(client->stream);
	size_t lf = slice_find(unread, '\n');
	size_t take = lf < unread.len ? lf + 1 : unread.len;
	size_t room = SMTP_REPLY_LINE_MAX - client->line.len;

	str_add(&client->line, unread.s, take < room ? take : room);
	stream_skip(client->stream, take);
	client->reply_bytes += take;
	return lf < unread.len;
}

static bool
take_line(struct smtp_client *client, const char *what)
{
	str_clear(&client->line);
	for (;;) {
		enum stream_result result = stream_fill(client->stream);

		if (result != STREAM_OK)
			return lost_by(client, result, "waiting for the "
			    "answer to", what);
		if (take_line_part(client))
			return true;
		if (client->reply_bytes > REPLY_BYTES_MAX) {
			smtp_talk_lost(client, "an answer without end to %s",
			    what);
			return false;
		}
	}
}

bool
smtp_talk_hear(struct smtp_client *client, const char *what)
{
	enum smtp_reply_result result = SMTP_REPLY_MORE;

	smtp_reply_clear(&client->reply);
	client->reply_bytes = 0;
	while (result == SMTP_REPLY_MORE) {
		if (!take_line(client, what))
			return false;
		result = smtp_reply_line(&client->reply,
		    str_slice(&client->line));
	}
	if (result == SMTP_REPLY_BAD) {
		smtp_talk_lost(client, "%s to %s", client->reply.lines ==
		    SMTP_REPLY_LINES_MAX ? "an answer without end" :
		    "an answer that is not SMTP", what);
		return false;
	}
	/* RFC 5321 3.8: it closes the connection now. */
	if (client->reply.code == 421)
		client->is_over = true;
	return true;
}

static bool
says_yes(const struct smtp_client *client)
{
	return client->reply.code / 100 == 2;
}

static enum smtp_client_result
hear_yes(struct smtp_client *client, const char *what)
{
	if (!smtp_talk_hear(client, what))
		return SMTP_CLIENT_LOST;
	return says_yes(client) ? SMTP_CLIENT_OK : SMTP_CLIENT_REFUSED;
}

/* ---- the beginning and the end ---- */

enum smtp_client_result
smtp_client_greeting(struct smtp_client *client)
{
	smtp_talk_deadline(client, SMTP_WAIT_COMMAND);
	return hear_yes(client, "the connection");
}

static enum smtp_client_result
say_hello(struct smtp_client *client, const char *verb, const char *name)
{
	smtp_talk_deadline(client, SMTP_WAIT_COMMAND);
	str_addf(&client->stream->out, "%s %s\r\n", verb, name);
	if (!smtp_talk_flush(client, verb))
		return SMTP_CLIENT_LOST;
	return hear_yes(client, verb);
}

enum smtp_client_result
smtp_client_hello(struct smtp_client *client, const char *name)
{
	enum smtp_client_result result = say_hello(client, "EHLO", name);

	client->can = (struct smtp_capabilities){0};
	client->is_extended = result == SMTP_CLIENT_OK;
	if (client->is_extended)
		smtp_capabilities_parse(str_slice(&client->reply.text),
		    &client->can);
	if (result == SMTP_CLIENT_REFUSED && client->reply.code / 100 == 5)
		return say_hello(client, "HELO", name);
	return result;
}

void
smtp_client_quit(struct smtp_client *client)
{
	if (client->is_over)
		return;
	client->is_over = true;
	smtp_talk_deadline(client, 1000);
	str_puts(&client->stream->out, "QUIT\r\n");
	(void)stream_flush(client->stream);
}
