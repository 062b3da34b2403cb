/* fill - what a job says; see fill.h and lib/mail/job.h. */
#include "cmd/queue-manager/fill.h"

#include "cmd/queue-manager/agents.h"
#include "cmd/queue-manager/held.h"
#include "cmd/queue-manager/lane.h"
#include "cmd/queue-manager/lanes.h"
#include "cmd/queue-manager/manager.h"
#include "cmd/queue-manager/message.h"
#include "cmd/queue-manager/notice.h"
#include "cmd/queue-manager/quarantine.h"
#include "cmd/queue-manager/reach.h"
#include "cmd/queue-manager/seal.h"
#include "cmd/queue-manager/warnheld.h"

#include <ctype.h>
#include <string.h>

/* RFC 3464 2.3.3: by a host that sends no confirmations.  The words are "code
 * enhanced host text". */
static bool
is_relayed(const struct rcpt *rcpt)
{
	struct slice words = slice_of(rcpt->words ? rcpt->words : "");

	slice_cut(&words, ' ');
	slice_cut(&words, ' ');
	words = slice_cut(&words, ' ');
	return words.len && !slice_is(words, "-");
}

static const char *
action_of(const struct delivery *delivery, const struct rcpt *rcpt)
{
	if (delivery->purpose == FOR_WARNING)
		return "delayed";
	if (rcpt->state == RCPT_FAILED)
		return "failed";
	return is_relayed(rcpt) ? "relayed" : "delivered";
}

static void
put_report(struct job *job, const struct delivery *delivery,
    const struct rcpt *rcpt, const struct envelope *envelope)
{
	struct str row = {0};
	const char *words;

	str_puts(&row, action_of(delivery, rcpt));
	str_putc(&row, '\t');
	if (rcpt->origin < envelope->rcpt_count)
		str_add_slice(&row,
		    str_slice(&envelope->rcpts[rcpt->origin].orcpt));
	str_putc(&row, '\t');
	words = delivery->purpose == FOR_WARNING ? reach_words(rcpt) :
						   rcpt->words;
	str_puts(&row, words ? words : "- - - -");
	if (row.len > JOB_REPORT_MAX)
		row.len = JOB_REPORT_MAX;
	strs_add(&job->rcpts, slice_of(rcpt->address));
	strs_add(&job->reports, str_slice(&row));
	str_free(&row);
}

/* A report says more of the message than the index knows. */
static void
put_reports(struct job *job, const struct delivery *delivery,
    const struct envelope *envelope)
{
	const struct message *message = delivery->message;

	for (size_t i = 0; i < delivery->count; i++)
		put_report(job, delivery, delivery->rcpts[i], envelope);
	for (size_t i = 0; delivery->purpose == FOR_WARNING &&
	     i < message->count && job->rcpts.len < REPORT_RCPTS_MAX; i++)
		if (message->rcpts[i]->state == RCPT_PENDING &&
		    message->rcpts[i]->notify & NOTIFY_DELAY)
			put_report(job, delivery, message->rcpts[i], envelope);
}

/* RFC 3461 4.1 and 4.2, as the next host is to be told. */
static void
put_wish(struct job *job, const struct envelope_rcpt *wish)
{
	struct str words = {0};

	if (wish && wish->notify.len) {
		str_puts(&words, "NOTIFY=");
		for (size_t i = 0; i < wish->notify.len; i++)
			str_putc(&words, (char)toupper(wish->notify.s[i]));
	}
	if (wish && wish->orcpt.len) {
		str_puts(&words, words.len ? " ORCPT=" : "ORCPT=");
		str_add_slice(&words, str_slice(&wish->orcpt));
	}
	strs_add(&job->dsn, str_slice(&words));
	str_free(&words);
}

static const struct envelope_rcpt *
wish_of(const struct rcpt *rcpt, const struct envelope *envelope)
{
	return rcpt->origin < envelope->rcpt_count ?
	    &envelope->rcpts[rcpt->origin] : NULL;
}

/* None at all, as most often, when nobody asked for anything. */
static void
put_wishes(struct job *job, const struct delivery *delivery,
    const struct envelope *envelope)
{
	bool is_any = false;

	for (size_t i = 0; i < delivery->count && !is_any; i++) {
		const struct envelope_rcpt *wish =
		    wish_of(delivery->rcpts[i], envelope);

		is_any = wish && (wish->notify.len || wish->orcpt.len);
	}
	for (size_t i = 0; i < delivery->count && is_any; i++)
		put_wish(job, wish_of(delivery->rcpts[i], envelope));
}

