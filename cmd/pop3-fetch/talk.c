/* talk - the conversation, and how it fails; see session.h. */
#include "cmd/pop3-fetch/session.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

bool
fail(struct session *session, enum outcome outcome, const char *format, ...)
{
	char text[1024];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	session->visit.outcome = outcome;
	/* a server's words go into logs and letters */
	str_clear(&session->visit.why);
	str_add_ascii(&session->visit.why, slice_of(text));
	return false;
}

bool
lost(struct session *session)
{
	return fail(session, OUTCOME_LATER, "%s: %s", str_c(&session->host),
	    str_c(&session->client.why));
}

bool
commit_ledger(struct session *session)
{
	return ledger_commit(&session->ledger) == 0 ||
	    fail(session, OUTCOME_LATER, "cannot write the ledger: %s",
	    strerror(errno));
}

enum pop3_client_result
hear(struct session *session)
{
	enum pop3_client_result result = pop3_client_hear(&session->client);

	if (result == POP3_CLIENT_LOST)
		lost(session);
	return result;
}

/* Where a text goes, and how much of it is too much. */
struct sink {
	struct text *text;
	uint64_t most;
	bool is_over;
};

static bool
put(void *context, struct slice bytes)
{
	struct sink *sink = context;

	text_add(sink->text, bytes);
	sink->is_over = sink->most && sink->text->length > sink->most;
	return !sink->is_over;
}

bool
hear_text(struct session *session, uint64_t most, bool *is_over)
{
	struct sink sink = {.text = &session->text, .most = most};
	enum pop3_client_result result;

	text_begin(&session->text);
	result = pop3_client_text(&session->client,
	    most ? most : session->settings->databytes, put, &sink);
	*is_over = sink.is_over;
	return result == POP3_CLIENT_OK || (!sink.is_over && lost(session));
}
