/*
 * session - one letter from a user of this machine; see session.h.
 *
 * The kernel says who calls.  root may write as anybody; everybody else as
 * himself, and where From says another name a Sender tells who it was.
 */
#include "cmd/local-submit/session.h"

#include "cmd/local-submit/request.h"
#include "cmd/local-submit/text.h"
#include "control/route.h"
#include "lib/base/log.h"
#include "lib/mail/date.h"
#include "lib/mail/display_name.h"
#include "lib/mail/submit_wire.h"

#include <errno.h>
#include <signal.h>
#include <string.h>

enum {
	REQUEST_MS = 60 * 1000,
	/* a long job's output may come as it runs */
	MESSAGE_MS = 24 * 3600 * 1000
};

struct session {
	const struct session_start *start;
	struct owner owner;
	struct submit_request request;
	struct envelope envelope;
	struct drop drop;
	uint64_t bytes;
	struct stream stream; /* the last: its buffer is not cleared */
};

static void
say(struct session *session, unsigned code, struct slice text)
{
	submit_answer_add(&session->stream.out, code, text);
	(void)stream_flush(&session->stream);
}

static void
log_letter(const struct session *session, const char *event,
    const struct refusal *why)
{
	const struct envelope *envelope = &session->envelope;
	size_t count = envelope->rcpt_count;

	log_event(event, "id",
	    envelope->id.len ? str_c(&envelope->id) : NULL, "client",
	    str_c(&session->start->caller.name), "from",
	    envelope->box.len ? str_c(&envelope->sender) : NULL, "to",
	    count ? str_c(&envelope->rcpts[0].address) : NULL, "count",
	    count > 1 ? log_number(count).s : NULL, "bytes",
	    session->bytes ? log_number(session->bytes).s : NULL, "code",
	    why ? log_number(why->code).s : NULL, "why",
	    why ? str_c(&why->text) : NULL, NULL);
}

static void
refuse(struct session *session, const struct refusal *why)
{
	say(session, why->code, str_slice(&why->text));
	log_letter(session, "refuse", why);
}

static void
refuse_by(struct session *session, enum reply reply, const char *detail)
{
	struct refusal why = {0};

	refusal_set(&why, reply, slice_of(detail));
	refuse(session, &why);
	str_free(&why.text);
}

static void
refuse_trouble(struct session *session, int error)
{
	log_event("alarm", "client", str_c(&session->start->caller.name),
	    "path", "queue/drop/local-submit", "why", strerror(error), NULL);
	refuse_by(session, error == ENOSPC || error == EDQUOT ?
		REPLY_DISK_FULL : REPLY_LOCAL_ERROR, "");
}

/* ---- the request ---- */

static bool
read_request(struct session *session)
{
	struct str bytes = {0};
	enum stream_result result;
	struct slice rest;
	bool is_good;

	stream_deadline(&session->stream, REQUEST_MS);
	result = submit_read(&session->stream, &bytes, SUBMIT_REQUEST_MAX);
	rest = str_slice(&bytes);
	is_good = result == STREAM_OK &&
	    record_decode(&rest, submit_request_fields,
		&session->request) == 0 && !rest.len;
	str_free(&bytes);
	if (!is_good)
		refuse_by(session, result == STREAM_TIMEOUT ? REPLY_TIMEOUT :
			REPLY_BAD_REQUEST, "");
	return is_good;
}

static bool
take_request(struct session *session)
{
	const struct session_start *start = session->start;
	struct refusal why = {0};
	bool is_fine;

	if (!read_request(session))
		return false;
	if (!drop_has_room(start->box_fd, start->settings->min_free_bytes,
		start->settings->min_free_percent)) {
		refuse_by(session, REPLY_DISK_FULL, "");
		return false;
	}
	is_fine = request_take(&session->request, &session->owner,
	    start->settings, &session->envelope, &why);
	if (!is_fine)
		refuse(session, &why);
	str_free(&why.text);
	return is_fine;
}

/* ---- the message ---- */

static bool
owns(void *context, struct slice address)
{
	return owner_has(context, address);
}

static struct submit_rules
rules_of(struct session *session, const struct str *from)
{
	bool is_root = session->start->caller.uid == 0;

	return (struct submit_rules){
		.owns = is_root ? NULL : owns, /* root may be anybody */
		.context = &session->owner,
		.from = str_slice(from),
		.sender = is_root ? slice_of("") :
		    str_slice(&session->owner.own),
		.domain = str_slice(&session->start->settings->me),
		.id = str_slice(&session->envelope.id),
		.now_us = session->envelope.arrived_us,
	};
}

