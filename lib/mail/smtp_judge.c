/* smtp_judge - what a server's answers mean for a letter's recipients; see
 * smtp_transaction.h. */
#include "lib/mail/smtp_outcome.h"
#include "lib/mail/smtp_talk.h"
#include "lib/mail/smtp_transaction.h"

#include <string.h>

size_t
transaction_data(const struct transaction *transaction)
{
	return STEP_RCPT + transaction->count;
}

void
transaction_decide(struct transaction *transaction, struct smtp_rcpt *rcpt)
{
	const struct smtp_client *client = transaction->client;

	smtp_outcome_theirs(&rcpt->outcome, &client->reply,
	    client->can.has_dsn);
	/* only the answer to the whole message can be a yes */
	if (client->reply.code < 400 && !transaction->is_sent)
		rcpt->outcome.verdict = JOB_LATER;
	rcpt->state = SMTP_RCPT_DECIDED;
}

void
transaction_decide_all(struct transaction *transaction)
{
	for (size_t i = 0; i < transaction->count; i++)
		if (transaction->rcpts[i]->state == SMTP_RCPT_OFFERED ||
		    transaction->rcpts[i]->state == SMTP_RCPT_ACCEPTED)
			transaction_decide(transaction, transaction->rcpts[i]);
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
	transaction_decide(transaction, rcpt);
	if (is_too_many_now) {
		rcpt->outcome.verdict = JOB_LATER;
		rcpt->state = SMTP_RCPT_POSTPONED;
	}
}

static void
judge_mail(struct transaction *transaction)
{
	const struct smtp_reply *reply = &transaction->client->reply;

	if (reply->code / 100 == 2) {
		transaction->letter->is_untouched = false;
		transaction->client->needs_reset = true;
		return;
	}
	transaction->is_refused = true;
	/* 421 to the first command may only mean that the connection was
	 * idle for too long */
	if (!transaction->client->is_over)
		transaction->letter->is_untouched = false;
	transaction->letter->is_sender_refused = reply->code / 100 == 5;
	transaction->letter->is_slowed = reply->code == 421 ||
	    (reply->code / 100 == 4 && !strncmp(reply->enhanced, "4.7.", 4));
	transaction_decide_all(transaction);
}

static void
judge_data(struct transaction *transaction)
{
	if (transaction->client->reply.code == 354)
		transaction->is_awaited = true;
	else
		transaction_decide_all(transaction);
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

void
transaction_judge(struct transaction *transaction, size_t step)
{
	if (step == STEP_RESET)
		judge_reset(transaction);
	else if (step == STEP_MAIL)
		judge_mail(transaction);
	else if (step == transaction_data(transaction))
		judge_data(transaction);
	else
		judge_rcpt(transaction, transaction->rcpts[step - STEP_RCPT]);
}

bool
transaction_in_step(struct transaction *transaction)
{
	struct smtp_client *client = transaction->client;

	if (!stream_unread(client->stream).len)
		return true;
	smtp_talk_lost(client,
	    "the server said something before it was asked");
	return false;
}
