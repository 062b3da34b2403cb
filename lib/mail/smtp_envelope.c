/*
 * smtp_envelope - MAIL, RCPT and DATA, and the answers to them; see
 * smtp_transaction.h.  With PIPELINING many are said before the answers are
 * heard, else one.
 */
#include "lib/base/clock.h"
#include "lib/mail/smtp_outcome.h"
#include "lib/mail/smtp_talk.h"
#include "lib/mail/smtp_transaction.h"

/* RFC 2920 3.1: no more than surely fits into the buffers between the two, or
 * both wait for each other. */
enum { BATCH_BYTES = 16 * 1024 };

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
	} else if (step == transaction_data(transaction)) {
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

static const char *
name_of(const struct transaction *transaction, size_t step)
{
	if (step == STEP_RESET)
		return "RSET";
	if (step == STEP_MAIL)
		return "MAIL";
	return step == transaction_data(transaction) ? "DATA" : "RCPT";
}

/* Every answer has RFC 5321's time, all together what is allowed for one:
 * a hundred recipients must not hold us for a day. */
static void
set_deadline(const struct transaction *transaction, size_t step)
{
	uint64_t now = clock_mono_ms(), wait = SMTP_WAIT_COMMAND;

	if (step == transaction_data(transaction))
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
	transaction_judge(transaction, step);
	return !transaction->client->is_over;
}

/* ---- both ---- */

static bool
makes_sense(const struct transaction *transaction, size_t step)
{
	if (step <= STEP_MAIL)
		return true;
	return !transaction->is_refused &&
	    (step < transaction_data(transaction) || transaction->accepted);
}

bool
transaction_envelope(struct transaction *transaction)
{
	struct smtp_client *client = transaction->client;
	size_t batch = client->can.has_pipelining ? BATCH_BYTES : 0;
	size_t last = transaction_data(transaction);
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