/* What only the message's file knows, and few ask about: it is read only for
 * those. */
static void
put_envelope(struct job *job, const struct delivery *delivery)
{
	struct envelope envelope = {0};
	size_t head_len;

	if (delivery->message->has_wishes &&
	    envelope_read(delivery->message->fd, &envelope, &head_len) ==
		ENVELOPE_OK) {
		str_set_slice(&job->ret, str_slice(&envelope.ret));
		str_set_slice(&job->envid, str_slice(&envelope.envid));
	}
	if (delivery->purpose == FOR_RCPTS)
		put_wishes(job, delivery, &envelope);
	else
		put_reports(job, delivery, &envelope);
	envelope_free(&envelope);
}

/* What was fetched never makes mail to the outside: of its failures the house
 * is told, as of those of the null sender. */
static const char *
report_writer(const struct delivery *delivery)
{
	const struct message *message = delivery->message;

	return delivery->purpose != FOR_RCPTS &&
	    !strcmp(boxes[message->box].name, "pop3") ? "" : message->sender;
}

static void
put_copy(struct job *job, const struct rcpt *rcpt, struct str seal)
{
	struct copy copy = {0};
	struct str text = {0};

	if (rcpt->copy)
		copy = *rcpt->copy;
	copy.hold = seal;
	copy_add(&text, &copy);
	strs_add(&job->copies, str_slice(&text));
	str_free(&text);
}

/* What is to be done at the copies, if anything is at one. */
static void
put_copies(const struct manager *manager, struct job *job,
    const struct delivery *delivery)
{
	bool is_any = false;

	for (size_t i = 0; i < delivery->count; i++)
		is_any |= delivery->rcpts[i]->copy != NULL;
	for (size_t i = 0; i < delivery->count && is_any; i++) {
		const struct rcpt *rcpt = delivery->rcpts[i];
		struct str seal = {0};

		if (rcpt->copy && rcpt->copy->hold.len)
			seal_add(manager, &seal, delivery->message->id);
		put_copy(job, rcpt, seal);
		str_free(&seal);
	}
}

static void
put_sorting(struct job *job, const struct delivery *delivery)
{
	static const char *const words[] = {[SORT_NONE] = "",
	    [SORT_IN] = "in", [SORT_OUT] = "out",
	    [SORT_ASSIGNED] = "assigned"};

	str_set(&job->sort, words[delivery->rcpts[0]->sort]);
	/* a letter's seal is not its business */
	put_copy(job, delivery->rcpts[0], (struct str){0});
}

static void
put_rcpts(const struct manager *manager, struct job *job,
    const struct delivery *delivery)
{
	const struct agent_port *port = delivery->lane->port;

	if (port == &manager->ports[AGENT_ISP] ||
	    port == &manager->ports[AGENT_SHARE])
		str_set(&job->login, delivery->message->login);
	if (port->is_remote)
		put_envelope(job, delivery);
	else if (lanes_is_sorting(manager, delivery->lane))
		put_sorting(job, delivery);
	else
		put_copies(manager, job, delivery);
	for (size_t i = 0; i < delivery->count; i++)
		strs_add(&job->rcpts, slice_of(delivery->rcpts[i]->address));
}

void
fill_job(struct manager *manager, struct job *job,
    const struct delivery *delivery, uint64_t number)
{
	const struct message *message = delivery->message;

	job->number = number;
	str_puts(&job->id, message->id);
	job->arrived_us = message->arrived_us;
	job->head_len = message->head_len;
	job->length = message->length;
	job->first = message->is_first;
	job->smtputf8 = message->is_smtputf8;
	str_puts(&job->lane, held_hop(delivery->lane));
	str_puts(&job->sender, report_writer(delivery));
	switch (delivery->purpose) {
	case FOR_RCPTS:
		put_rcpts(manager, job, delivery);
		break;
	case FOR_REPORT:
	case FOR_WARNING:
		put_envelope(job, delivery);
		break;
	case FOR_DIGEST:
		quarantine_fill(manager, job);
		break;
	case FOR_WARNHELD:
		warnheld_fill(manager, job);
		break;
	case FOR_NOTICE_WRITER:
	case FOR_NOTICE_POSTMASTER:
		notice_fill(job, delivery);
		break;
	}
}
