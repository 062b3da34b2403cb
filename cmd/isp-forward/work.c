/* work - jobs into letters by the provider; see forward.h. */
#include "cmd/isp-forward/forward.h"
#include "lib/mail/header.h"

#include <string.h>

/* A letter that is on its way out, and how it fares. */
struct errand {
	struct forward *forward;
	struct agent_job *job;
	struct smtp_letter letter;
	struct str head;
};

/* True when all outcomes are there: not when the connection was lost before
 * a sender was named, for then a new one may do better. */
static bool
send_once(struct errand *errand)
{
	struct smtp_client *client = &errand->forward->link.client;

	smtp_letter_renew(&errand->letter);
	smtp_client_send(client, &errand->letter);
	return !client->is_over || !errand->letter.is_untouched;
}

static bool
has_field(struct slice header, const char *name)
{
	struct field field;

	while (header.len && header_next(&header, &field))
		if (field_is(&field, name))
			return true;
	return false;
}

/* A provider that takes no null sender is sent the report as the mailbox's
 * own; RFC 3834 5: the header says that no answer is wanted. */
static void
send_as_mailbox(struct errand *errand)
{
	struct forward *forward = errand->forward;
	struct str head = {0};

	if (!has_field(str_slice(&errand->head), "Auto-Submitted"))
		str_puts(&head, "Auto-Submitted: auto-replied\n");
	str_add_slice(&head, str_slice(&errand->head));
	errand->letter.head = str_slice(&head);
	errand->letter.sender = str_slice(&forward->login.address);
	if (!forward->link.client.is_over)
		(void)send_once(errand);
	errand->letter.head = str_slice(&errand->head);
	str_free(&head);
}

/* Over the connection that was kept, else over a new one. */
static enum link_result
send_somehow(struct errand *errand)
{
	struct forward *forward = errand->forward;
	enum link_result result;

	if (forward->link.is_open && send_once(errand))
		return LINK_OPEN;
	result = link_open(forward);
	if (result == LINK_OPEN && !send_once(errand)) {
		smtp_link_departed(&forward->link, &forward->failure);
		return LINK_FAILED;
	}
	return result;
}

/* Most providers refuse a sender at RCPT only, with words about it: RFC 3463
 * 3.2 has codes for a bad sender, but none says "not yours". */
static bool
is_about_sender(const struct smtp_outcome *outcome)
{
	struct slice text = str_slice(&outcome->text);

	if (outcome->verdict != JOB_FAILED || !outcome->is_theirs)
		return false;
	if (!strcmp(outcome->enhanced, "5.1.7") ||
	    !strcmp(outcome->enhanced, "5.1.8"))
		return true;
	if (outcome->enhanced[0] && strncmp(outcome->enhanced, "5.7.", 4))
		return false;
	for (; text.len; text = slice_after(text, 1))
		if (slice_istarts(text, "sender"))
			return true;
	return false;
}

/* For a null sender more counts: to ask again costs nothing. */
static bool
is_policy(const struct smtp_outcome *outcome)
{
	return outcome->verdict == JOB_FAILED && outcome->is_theirs &&
	    (outcome->code == 553 || !strncmp(outcome->enhanced, "5.7.", 4));
}

static bool
is_sender_refused(const struct smtp_letter *letter)
{
	for (size_t i = 0; i < letter->count &&
	    !letter->is_sender_refused; i++) {
		const struct smtp_outcome *outcome =
		    &letter->rcpts[i].outcome;

		if (!is_about_sender(outcome) &&
		    (letter->sender.len || !is_policy(outcome)))
			return false;
	}
	return true;
}

static void
change(struct smtp_letter *letter, enum job_verdict from,
    enum job_verdict to)
{
	for (size_t i = 0; i < letter->count; i++)
		if (letter->rcpts[i].outcome.verdict == from)
			letter->rcpts[i].outcome.verdict = to;
}

static void
give_verdicts(struct errand *errand)
{
	struct forward *forward = errand->forward;
	const struct smtp_job_host host = {str_c(&forward->link.host),
		str_c(&forward->link.tls), str_c(&forward->login.address)};

	if (!errand->letter.sender.len && is_sender_refused(&errand->letter))
		send_as_mailbox(errand);
	if (is_sender_refused(&errand->letter))
		change(&errand->letter, JOB_FAILED, JOB_SENDER);
	/* all letters of this mailbox would hear the same */
	if (errand->letter.is_slowed)
		change(&errand->letter, JOB_LATER, JOB_UNREACHED);
	if (forward->link.client.can.size_max)
		str_add_u64(&errand->job->result.size,
		    forward->link.client.can.size_max);
	smtp_job_verdicts(errand->job, &errand->letter, &host);
}

static void
log_failure(const struct forward *forward, const struct agent_job *job,
    const char *event)
{
	smtp_failure_log(&forward->failure, event, str_c(&job->job.id),
	    str_c(&forward->login.address));
}

static void
send_letter(struct errand *errand)
{
	struct forward *forward = errand->forward;

	switch (send_somehow(errand)) {
	case LINK_OPEN:
		give_verdicts(errand);
		break;
	case LINK_FAILED:
		log_failure(forward, errand->job, "unreached");
		smtp_job_failed(errand->job, JOB_UNREACHED,
		    &forward->failure);
		break;
	case LINK_REFUSED:
		log_failure(forward, errand->job, "alarm");
		smtp_job_failed(errand->job, JOB_REFUSED, &forward->failure);
		break;
	}
	if (forward->link.is_open && forward->link.client.is_over)
		smtp_link_close(&forward->link);
}

/* The bound address is the only sender that a provider takes (RFC 6409 6.1),
 * and the only one that the outside may know. */
static void
prepare(struct errand *errand)
{
	smtp_job_letter(&errand->letter, errand->job);
	if (errand->letter.sender.len)
		errand->letter.sender =
		    str_slice(&errand->forward->login.address);
}

static void
do_job(struct forward *forward, struct agent_job *job)
{
	struct errand errand = {.forward = forward, .job = job};

	if (!login_take(forward, str_slice(&job->job.lane))) {
		log_failure(forward, job, "alarm");
		smtp_job_failed(job, JOB_REFUSED, &forward->failure);
		return;
	}
	prepare(&errand);
	if (!header_rewrite(forward, job, &errand.head,
	    &errand.letter.start)) {
		smtp_job_failed(job, forward->failure.code / 100 == 5 ?
		    JOB_FAILED : JOB_LATER, &forward->failure);
	} else {
		errand.letter.head = str_slice(&errand.head);
		sent_note(forward, &errand.letter);
		send_letter(&errand);
	}
	smtp_job_free(&errand.letter);
	str_free(&errand.head);
}

void
forward_work(struct agent_job *jobs, size_t count, void *context)
{
	struct forward *forward = context;

	forward_refresh(forward);
	for (size_t i = 0; i < count; i++)
		do_job(forward, &jobs[i]);
}

void
forward_leave(void *context)
{
	struct forward *forward = context;

	smtp_link_close(&forward->link);
}
