/* smtp_transaction - one mail transaction, for smtp_client's own files. */
#ifndef MAIL_SMTP_TRANSACTION_H
#define MAIL_SMTP_TRANSACTION_H

#include "lib/mail/smtp_client.h"
#include "lib/mail/smtp_content.h"

enum { TRANSACTION_MAX = JOB_RCPTS_MAX };

/*
 * A row of steps: RSET where a transaction was left open, MAIL, a RCPT for
 * each recipient, DATA; then the message.  Each answer is judged by the step
 * that it belongs to.
 */
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

/* The step of DATA, the last. */
size_t transaction_data(const struct transaction *transaction);

/* Says all steps and hears the answers.  True when the connection is good
 * for more. */
bool transaction_envelope(struct transaction *transaction);

/* Sends the message and judges the answer; or, to a server that wants one
 * although it accepted nobody, an empty one. */
void transaction_message(struct transaction *transaction);

/* The last reply, judged as the answer to a step. */
void transaction_judge(struct transaction *transaction, size_t step);

/* The last reply is the outcome of one, or of all who are still in this
 * transaction. */
void transaction_decide(struct transaction *transaction,
    struct smtp_rcpt *rcpt);
void transaction_decide_all(struct transaction *transaction);

/* False, and the connection lost, when the server said something that it was
 * not asked: it would be taken for an answer to come. */
bool transaction_in_step(struct transaction *transaction);

/* Reads the message through.  0, or -1 with errno. */
int transaction_examine(struct smtp_client *client,
    const struct smtp_letter *letter, struct smtp_content *content);

#endif
