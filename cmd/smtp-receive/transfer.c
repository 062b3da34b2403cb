/*
 * transfer - DATA: the text goes through the decoder into the drop box.
 *
 * Memory is constant whatever the size of the message; a message that cannot
 * be accepted is thrown away as it comes, to its end, so that the client hears
 * why; one without an end ends the connection.
 */
#include "cmd/smtp-receive/submission.h"
#include "lib/base/clock.h"
#include "lib/base/log.h"
#include "lib/mail/received.h"
#include "lib/mail/smtp_data.h"

#include <errno.h>
#include <string.h>

enum {
	/* Slower senders, on the whole, hold a session for nothing. */
	PACE_BYTES_PER_S = 500,
	/* So much of a refused message is read, besides databytes. */
	THROWN_AWAY_MAX = 10 * 1024 * 1024
};

struct transfer {
	struct smtp_data text;
	struct hops hops;
	struct submission submission;
	uint64_t began_ms;
	uint64_t bytes;      /* that came in */
	uint64_t thrown_away;
	bool is_refused;     /* nothing of it is kept any more */
	enum reply why;
};

static enum reply
local_trouble(int error)
{
	return error == ENOSPC || error == EDQUOT ? REPLY_DISK_FULL
	                                          : REPLY_LOCAL_ERROR;
}

/* Trouble of ours: the log says what, the client only that. */
static void
refuse_trouble(struct session *session, int error)
{
	log_event("alarm", "id", str_c(&session->envelope.id), "client",
	    str_c(&session->start->client), "path", "queue/drop", "why",
	    strerror(error), NULL);
	session_refuse(session, local_trouble(error), NULL, NULL);
}

static void
write_received(struct session *session)
{
	const struct envelope *envelope = &session->envelope;
	struct str field = {0};
	struct received received = {
		.helo = str_slice(&session->helo),
		.client = str_slice(&session->start->client_literal),
		.by = str_slice(&session->start->settings->me),
		.protocol = received_protocol(session->is_esmtp,
		    envelope->is_smtputf8, envelope->tls.len > 0,
		    envelope->login.len > 0),
		.id = str_slice(&envelope->id),
		.wall_us = envelope->arrived_us,
	};

	if (envelope->rcpt_count == 1)
		received.recipient = str_slice(&envelope->rcpts[0].address);
	received_add(&field, &received);
	drop_write(&session->drop, str_slice(&field));
	str_free(&field);
}

static void
give_up(struct session *session, struct transfer *transfer, enum reply why)
{
	if (!transfer->is_refused)
		transfer->why = why;
	transfer->is_refused = true;
	drop_abort(&session->drop);
}

static void
judge_header(struct session *session, struct transfer *transfer,
    enum submit_fault fault)
{
	switch (fault) {
	case SUBMIT_FINE:
		return;
	case SUBMIT_FROM_NOT_OWN:
		give_up(session, transfer, session->start->config->is_damaged
		    ? REPLY_LOCAL_ERROR : REPLY_FROM_NOT_OWN);
		return;
	case SUBMIT_FROM_BAD:
		give_up(session, transfer, REPLY_FROM_BAD);
		return;
	case SUBMIT_TOO_LONG:
		give_up(session, transfer, REPLY_HEADER_TOO_LONG);
		return;
	}
}

/* A stranger's letter stays as it is, byte for byte. */
static void
write_text(struct session *session, struct transfer *transfer,
    struct slice text)
{
	if (session->envelope.login.len)
		judge_header(session, transfer,
		    submission_write(&transfer->submission, text));
	else
		drop_write(&session->drop, text);
}

/* Keeps what was decoded, unless the message is refused by now. */
static void
keep(struct session *session, struct transfer *transfer, struct slice text)
{
	uint64_t limit = session->start->settings->databytes;

	hops_count(&transfer->hops, text);
	if (limit && transfer->text.size > limit)
		give_up(session, transfer, REPLY_TOO_BIG);
	if (session->outside_max &&
	    transfer->text.size > session->outside_max)
		give_up(session, transfer, REPLY_TOO_BIG_OUTSIDE);
	if (transfer->text.has_long_line)
		give_up(session, transfer, REPLY_TEXT_LINE_TOO_LONG);
	if (transfer->hops.count > HOPS_MAX)
		give_up(session, transfer, REPLY_LOOP);
	if (transfer->is_refused)
		transfer->thrown_away += text.len;
	else
		write_text(session, transfer, text);
}

static bool
is_endless(const struct session *session, const struct transfer *transfer)
{
	return transfer->thrown_away >
	    session->start->settings->databytes + THROWN_AWAY_MAX;
}

/* The next wait ends at the command timeout, or when the sender falls behind
 * the pace: a byte a minute does not hold a session for ever. */
static void
set_deadline(struct session *session, const struct transfer *transfer)
{
	uint64_t timeout_ms = session->start->settings->timeout_s * 1000;
	uint64_t spent_ms = clock_mono_ms() - transfer->began_ms;
	uint64_t allowed_ms = timeout_ms +
	    transfer->bytes / PACE_BYTES_PER_S * 1000;
	uint64_t left_ms = allowed_ms > spent_ms ? allowed_ms - spent_ms : 0;

	stream_deadline(&session->stream,
	    left_ms < timeout_ms ? left_ms : timeout_ms);
}

