/* talk - commands and answers; see session.h. */
#include "cmd/pop3-fetch/session.h"

#include "lib/base/clock.h"
#include "lib/base/tls.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum {
	ANSWER_MAX_S = 300, /* timeoutremote is meant for SMTP's final dot */
	RATE_MIN = 1024     /* bytes a second of a text */
};

bool
fail(struct session *session, enum outcome outcome, const char *format, ...)
{
	char text[1024];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	/* a server's words go into logs and letters */
	for (char *c = text; *c; c++)
		if (*c < ' ' || *c > '~')
			*c = '?';
	session->visit.outcome = outcome;
	str_set(&session->visit.why, text);
	return false;
}

static uint64_t
patience_ms(const struct session *session)
{
	uint64_t seconds = session->settings->answer_s;

	return 1000 * (seconds < ANSWER_MAX_S ? seconds : ANSWER_MAX_S);
}

static bool
lost(struct session *session, enum stream_result result)
{
	const char *why = "the connection broke";
	struct str tls = {0};

	session->is_open = false;
	switch (result) {
	case STREAM_OK:
	case STREAM_END:
		why = "the server closed the connection";
		break;
	case STREAM_TIMEOUT:
		why = "the server does not answer in time";
		break;
	case STREAM_TOO_LONG:
		why = "the server sent a line without end";
		break;
	case STREAM_ERROR:
		tls_error(&tls);
		why = tls.len ? str_c(&tls) : strerror(errno);
		break;
	}
	fail(session, OUTCOME_LATER, "%s: %s", str_c(&session->host), why);
	str_free(&tls);
	return false;
}

void
ask(struct session *session, const char *format, ...)
{
	char command[1024];
	va_list args;

	va_start(args, format);
	vsnprintf(command, sizeof command, format, args);
	va_end(args);
	str_puts(&session->stream.out, command);
	str_puts(&session->stream.out, "\r\n");
	explicit_bzero(command, sizeof command);
}

bool
hear_line(struct session *session, size_t max)
{
	struct str *line = &session->line;
	enum stream_result result = stream_line(&session->stream, line, max);

	if (result != STREAM_OK)
		return lost(session, result);
	if (line->len && line->s[line->len - 1] == '\n')
		line->s[--line->len] = '\0';
	if (line->len && line->s[line->len - 1] == '\r')
		line->s[--line->len] = '\0';
	return true;
}

static bool
flush_and_hear(struct session *session)
{
	enum stream_result sent;

	stream_deadline(&session->stream, patience_ms(session));
	sent = stream_flush(&session->stream);
	if (sent != STREAM_OK)
		return lost(session, sent);
	return hear_line(session, POP3_LINE_MAX);
}

static enum answer
take_status(struct session *session)
{
	switch (pop3_status(str_slice(&session->line), &session->code,
	    &session->said)) {
	case POP3_OK:
		return ANSWER_OK;
	case POP3_ERR:
		return ANSWER_ERR;
	case POP3_STRANGE:
		break;
	}
	session->is_open = false;
	fail(session, OUTCOME_LATER, "%s does not speak POP3: \"%.200s\"",
	    str_c(&session->host), str_c(&session->line));
	return ANSWER_LOST;
}

enum answer
hear(struct session *session)
{
	return flush_and_hear(session) ? take_status(session) : ANSWER_LOST;
}

enum answer
hear_challenge(struct session *session, struct slice *challenge)
{
	struct slice line;

	if (!flush_and_hear(session))
		return ANSWER_LOST;
	line = str_slice(&session->line);
	if (!slice_is(line, "+") && !slice_starts(line, "+ "))
		return take_status(session);
	*challenge = slice_trim(slice_make(line.s + 1, line.len - 1));
	return ANSWER_GO_ON;
}

bool
hear_item(struct session *session, bool *is_lost)
{
	*is_lost = !hear_line(session, POP3_LINE_MAX);
	return !*is_lost && !slice_is(str_slice(&session->line), ".");
}

/* Gives the server time for what is left of a text of this size. */
static void
extend(struct session *session, uint64_t bytes)
{
	stream_deadline(&session->stream, patience_ms(session) +
	    1000 * (bytes / RATE_MIN));
}

bool
hear_text(struct session *session, uint64_t most, bool *is_over)
{
	struct pop3_text decoder = {0};
	struct str part = {0};
	bool is_end = false;

	*is_over = false;
	text_begin(&session->text);
	extend(session, most ? most : session->settings->databytes);
	while (!is_end && !*is_over) {
		enum stream_result result = stream_fill(&session->stream);
		size_t used;

		if (result != STREAM_OK) {
			str_free(&part);
			return lost(session, result);
		}
		str_clear(&part);
		is_end = pop3_text_take(&decoder,
		    stream_unread(&session->stream), &used, &part);
		stream_skip(&session->stream, used);
		text_add(&session->text, str_slice(&part));
		*is_over = most && session->text.length > most;
	}
	str_free(&part);
	if (*is_over)
		session->is_open = false;
	return !*is_over;
}
