/*
 * smtp_transaction - letters over an SMTP connection; see smtp_client.h.
 *
 * A transaction is a row of steps: RSET where one was left open, MAIL, a RCPT
 * for each recipient, DATA.  With PIPELINING many are said before the answers
 * are heard, else one.  Each answer is judged by the step that it belongs to.
 */
#include "lib/base/clock.h"
#include "lib/mail/smtp_client.h"
#include "lib/mail/smtp_content.h"
#include "lib/mail/smtp_outcome.h"
#include "lib/mail/smtp_talk.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	TRANSACTION_MAX = JOB_RCPTS_MAX,
	/* RFC 2920 3.1: no more than surely fits into the buffers between
	 * the two, or both wait for each other. */
	BATCH_BYTES = 16 * 1024,
	/* Pieces of a message read at once, and sent at once. */
	PIECE_BYTES = 64 * 1024,
	SEND_BYTES = 128 * 1024,
	/* Who takes a message more slowly is not waited for. */
	BYTES_PER_SECOND_LEAST = 500
};

enum { STEP_RESET, STEP_MAIL, STEP_RCPT };

struct transaction {
	struct smtp_client *client;
	struct smtp_letter *letter;
	const struct smtp_content *content;
	struct smtp_rcpt *rcpts[TRANSACTION_MAX];
	size_t count, accepted;
	uint64_t end_ms;  /* of all steps together */
	bool is_refused;  /* the sender was */
	bool is_awaited;  /* DATA: the server waits for the message */
	bool is_sent;     /* the last reply is the one to all of it */
};

static size_t
data_step(const struct transaction *transaction)
{
	return STEP_RCPT + transaction->count;
}

/* ---- to say ---- */

/* What goes into a parameter unchanged. */
static bool
is_printable(struct slice text)
{
	for (size_t i = 0; i < text.len; i++)
		if (text.s[i] < ' ' || text.s[i] > '~')
			return false;
	return true;
}

static void
put_parameter(struct str *to, const char *name, struct slice value)
{
	if (!value.len || !is_printable(value))
		return;
	str_putc(to, ' ');
	str_puts(to, name);
	str_add_slice(to, value);
}

static void
put_mail(struct str *to, const struct transaction *transaction)
{
	const struct smtp_capabilities *can = &transaction->client->can;
	const struct smtp_letter *letter = transaction->letter;
	const struct smtp_content *content = transaction->content;

	str_puts(to, "MAIL FROM:<");
	smtp_put_address(to, letter->sender);
	str_putc(to, '>');
	if (can->has_size)
		str_addf(to, " SIZE=%llu",
		    (unsigned long long)content->wire_bytes);
	if (can->has_8bitmime && content->has_8bit)
		str_puts(to, " BODY=8BITMIME");
	if (can->has_smtputf8 && smtp_needs_utf8(letter, content))
		str_puts(to, " SMTPUTF8");
	if (can->has_dsn) {
		put_parameter(to, "RET=", letter->ret);
		put_parameter(to, "ENVID=", letter->envid);
	}
	str_puts(to, "\r\n");
}

static void
put_step(const struct transaction *transaction, size_t step)
{
	struct str *to = &transaction->client->stream->out;

	if (step == STEP_RESET) {
		str_puts(to, "RSET\r\n");
	} else if (step == STEP_MAIL) {
		put_mail(to, transaction);
	} else if (step == data_step(transaction)) {
		str_puts(to, "DATA\r\n");
	} else {
		const struct smtp_rcpt *rcpt =
		    transaction->rcpts[step - STEP_RCPT];

		str_puts(to, "RCPT TO:<");
		smtp_put_address(to, rcpt->address);
		str_putc(to, '>');
		if (transaction->client->can.has_dsn)
			put_parameter(to, "", rcpt->dsn);
		str_puts(to, "\r\n");
	}
}

/* ---- to hear ---- */

static void
decide(struct transaction *transaction, struct smtp_rcpt *rcpt)
{
	const struct smtp_client *client = transaction->client;

	smtp_outcome_theirs(&rcpt->outcome, &client->reply,
	    client->can.has_dsn);
	/* only the answer to the whole message can be a yes */
	if (client->reply.code < 400 && !transaction->is_sent)
		rcpt->outcome.verdict = JOB_LATER;
	rcpt->state = SMTP_RCPT_DECIDED;
}

/* The last reply is about all who are still in this transaction. */
static void
decide_all(struct transaction *transaction)
{
	for (size_t i = 0; i < transaction->count; i++)
		if (transaction->rcpts[i]->state == SMTP_RCPT_OFFERED ||
		    transaction->rcpts[i]->state == SMTP_RCPT_ACCEPTED)
			decide(transaction, transaction->rcpts[i]);
}