static void
write_trace(struct session *session)
{
	const struct caller *caller = &session->start->caller;
	struct str field = {0};

	str_addf(&field, "Received: (from %s uid %u)\n\tby %s id %s;\n\t",
	    str_c(&caller->name), (unsigned)caller->uid,
	    str_c(&session->start->settings->me),
	    str_c(&session->envelope.id));
	date_add(&field, session->envelope.arrived_us);
	str_putc(&field, '\n');
	drop_write(&session->drop, str_slice(&field));
	str_free(&field);
}

static void
vanish(struct session *session, enum stream_result result)
{
	struct refusal why = {0};

	if (result == STREAM_TIMEOUT || result == STREAM_TOO_LONG) {
		refuse_by(session, result == STREAM_TIMEOUT ? REPLY_TIMEOUT :
			REPLY_BAD_REQUEST, "");
		return;
	}
	str_set(&why.text, "the caller went away in the middle");
	log_letter(session, "refuse", &why);
	str_free(&why.text);
}

/* Reads to the empty chunk.  True when the message is whole and fine. */
static bool
take_message(struct session *session, struct text *text)
{
	enum reply reply = REPLY_FINE;
	struct str chunk = {0};
	enum stream_result result;

	do {
		result = submit_read(&session->stream, &chunk,
		    SUBMIT_CHUNK_MAX);
		if (result != STREAM_OK)
			break;
		reply = chunk.len ? text_take(text, str_slice(&chunk)) :
				    text_end(text);
	} while (chunk.len && reply == REPLY_FINE);
	session->bytes = text->bytes;
	str_free(&chunk);
	if (result != STREAM_OK)
		vanish(session, result);
	else if (reply == REPLY_TOO_BIG)
		refuse_by(session, reply, log_number(text->limit).s);
	else if (reply == REPLY_LONG_HEADER)
		refuse_by(session, reply, log_number(SUBMIT_HEADER_MAX).s);
	else if (reply != REPLY_FINE)
		refuse_by(session, reply, "");
	return result == STREAM_OK && reply == REPLY_FINE;
}

/* The promise.  Being told to end waits until the answer is out: whoever
 * hears none sends the letter again. */
static void
commit(struct session *session)
{
	sigset_t term;

	sigemptyset(&term);
	sigaddset(&term, SIGTERM);
	sigprocmask(SIG_BLOCK, &term, NULL);
	if (drop_commit(&session->drop) < 0) {
		refuse_trouble(session, errno);
		return;
	}
	say(session, SUBMIT_TAKEN, str_slice(&session->envelope.id));
	log_letter(session, "receive", NULL);
}

static void
transfer(struct session *session)
{
	const struct route_request sender = {.box = slice_of("local-submit"),
		.sender = str_slice(&session->envelope.sender)};
	struct str from = {0}, domain = {0};
	struct submit_rules rules;
	struct text text = {.drop = &session->drop, .rules = &rules,
		.limit = session->start->settings->databytes};

	display_name_add(&from, str_slice(&session->request.name),
	    session->envelope.sender.len ?
		str_slice(&session->envelope.sender) :
		str_slice(&session->owner.own));
	rules = rules_of(session, &from);
	if (route_outer_domain(session->start->config, &sender, &domain))
		rules.domain = str_slice(&domain);
	write_trace(session);
	say(session, SUBMIT_GO_AHEAD, slice_of(""));
	stream_deadline(&session->stream, MESSAGE_MS);
	if (take_message(session, &text))
		commit(session);
	text_free(&text);
	str_free(&from);
	str_free(&domain);
}

static void
converse(struct session *session)
{
	if (!take_request(session))
		return;
	if (drop_begin(&session->drop, session->start->box_fd,
		&session->envelope) < 0) {
		refuse_trouble(session, errno);
		return;
	}
	transfer(session);
	drop_abort(&session->drop);
}

void
session_run(const struct session_start *start)
{
	const char *prefix = str_c(&start->settings->users);
	struct session session;

	memset(&session, 0, offsetof(struct session, stream));
	session.start = start;
	session.drop.fd = -1;
	stream_init(&session.stream, start->fd);
	stream_deadline(&session.stream, REQUEST_MS);
	owner_init(&session.owner, start->config, &start->caller,
	    &start->settings->me);
	if (caller_is_ours(&start->caller,
		strcmp(prefix, "one") == 0 ? NULL : prefix))
		refuse_by(&session, REPLY_OURS, "");
	else
		converse(&session);
	record_free(submit_request_fields, &session.request);
	envelope_free(&session.envelope);
	owner_free(&session.owner);
	stream_free(&session.stream);
}
