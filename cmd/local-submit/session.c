/*
 * session - one letter from a user of this machine; see session.h.
 *
 * The kernel says who calls.  root may write as anybody; everybody else as
 * his own name at this host, and where From says another name a Sender tells
 * who it was.
 */
#include "cmd/local-submit/session.h"

#include "lib/base/clock.h"
#include "lib/base/log.h"
#include "lib/base/utf8.h"
#include "lib/mail/address.h"
#include "lib/mail/date.h"
#include "lib/mail/submit_header.h"
#include "lib/mail/submit_wire.h"
#include "queue/drop.h"

#include <errno.h>
#include <string.h>

enum { PATIENCE_MS = 600 * 1000 };

struct session {
	const struct caller *caller;
	const struct submit_settings *settings;
	int box_fd;
	struct str own;          /* the caller's address */
	struct submit_request request;
	struct envelope envelope;
	struct drop drop;
	struct submit_text text;
	uint64_t bytes;
	bool has_cr;             /* the last chunk ended with one */
	struct stream stream;
};

static void
answer(struct session *session, uint64_t code, const char *text)
{
	struct submit_answer answer = {.code = code};
	struct str record = {0};
	struct str *out = &session->stream.out;

	str_puts(&answer.text, text);
	record_encode(&record, submit_answer_fields, &answer);
	str_add_u64(out, record.len);
	str_putc(out, ':');
	str_add_slice(out, str_slice(&record));
	str_putc(out, ',');
	(void)stream_flush(&session->stream);
	log_event(code == 250 ? "receive" : "refuse", "id",
	    session->envelope.id.len ? str_c(&session->envelope.id) : NULL,
	    "client", str_c(&session->caller->name), "from",
	    str_c(&session->envelope.sender), "to",
	    session->envelope.rcpt_count ?
		str_c(&session->envelope.rcpts[0].address) : NULL,
	    "count", log_number(session->envelope.rcpt_count).s, "why",
	    code == 250 ? NULL : text, NULL);
	record_free(submit_answer_fields, &answer);
	str_free(&record);
}

/* ---- the envelope ---- */

static bool
is_own(const struct session *session, struct slice address)
{
	struct str name = {0};
	bool is_same;

	is_same = address_normalize(&name, address, true) == 0 &&
	    slice_eq(str_slice(&name), str_slice(&session->own));
	str_free(&name);
	return is_same;
}

/* An address without a host is one of this host. */
static bool
complete(const struct session *session, struct slice address, struct str *to)
{
	str_set_slice(to, address);
	if (slice_find(address, '@') == address.len)
		str_addf(to, "@%s", str_c(&session->settings->me));
	return address_valid(str_slice(to), true);
}

static bool
take_sender(struct session *session)
{
	struct str *sender = &session->envelope.sender;

	if (!session->request.has_sender) {
		str_set_slice(sender, str_slice(&session->own));
		return true;
	}
	if (!session->request.sender.len)
		return true; /* the null sender is nobody's */
	if (complete(session, str_slice(&session->request.sender), sender) &&
	    (session->caller->uid == 0 || is_own(session, str_slice(sender))))
		return true;
	answer(session, 553, "you may not send as this address");
	return false;
}

static bool
take_rcpts(struct session *session)
{
	const struct strs *rcpts = &session->request.rcpts;

	if (!rcpts->len || rcpts->len > session->settings->max_rcpts) {
		answer(session, 550, rcpts->len ? "too many recipients" :
						  "no recipients");
		return false;
	}
	for (size_t i = 0; i < rcpts->len; i++) {
		struct str *address =
		    &envelope_add_rcpt(&session->envelope)->address;

		if (!complete(session, str_slice(&rcpts->v[i]), address)) {
			answer(session, 553, "a recipient is no mail address");
			return false;
		}
		if (has_8bit(str_slice(address)))
			session->envelope.is_smtputf8 = true;
	}
	return true;
}

static bool
take_request(struct session *session)
{
	struct str bytes = {0};
	struct slice rest;
	bool fine = submit_read(&session->stream, &bytes,
			SUBMIT_REQUEST_MAX) == STREAM_OK;

	rest = str_slice(&bytes);
	fine = fine && record_decode(&rest, submit_request_fields,
			   &session->request) == 0;
	str_free(&bytes);
	if (!fine)
		answer(session, 501, "this is no request");
	else if (!drop_has_room(session->box_fd,
		     session->settings->min_free_bytes,
		     session->settings->min_free_percent))
		answer(session, 452, "the disk is full, try again later");
	else
		return take_sender(session) && take_rcpts(session);
	return false;
}

/* ---- the message ---- */