/* RFC 5321 4.5.3.1.10: 452, and 552 from older servers, when there are too
 * many recipients.  The same codes speak of full disks and mailboxes. */
static bool
is_too_many(const struct transaction *transaction)
{
	const struct smtp_reply *reply = &transaction->client->reply;

	if (reply->code != 452 && reply->code != 552)
		return false;
	if (reply->enhanced[0])
		return !strcmp(reply->enhanced + 1, ".5.3");
	return transaction->accepted > 0;
}

static void
judge_rcpt(struct transaction *transaction, struct smtp_rcpt *rcpt)
{
	bool is_too_many_now = is_too_many(transaction);

	if (transaction->is_refused)
		return;
	if (transaction->client->reply.code / 100 == 2) {
		rcpt->state = SMTP_RCPT_ACCEPTED;
		transaction->accepted++;
		return;
	}
	decide(transaction, rcpt);
	if (is_too_many_now) {
		rcpt->outcome.verdict = JOB_LATER;
		rcpt->state = SMTP_RCPT_POSTPONED;
	}
}

static void
judge_mail(struct transaction *transaction)
{
	if (transaction->client->reply.code / 100 == 2) {
		transaction->letter->is_untouched = false;
		transaction->client->needs_reset = true;
		return;
	}
	transaction->is_refused = true;
	/* 421 to the first command may only mean that the connection was
	 * idle for too long */
	if (!transaction->client->is_over)
		transaction->letter->is_untouched = false;
	decide_all(transaction);
}

static void
judge_data(struct transaction *transaction)
{
	if (transaction->client->reply.code == 354)
		transaction->is_awaited = true;
	else
		decide_all(transaction);
}

static void
judge_reset(struct transaction *transaction)
{
	struct smtp_client *client = transaction->client;

	if (client->reply.code / 100 == 2)
		client->needs_reset = false;
	else if (!client->is_over)
		smtp_talk_lost(client, "the server refused RSET with %d",
		    client->reply.code);
}

static void
judge(struct transaction *transaction, size_t step)
{
	if (step == STEP_RESET)
		judge_reset(transaction);
	else if (step == STEP_MAIL)
		judge_mail(transaction);
	else if (step == data_step(transaction))
		judge_data(transaction);
	else
		judge_rcpt(transaction, transaction->rcpts[step - STEP_RCPT]);
}

static const char *
name_of(const struct transaction *transaction, size_t step)
{
	if (step == STEP_RESET)
		return "RSET";
	if (step == STEP_MAIL)
		return "MAIL";
	return step == data_step(transaction) ? "DATA" : "RCPT";
}

/* Every answer has RFC 5321's time, all together what is allowed for one:
 * a hundred recipients must not hold us for a day. */
static void
set_deadline(const struct transaction *transaction, size_t step)
{
	uint64_t now = clock_mono_ms(), wait = SMTP_WAIT_COMMAND;

	if (step == data_step(transaction))
		wait = SMTP_WAIT_DATA;
	if (now + wait > transaction->end_ms)
		wait = transaction->end_ms > now ?
		    transaction->end_ms - now : 0;
	smtp_talk_deadline(transaction->client, wait);
}

static bool
hear_step(struct transaction *transaction, size_t step)
{
	set_deadline(transaction, step);
	if (!smtp_talk_hear(transaction->client, name_of(transaction, step)))
		return false;
	judge(transaction, step);
	return !transaction->client->is_over;
}

/* ---- the envelope ---- */

/* Answers that nobody asked for would be taken for those to come. */
static bool
is_in_step(struct transaction *transaction)
{
	struct smtp_client *client = transaction->client;

	if (!stream_unread(client->stream).len)
		return true;
	smtp_talk_lost(client,
	    "the server said something before it was asked");
	return false;
}

static bool
makes_sense(const struct transaction *transaction, size_t step)
{
	if (step <= STEP_MAIL)
		return true;
	return !transaction->is_refused &&
	    (step < data_step(transaction) || transaction->accepted);
}

/* Says all steps and hears the answers.  True when the connection is good
 * for more. */
