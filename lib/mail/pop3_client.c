/*
 * pop3_client - the client's side of POP3; see pop3_client.h, and
 * pop3_login.c for the login.
 */
#include "lib/mail/pop3_client.h"

#include "lib/base/clock.h"
#include "lib/base/tls.h"
#include "lib/base/tls_client.h"
#include "lib/mail/pop3_talk.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum {
	CAPABILITIES_MAX = 1000,
	COMMAND_MAX = 1024,
	RATE_MIN = 1024 /* bytes a second of a text */
};

void
pop3_client_init(struct pop3_client *client, struct stream *stream,
    uint64_t timeout_ms)
{
	*client = (struct pop3_client){.stream = stream,
		.timeout_ms = timeout_ms};
}

void
pop3_client_free(struct pop3_client *client)
{
	str_free(&client->line);
	str_free(&client->greeting);
	str_free(&client->why);
	pop3_capabilities_free(&client->can);
	*client = (struct pop3_client){0};
}

/* ---- commands and answers ---- */

enum pop3_client_result
pop3_talk_lost(struct pop3_client *client, const char *format, ...)
{
	char words[512];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(words, sizeof words, format, arguments);
	va_end(arguments);
	str_set(&client->why, words);
	client->is_over = true;
	return POP3_CLIENT_LOST;
}

static enum pop3_client_result
lost_by(struct pop3_client *client, enum stream_result result)
{
	struct str tls = {0};
	const char *why = "the server closed the connection";

	if (result == STREAM_TIMEOUT)
		why = "the server does not answer in time";
	else if (result == STREAM_TOO_LONG)
		why = "the server sent a line without end";
	else if (result == STREAM_ERROR && errno == EPROTO)
		tls_error(&tls);
	else if (result == STREAM_ERROR)
		why = strerror(errno);
	(void)pop3_talk_lost(client, "%s", tls.len ? str_c(&tls) : why);
	str_free(&tls);
	return POP3_CLIENT_LOST;
}

/* What was asked is sent when there is nothing left to hear of what came: with
 * many commands on their way, many go in one packet. */
static bool
send_asked(struct pop3_client *client, bool is_waiting)
{
	enum stream_result sent = is_waiting ?
	    stream_flush(client->stream) : STREAM_OK;

	if (sent != STREAM_OK)
		(void)lost_by(client, sent);
	return sent == STREAM_OK;
}

static bool
has_line(const struct stream *stream)
{
	struct slice unread = stream_unread(stream);

	return slice_find(unread, '\n') < unread.len;
}

static bool
hear_line(struct pop3_client *client)
{
	struct str *line = &client->line;
	enum stream_result result;

	if (!send_asked(client, !has_line(client->stream)))
		return false;
	result = stream_line(client->stream, line, POP3_LINE_MAX);
	if (result != STREAM_OK) {
		(void)lost_by(client, result);
		return false;
	}
	if (line->len && line->s[line->len - 1] == '\n')
		line->s[--line->len] = '\0';
	if (line->len && line->s[line->len - 1] == '\r')
		line->s[--line->len] = '\0';
	return true;
}

static enum pop3_client_result
judge(struct pop3_client *client)
{
	switch (pop3_status(str_slice(&client->line), &client->code,
	    &client->said)) {
	case POP3_OK:
		return POP3_CLIENT_OK;
	case POP3_ERR:
		return POP3_CLIENT_REFUSED;
	case POP3_STRANGE:
		break;
	}
	return pop3_talk_lost(client, "that is no POP3: \"%.200s\"",
	    str_c(&client->line));
}

enum pop3_client_result
pop3_talk_hear(struct pop3_client *client, struct slice *challenge)
{
	struct slice line;

	stream_deadline(client->stream, client->timeout_ms);
	if (!send_asked(client, true))
		return POP3_CLIENT_LOST;
	if (!hear_line(client))
		return POP3_CLIENT_LOST;
	line = str_slice(&client->line);
	if (!challenge)
		return judge(client);
	*challenge = (struct slice){0};
	if (!slice_is(line, "+") && !slice_starts(line, "+ "))
		return judge(client);
	*challenge = slice_trim(slice_after(line, 1));
	return POP3_CLIENT_OK;
}

void
pop3_client_ask(struct pop3_client *client, const char *format, ...)
{
	char command[COMMAND_MAX];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(command, sizeof command, format, arguments);
	va_end(arguments);
	str_puts(&client->stream->out, command);
	str_puts(&client->stream->out, "\r\n");
}

enum pop3_client_result
pop3_client_hear(struct pop3_client *client)
{
	stream_deadline(client->stream, client->timeout_ms);
	return hear_line(client) ? judge(client) : POP3_CLIENT_LOST;
}

/* A step of its own: nothing may have been said ahead. */
static enum pop3_client_result
talk(struct pop3_client *client, const char *command)
{
	pop3_client_ask(client, "%s", command);
	return pop3_talk_hear(client, NULL);
}

bool
pop3_client_item(struct pop3_client *client)
{
	return hear_line(client) && !slice_is(str_slice(&client->line), ".");
}