static bool
owns(void *context, struct slice address)
{
	(void)context;
	(void)address;
	return true; /* a Sender says who it was; see write_trace */
}

static struct submit_rules
rules_of(struct session *session)
{
	return (struct submit_rules){
		.owns = owns,
		.context = session,
		.from = str_slice(&session->own),
		.domain = str_slice(&session->settings->me),
		.id = str_slice(&session->envelope.id),
		.now_us = session->envelope.arrived_us,
	};
}

static void
write_trace(struct session *session)
{
	struct str field = {0};

	str_addf(&field, "Received: (from %s uid %u)\n\tby %s id %s;\n\t",
	    str_c(&session->caller->name), (unsigned)session->caller->uid,
	    str_c(&session->settings->me), str_c(&session->envelope.id));
	date_add(&field, session->envelope.arrived_us);
	str_putc(&field, '\n');
	drop_write(&session->drop, str_slice(&field));
	str_free(&field);
}

/* CRLF to LF; a CR elsewhere stays. */
static void
without_cr(struct session *session, struct slice bytes, struct str *to)
{
	if (session->has_cr && !(bytes.len && bytes.s[0] == '\n'))
		str_putc(to, '\r');
	session->has_cr = bytes.len && bytes.s[bytes.len - 1] == '\r';
	bytes.len -= session->has_cr;
	while (bytes.len) {
		size_t cr = slice_find(bytes, '\r');
		size_t skip = cr + 1 < bytes.len && bytes.s[cr + 1] == '\n';

		if (cr == bytes.len) {
			str_add_slice(to, bytes);
			return;
		}
		str_add(to, bytes.s, cr + !skip);
		bytes = slice_make(bytes.s + cr + 1, bytes.len - cr - 1);
	}
}

static bool
take_chunk(struct session *session, struct slice chunk)
{
	uint64_t limit = session->settings->databytes;
	struct submit_rules rules = rules_of(session);
	struct str plain = {0}, ready = {0};
	bool fits;

	without_cr(session, chunk, &plain);
	fits = submit_take(&session->text, &rules, str_slice(&plain),
		   &ready) != SUBMIT_TOO_LONG;
	drop_write(&session->drop, str_slice(&ready));
	session->bytes += chunk.len;
	str_free(&plain);
	str_free(&ready);
	if (fits && (!limit || session->bytes <= limit))
		return true;
	answer(session, 552, fits ? "the message is too large" :
				    "the header is too long");
	return false;
}

static bool
take_message(struct session *session)
{
	struct str chunk = {0};
	bool more = true, whole = false;

	while (more && !whole) {
		if (submit_read(&session->stream, &chunk, SUBMIT_CHUNK_MAX) !=
		    STREAM_OK) {
			log_event("refuse", "client",
			    str_c(&session->caller->name), "why",
			    "the caller went away in the middle of the message",
			    NULL);
			more = false;
		} else if (chunk.len) {
			more = take_chunk(session, str_slice(&chunk));
		} else {
			whole = true;
		}
	}
	str_free(&chunk);
	return whole;
}

static void
commit(struct session *session)
{
	struct submit_rules rules = rules_of(session);
	struct str ready = {0};

	(void)submit_end(&session->text, &rules, &ready);
	drop_write(&session->drop, str_slice(&ready));
	str_free(&ready);
	if (drop_commit(&session->drop) == 0)
		answer(session, 250, str_c(&session->envelope.id));
	else
		answer(session, 451, strerror(errno));
}

static void
converse(struct session *session)
{
	if (!take_request(session))
		return;
	str_set(&session->envelope.box, "local-submit");
	session->envelope.is_8bit = true;
	if (drop_begin(&session->drop, session->box_fd, &session->envelope) <
	    0) {
		answer(session, 451, strerror(errno));
		return;
	}
	write_trace(session);
	if (take_message(session))
		commit(session);
	drop_abort(&session->drop);
}

void
session_run(int fd, const struct caller *caller,
    const struct submit_settings *settings, int box_fd)
{
	struct session session = {.caller = caller, .settings = settings,
		.box_fd = box_fd, .drop = {.fd = -1}};

	stream_init(&session.stream, fd);
	stream_deadline(&session.stream, PATIENCE_MS);
	str_addf(&session.own, "%s@%s", str_c(&caller->name),
	    str_c(&settings->me));
	if (caller_is_ours(caller, slice_is(str_slice(&settings->users),
			       "one") ? NULL : str_c(&settings->users)))
		answer(&session, 550, "the suite's own users send no mail");
	else
		converse(&session);
	record_free(submit_request_fields, &session.request);
	envelope_free(&session.envelope);
	submit_text_free(&session.text);
	stream_free(&session.stream);
	str_free(&session.own);
}
