/* smtp_message - the message itself, and the answer to it; see
 * smtp_transaction.h. */
#include "lib/base/clock.h"
#include "lib/mail/smtp_talk.h"
#include "lib/mail/smtp_transaction.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

enum {
	/* Read at once, and sent at once. */
	PIECE_BYTES = 64 * 1024,
	SEND_BYTES = 128 * 1024,
	/* Who takes a message more slowly is not waited for. */
	BYTES_PER_SECOND_LEAST = 500
};

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

	if (client->held && at == letter->start)
		return (ssize_t)client->held;
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

	smtp_encode(&encoder, letter->head, &client->stream->out);
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
		transaction_decide_all(transaction);
	client->is_over = true;
	str_free(&client->why);
	client->why = why;
}

/* RFC 1047: whoever does not wait for this answer sends the message twice, so
 * there is no hurry, whoever wants us to end. */
static bool
hear_end(struct smtp_client *client)
{
	const volatile sig_atomic_t *hurry = client->stream->hurry;
	bool is_heard;

	client->stream->hurry = NULL;
	smtp_talk_deadline(client, SMTP_WAIT_END);
	is_heard = smtp_talk_hear(client, "the end of the message");
	client->stream->hurry = hurry;
	return is_heard;
}

static void
deliver(struct transaction *transaction)
{
	struct smtp_client *client = transaction->client;
	uint64_t end_ms = clock_mono_ms() + client->timeout_ms +
	    transaction->content->wire_bytes / BYTES_PER_SECOND_LEAST * 1000;

	if (!transaction_in_step(transaction) ||
	    !send_message(transaction, end_ms)) {
		hear_why(transaction);
		return;
	}
	if (!hear_end(client))
		return;
	client->needs_reset = false;
	transaction->is_sent = true;
	transaction_decide_all(transaction);
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

void
transaction_message(struct transaction *transaction)
{
	if (transaction->accepted)
		deliver(transaction);
	else
		send_nothing(transaction);
}

int
transaction_examine(struct smtp_client *client,
    const struct smtp_letter *letter, struct smtp_content *content)
{
	if (!client->buffer)
		client->buffer = mem_alloc(PIECE_BYTES);
	client->held = 0;
	smtp_content_examine(content, letter->head);
	for (uint64_t at = letter->start; at < letter->end;) {
		ssize_t n = read_piece(client, letter, at);

		if (n < 0)
			return -1;
		smtp_content_examine(content,
		    slice_make(client->buffer, (size_t)n));
		if (at == letter->start && letter->end - at == (uint64_t)n)
			client->held = (size_t)n;
		at += (uint64_t)n;
	}
	smtp_content_examined(content);
	return 0;
}
