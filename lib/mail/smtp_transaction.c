/* smtp_transaction - letters over an SMTP connection, in as many transactions
 * as it takes; see smtp_client.h. */
#include "lib/mail/smtp_transaction.h"

#include "lib/mail/smtp_outcome.h"

#include <errno.h>
#include <string.h>

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
			transaction_decide(transaction, rcpt); /* by a 421 */
		else
			smtp_outcome_ours(&rcpt->outcome, JOB_LATER, 451,
			    "4.4.2", "%s", str_c(&client->why));
		rcpt->state = SMTP_RCPT_DECIDED;
	}
}

static void
transact(struct transaction *transaction)
{
	if (transaction_in_step(transaction) &&
	    transaction_envelope(transaction) && transaction->is_awaited)
		transaction_message(transaction);
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

/* For those that no transaction got to.  No words: the server's last. */
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

/* Why the conversation ended before them; NULL: the server's 421 says it. */
static const char *
why_left(const struct smtp_client *client)
{
	if (client->why.len)
		return str_c(&client->why);
	return client->reply.code == 421 ? NULL :
	    "the server takes no more on this connection";
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
	if (transaction_examine(client, letter, &content) < 0) {
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
	leave_rest(client, letter, "4.4.2", why_left(client));
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
	letter->is_sender_refused = letter->is_slowed = false;
}