/* All that is unread of the text goes to put().  True at its end. */
static bool
take_text(struct pop3_client *client, struct pop3_text *decoder,
    struct str *part, bool *is_wanted, pop3_put *put, void *context)
{
	size_t used;
	bool is_end;

	str_clear(part);
	is_end = pop3_text_take(decoder, stream_unread(client->stream), &used,
	    part);
	stream_skip(client->stream, used);
	*is_wanted = put(context, str_slice(part));
	return is_end;
}

/* The time for so many bytes, from the beginning on. */
static void
give_time(struct pop3_client *client, uint64_t began_ms, uint64_t bytes)
{
	uint64_t end_ms = began_ms + client->timeout_ms +
	    1000 * (bytes / RATE_MIN), now_ms = clock_mono_ms();

	stream_deadline(client->stream, end_ms > now_ms ? end_ms - now_ms : 0);
}

enum pop3_client_result
pop3_client_text(struct pop3_client *client, uint64_t bytes, pop3_put *put,
    void *context)
{
	enum pop3_client_result result = POP3_CLIENT_OK;
	uint64_t began_ms = clock_mono_ms(), taken = 0;
	struct pop3_text decoder = {0};
	struct str part = {0};
	bool is_end = false, is_wanted = true;

	while (result == POP3_CLIENT_OK && !is_end) {
		bool is_waiting = !stream_unread(client->stream).len;
		enum stream_result filled;

		/* without a limit, what has come says how much there is */
		give_time(client, began_ms, bytes ? bytes : taken);
		if (!send_asked(client, is_waiting)) {
			result = POP3_CLIENT_LOST;
			break;
		}
		filled = stream_fill(client->stream);
		if (filled != STREAM_OK)
			result = lost_by(client, filled);
		else
			is_end = take_text(client, &decoder, &part,
			    &is_wanted, put, context);
		taken += part.len;
		if (!is_wanted)
			result = pop3_talk_lost(client, "a text that is not "
			    "wanted to its end");
	}
	str_free(&part);
	return result;
}

/* ---- the steps ---- */

enum pop3_client_result
pop3_client_greeting(struct pop3_client *client)
{
	enum pop3_client_result result = pop3_talk_hear(client, NULL);

	str_set_slice(&client->greeting, str_slice(&client->line));
	return result;
}

enum pop3_client_result
pop3_client_capabilities(struct pop3_client *client)
{
	enum pop3_client_result result;

	pop3_capabilities_free(&client->can);
	client->can = (struct pop3_capabilities){0};
	result = talk(client, "CAPA");
	if (result != POP3_CLIENT_OK)
		return result == POP3_CLIENT_REFUSED ? POP3_CLIENT_OK : result;
	for (unsigned i = 0; pop3_client_item(client); i++) {
		if (i == CAPABILITIES_MAX)
			return pop3_talk_lost(client, "it lists capabilities "
			    "without end");
		pop3_capability(&client->can, str_slice(&client->line));
	}
	return client->is_over ? POP3_CLIENT_LOST : POP3_CLIENT_OK;
}

enum pop3_client_result
pop3_client_wrap(struct pop3_client *client, struct tls_client *tls,
    const struct tls_peer *peer)
{
	enum pop3_client_result result = POP3_CLIENT_OK;
	struct str why = {0};

	stream_deadline(client->stream, client->timeout_ms);
	if (!tls_connect(tls, client->stream, peer, &why)) {
		client->is_untrusted = errno == EPROTO;
		result = pop3_talk_lost(client, "%s", str_c(&why));
	}
	str_free(&why);
	return result;
}

/* What came in the clear behind the answer would be believed to have come
 * under TLS. */
enum pop3_client_result
pop3_client_starttls(struct pop3_client *client, struct tls_client *tls,
    const struct tls_peer *peer)
{
	enum pop3_client_result result = talk(client, "STLS");

	if (result != POP3_CLIENT_OK)
		return result;
	if (stream_unread(client->stream).len)
		return pop3_talk_lost(client, "the server said more than the "
		    "answer to STLS before the handshake");
	return pop3_client_wrap(client, tls, peer);
}

enum pop3_client_result
pop3_client_count(struct pop3_client *client, uint64_t *letters,
    uint64_t *bytes)
{
	pop3_client_ask(client, "STAT");
	return pop3_client_counted(client, letters, bytes);
}

enum pop3_client_result
pop3_client_counted(struct pop3_client *client, uint64_t *letters,
    uint64_t *bytes)
{
	enum pop3_client_result result = pop3_client_hear(client);

	if (result == POP3_CLIENT_OK &&
	    !pop3_numbers(client->said, letters, bytes))
		return pop3_talk_lost(client, "STAT is answered by \"%.200s\"",
		    str_c(&client->line));
	return result;
}

enum pop3_client_result
pop3_client_end(struct pop3_client *client)
{
	enum pop3_client_result result = talk(client, "QUIT");

	client->is_over = true;
	return result;
}

void
pop3_client_quit(struct pop3_client *client)
{
	if (!client->is_over) {
		str_puts(&client->stream->out, "QUIT\r\n");
		stream_deadline(client->stream, client->timeout_ms);
		(void)stream_flush(client->stream);
	}
	client->is_over = true;
}