static bool
say_envelope(struct transaction *transaction)
{
	struct smtp_client *client = transaction->client;
	size_t batch = client->can.has_pipelining ? BATCH_BYTES : 0;
	size_t last = data_step(transaction);
	size_t said = client->needs_reset ? STEP_RESET : STEP_MAIL;
	size_t heard = said;

	transaction->end_ms = clock_mono_ms() + client->timeout_ms;
	while (said <= last && makes_sense(transaction,
	    heard == said ? said : STEP_MAIL)) {
		put_step(transaction, said++);
		if (client->stream->out.len < batch && said <= last)
			continue;
		set_deadline(transaction, said - 1);
		if (!smtp_talk_flush(client,
		    name_of(transaction, said - 1)))
			return false;
		while (heard < said)
			if (!hear_step(transaction, heard++))
				return false;
	}
	return true;
}

/* ---- the message ---- */

static bool
send_piece(const struct transaction *transaction, uint64_t end_ms)
{
	uint64_t now = clock_mono_ms(), wait = SMTP_WAIT_BLOCK;

	if (now + wait > end_ms)
		wait = end_ms > now ? end_ms - now : 0;
	smtp_talk_deadline(transaction->client, wait);
	return smtp_talk_flush(transaction->client, "the message");
}

static ssize_t
read_piece(const struct smtp_client *client, const struct smtp_letter *letter,
    uint64_t at)
{
	uint64_t left = letter->end - at;
	ssize_t n;

	do
		n = pread(letter->fd, client->buffer,
		    left < PIECE_BYTES ? left : PIECE_BYTES, (off_t)at);
	while (n < 0 && errno == EINTR);
	if (n == 0)
		errno = EBADMSG; /* shorter than its envelope says */
	return n > 0 ? n : -1;
}

/* Puts the message into the stream's buffer and sends it whenever there is
 * much in it; what is left there at the end is still to be sent, so that a
 * short message and its dot are one write. */
static bool
send_message(struct transaction *transaction, uint64_t end_ms)
{
	struct smtp_client *client = transaction->client;
	const struct smtp_letter *letter = transaction->letter;
	struct smtp_encoder encoder = {0};

	for (uint64_t at = letter->start; at < letter->end;) {
		ssize_t n = read_piece(client, letter, at);

		if (n < 0) {
			smtp_talk_lost(client, "the queue file cannot be "
			    "read: %s", strerror(errno));
			return false;
		}
		smtp_encode(&encoder, slice_make(client->buffer, (size_t)n),
		    &client->stream->out);
		at += (uint64_t)n;
		if (client->stream->out.len >= SEND_BYTES &&
		    !send_piece(transaction, end_ms))
			return false;
	}
	smtp_encode_end(&encoder, &client->stream->out);
	return send_piece(transaction, end_ms);
}

/* A server that did not want to read on may have said why. */
static void
hear_why(struct transaction *transaction)
{
	struct smtp_client *client = transaction->client;
	struct str why = client->why;

	client->why = (struct str){0};
	smtp_talk_deadline(client, 2000);
	if (smtp_talk_hear(client, "the message") &&
	    client->reply.code >= 400)
		decide_all(transaction);
	client->is_over = true;
	str_free(&client->why);
	client->why = why;
}

static void
deliver(struct transaction *transaction)
{
	struct smtp_client *client = transaction->client;
	uint64_t end_ms = clock_mono_ms() + client->timeout_ms +
	    transaction->content->wire_bytes / BYTES_PER_SECOND_LEAST * 1000;

	if (!is_in_step(transaction))
		return;
	if (!send_message(transaction, end_ms)) {
		hear_why(transaction);
		return;
	}
	smtp_talk_deadline(client, SMTP_WAIT_END);
	if (!smtp_talk_hear(client, "the end of the message"))
		return;
	client->needs_reset = false;
	transaction->is_sent = true;
	decide_all(transaction);
	client->transactions++;
}

/* RFC 2920 3.1: DATA was said with the rest, nobody was accepted, and the
 * server wants a message nevertheless. */
static void
send_nothing(struct transaction *transaction)
{
	struct smtp_client *client = transaction->client;

	str_puts(&client->stream->out, ".\r\n");
	smtp_talk_deadline(client, SMTP_WAIT_COMMAND);
	if (smtp_talk_flush(client, "nothing") &&
	    smtp_talk_hear(client, "an empty message"))
		client->needs_reset = false;
}

/* ---- whole letters ---- */

/* Whom nothing was said about: the connection is over, or should be. */
static void
decide_rest(struct transaction *transaction)
{
	const struct smtp_client *client = transaction->client;

	for (size_t i = 0; i < transaction->count; i++) {
		struct smtp_rcpt *rcpt = transaction->rcpts[i];

		if (rcpt->state != SMTP_RCPT_OFFERED &&
		    rcpt->state != SMTP_RCPT_ACCEPTED)
			continue;
		if (!client->why.len)
			decide(transaction, rcpt); /* by a 421 */
		else
			smtp_outcome_ours(&rcpt->outcome, JOB_LATER, 451,
			    "4.4.2", "%s", str_c(&client->why));
		rcpt->state = SMTP_RCPT_DECIDED;
	}
}