static enum smtp_data_result
decode(struct session *session, struct transfer *transfer)
{
	struct stream *stream = &session->stream;
	struct slice unread = stream_unread(stream);
	char *in_place = stream->buffer + stream->start;
	size_t used, made;
	enum smtp_data_result result = smtp_data_decode(&transfer->text,
	    unread, &used, in_place, &made);

	transfer->bytes += used;
	keep(session, transfer, slice_make(in_place, made));
	stream_skip(stream, used);
	return result;
}

/* Reads to the final dot, or as long as there is any use in it.  The result
 * of the stream when it failed. */
static enum stream_result
receive(struct session *session, struct transfer *transfer,
    enum smtp_data_result *result)
{
	*result = SMTP_DATA_MORE;
	while (*result == SMTP_DATA_MORE && !is_endless(session, transfer)) {
		enum stream_result filled;

		set_deadline(session, transfer);
		filled = stream_fill(&session->stream);
		if (filled != STREAM_OK)
			return filled;
		*result = decode(session, transfer);
	}
	return STREAM_OK;
}

static void
log_accepted(const struct session *session, const struct transfer *transfer)
{
	const struct envelope *envelope = &session->envelope;

	log_event("receive", "id", str_c(&envelope->id), "client",
	    str_c(&envelope->client), "helo", str_c(&envelope->helo),
	    "login", envelope->login.len ? str_c(&envelope->login) : NULL,
	    "from", str_c(&envelope->sender),
	    "to", str_c(&envelope->rcpts[0].address),
	    "count", envelope->rcpt_count > 1
	    ? log_number(envelope->rcpt_count).s : NULL,
	    "bytes", log_number(transfer->text.size).s, NULL);
}

/* Writes what was held back of a login's letter, and counts it. */
static void
finish(struct session *session, struct transfer *transfer)
{
	if (!session->envelope.login.len || transfer->is_refused)
		return;
	judge_header(session, transfer,
	    submission_end(&transfer->submission));
	if (!transfer->is_refused && !submission_count(session))
		give_up(session, transfer, REPLY_OVER_RATE);
}

/* The promise.  After drop_commit said 0 the message is ours. */
static void
commit(struct session *session, const struct transfer *transfer)
{
	if (drop_commit(&session->drop) < 0) {
		refuse_trouble(session, errno);
		return;
	}
	session->idle_commands = 0;
	session->errors = 0;
	reply_add(&session->stream.out, REPLY_ACCEPTED,
	    str_c(&session->envelope.id));
	log_accepted(session, transfer);
}

static void
refuse(struct session *session, const struct transfer *transfer)
{
	enum reply why = transfer->why;

	if (why == REPLY_TOO_BIG)
		session_refuse(session, why, NULL,
		    log_number(session->start->settings->databytes).s);
	else if (why == REPLY_TOO_BIG_OUTSIDE)
		session_refuse(session, why, NULL,
		    log_number(session->outside_max).s);
	else if (why == REPLY_FROM_NOT_OWN)
		session_refuse(session, why, NULL,
		    str_c(&transfer->submission.foreign));
	else
		session_refuse(session, why, NULL, NULL);
}

/* The connection is gone or means nothing any more: nothing is queued. */
static void
break_off(struct session *session, enum reply reply)
{
	drop_abort(&session->drop);
	session_leave(session, reply);
}

static void
vanished(struct session *session)
{
	drop_abort(&session->drop);
	log_event("refuse", "id", str_c(&session->envelope.id), "client",
	    str_c(&session->start->client), "from",
	    str_c(&session->envelope.sender), "why",
	    "the connection was lost in the middle of the message", NULL);
	session->end = SESSION_CLOSED;
}

static void
conclude(struct session *session, struct transfer *transfer,
    enum smtp_data_result result)
{
	switch (result) {
	case SMTP_DATA_END:
		finish(session, transfer);
		if (transfer->is_refused)
			refuse(session, transfer);
		else
			commit(session, transfer);
		return;
	case SMTP_DATA_BARE_CR:
		break_off(session, REPLY_BARE_CR);
		return;
	case SMTP_DATA_BARE_LF:
		break_off(session, REPLY_BARE_LF);
		return;
	case SMTP_DATA_MORE: /* and no end of it */
		refuse(session, transfer);
		session->end = SESSION_LEAVES;
		return;
	}
}

bool
session_transfer(struct session *session)
{
	struct transfer transfer = {
		.began_ms = clock_mono_ms(),
		.submission = {.session = session},
	};
	enum smtp_data_result result;
	enum stream_result failed;

	if (drop_begin(&session->drop, session->start->box_fd,
	    &session->envelope) < 0) {
		refuse_trouble(session, errno);
		session_reset(session);
		return false;
	}
	write_received(session);
	session_reply(session, REPLY_GO_AHEAD);
	failed = stream_flush(&session->stream);
	if (failed == STREAM_OK)
		failed = receive(session, &transfer, &result);
	if (failed == STREAM_TIMEOUT)
		break_off(session, REPLY_TIMEOUT);
	else if (failed != STREAM_OK)
		vanished(session);
	else
		conclude(session, &transfer, result);
	submission_free(&transfer.submission);
	session_reset(session);
	return true;
}