static void
transact(struct transaction *transaction)
{
	if (is_in_step(transaction) && say_envelope(transaction) &&
	    transaction->is_awaited) {
		if (transaction->accepted)
			deliver(transaction);
		else
			send_nothing(transaction);
	}
	decide_rest(transaction);
}

/* As many of those who wait as one transaction may have. */
static void
pick(struct transaction *transaction)
{
	struct smtp_letter *letter = transaction->letter;
	uint64_t most = transaction->client->can.rcpt_max;

	if (!most || most > TRANSACTION_MAX)
		most = TRANSACTION_MAX;
	for (size_t i = 0; i < letter->count &&
	    transaction->count < most; i++)
		if (letter->rcpts[i].state == SMTP_RCPT_WAITING) {
			letter->rcpts[i].state = SMTP_RCPT_OFFERED;
			transaction->rcpts[transaction->count++] =
			    &letter->rcpts[i];
		}
}

/* Those who were too many come next, if anybody was not; else the answer
 * they got is their outcome. */
static void
settle_postponed(const struct transaction *transaction)
{
	bool has_next = transaction->accepted && !transaction->client->is_over;

	for (size_t i = 0; i < transaction->count; i++)
		if (transaction->rcpts[i]->state == SMTP_RCPT_POSTPONED)
			transaction->rcpts[i]->state = has_next ?
			    SMTP_RCPT_WAITING : SMTP_RCPT_DECIDED;
}

static int
examine(struct smtp_client *client, const struct smtp_letter *letter,
    struct smtp_content *content)
{
	if (!client->buffer)
		client->buffer = mem_alloc(PIECE_BYTES);
	for (uint64_t at = letter->start; at < letter->end;) {
		ssize_t n = read_piece(client, letter, at);

		if (n < 0)
			return -1;
		smtp_content_examine(content,
		    slice_make(client->buffer, (size_t)n));
		at += (uint64_t)n;
	}
	smtp_content_examined(content);
	return 0;
}

/* For those that no transaction got to. */
static void
leave_rest(const struct smtp_client *client, struct smtp_letter *letter,
    const char *enhanced, const char *words)
{
	for (size_t i = 0; i < letter->count; i++) {
		struct smtp_rcpt *rcpt = &letter->rcpts[i];

		if (rcpt->state == SMTP_RCPT_DECIDED)
			continue;
		if (!words)
			smtp_outcome_theirs(&rcpt->outcome, &client->reply,
			    false);
		else
			smtp_outcome_ours(&rcpt->outcome, JOB_LATER, 451,
			    enhanced, "%s", words);
		rcpt->outcome.verdict = JOB_LATER;
		rcpt->state = SMTP_RCPT_DECIDED;
	}
}

/* RFC 9422: no more letters than the server takes on one connection. */
static bool
may_go_on(struct smtp_client *client)
{
	if (client->can.mail_max &&
	    client->transactions >= client->can.mail_max)
		smtp_client_quit(client);
	return !client->is_over;
}

void
smtp_client_send(struct smtp_client *client, struct smtp_letter *letter)
{
	struct smtp_content content = {0};
	bool goes_on = true;

	letter->is_untouched = true;
	if (examine(client, letter, &content) < 0) {
		leave_rest(client, letter, "4.3.0", strerror(errno));
		letter->is_untouched = false;
		return;
	}
	smtp_outcome_impossible(client, letter, &content);
	while (goes_on) {
		struct transaction transaction = {.client = client,
			.letter = letter, .content = &content};

		pick(&transaction);
		if (!transaction.count)
			break;
		transact(&transaction);
		settle_postponed(&transaction);
		goes_on = may_go_on(client);
	}
	leave_rest(client, letter, "4.4.2", client->reply.code == 421 &&
	    !client->why.len ? NULL : client->why.len ? str_c(&client->why) :
	    "the server takes no more on this connection");
}

void
smtp_letter_renew(struct smtp_letter *letter)
{
	for (size_t i = 0; i < letter->count; i++) {
		str_free(&letter->rcpts[i].outcome.text);
		letter->rcpts[i].outcome = (struct smtp_outcome){0};
		letter->rcpts[i].state = SMTP_RCPT_WAITING;
	}
	letter->is_untouched = false;
}
