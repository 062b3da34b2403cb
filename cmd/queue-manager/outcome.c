/*
 * outcome - what an answer does to a message; see outcome.h.
 *
 * A recipient is done, tried again later, or failed; a message whose
 * recipients are all settled, and whose writer knows what he must, is
 * removed.  Nothing is discarded silently.
 */
#include "cmd/queue-manager/outcome.h"

#include "cmd/queue-manager/agents.h"
#include "cmd/queue-manager/ages.h"
#include "cmd/queue-manager/gather.h"
#include "cmd/queue-manager/held.h"
#include "cmd/queue-manager/lane.h"
#include "cmd/queue-manager/lanes.h"
#include "cmd/queue-manager/learn.h"
#include "cmd/queue-manager/manager.h"
#include "cmd/queue-manager/message.h"
#include "cmd/queue-manager/quarantine.h"
#include "cmd/queue-manager/reach.h"
#include "cmd/queue-manager/reroute.h"
#include "cmd/queue-manager/saving.h"
#include "cmd/queue-manager/sorting.h"
#include "cmd/queue-manager/warnheld.h"
#include "lib/base/clock.h"
#include "lib/base/log.h"
#include "lib/mail/address.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { DEATHS_MAX = 3, DEATH_PAUSE_S = 1, REPORT_PAUSE_S = 15 };

static struct log_number
delay_of(const struct message *message)
{
	return log_number(message_age_s(message));
}

void
outcome_fail(struct message *message, struct rcpt *rcpt, const char *words)
{
	message_words(rcpt, slice_of(words));
	message_set_state(message, rcpt, RCPT_FAILED);
	log_event("fail", "id", message->id, "from", message->sender, "to",
	    rcpt->address, "delay", delay_of(message).s, "why", rcpt->words,
	    NULL);
	/* RFC 3461 4.1: NOTIFY without FAILURE, or NEVER */
	if (!(rcpt->notify & NOTIFY_FAILURE))
		message_set_state(message, rcpt, RCPT_BOUNCED);
}

void
outcome_put_off(struct manager *manager, struct message *message,
    struct rcpt *rcpt)
{
	rcpt->attempts++;
	rcpt->next_us = clock_wall_us() +
	    reach_pause_us(manager, rcpt->attempts);
	log_event("defer", "id", message->id, "to", rcpt->address, "delay",
	    delay_of(message).s, "why", rcpt->words, NULL);
	if (ages_is_too_old(manager, message, rcpt))
		ages_give_up(manager, message, rcpt);
}

/* What is to follow it never goes without it. */
static void
hold_gate(struct message *message, const struct rcpt *rcpt)
{
	message->is_held = true;
	message->is_saved = false; /* the note is to say so */
	log_event("alarm", "id", message->id, "to", rcpt->address, "why",
	    "held: the copy that must be there before it is sent cannot be "
	    "delivered; mend the tables, then 'posthouse queue release'",
	    "error", rcpt->words, NULL);
}

void
outcome_apply(struct manager *manager, struct message *message,
    struct rcpt *rcpt, struct slice verdict)
{
	struct slice words = verdict;
	struct slice letter = slice_cut(&words, ' ');
	char which = letter.len == 1 ? letter.s[0] : (char)JOB_LATER;

	if (!words.s)
		words = slice_of("451 4.3.0 - the agent gave no reason");
	if (which == JOB_PASSED) {
		message_set_state(message, rcpt, RCPT_DONE);
		return; /* the next host tells its writer */
	}
	if (which == JOB_DONE &&
	    (!(rcpt->notify & NOTIFY_SUCCESS) || !*message->sender)) {
		message_set_state(message, rcpt, RCPT_DONE);
		return; /* nobody will ask for the words */
	}
	message_words(rcpt, words);
	if (which == JOB_DONE)
		message_set_state(message, rcpt, RCPT_DONE_UNTOLD);
	else if (which == JOB_FAILED &&
	    quarantine_wants(manager, message, rcpt))
		quarantine_take(message, rcpt);
	else if (which == JOB_FAILED && message_is_gate(message, rcpt))
		hold_gate(message, rcpt);
	else if (which == JOB_FAILED || which == JOB_SENDER)
		outcome_fail(message, rcpt, rcpt->words);
	else
		outcome_put_off(manager, message, rcpt);
}

/* ---- reports ---- */

/* The lock goes with the last job. */
void
outcome_end_delivery(struct manager *manager, struct delivery *delivery)
{
	struct message *message = delivery->message;

	lane_free_delivery(manager, delivery);
	message_close_idle(message);
}

static void
rcpts_told(struct manager *manager, struct message *message,
    const struct delivery *delivery)
{
	for (size_t i = 0; i < delivery->count; i++) {
		struct rcpt *rcpt = delivery->rcpts[i];

		message_set_state(message, rcpt, rcpt->state == RCPT_FAILED ?
		    RCPT_BOUNCED : RCPT_DONE);
	}
	message_save_some(manager, message, delivery->rcpts, delivery->count);
}

static void
report_done(struct manager *manager, struct message *message,
    const struct delivery *delivery)
{
	switch (delivery->purpose) {
	case FOR_REPORT:
		rcpts_told(manager, message, delivery);
		break;
	case FOR_WARNING:
		message->is_delayed = true;
		message_save(manager, message);
		break;
	case FOR_DIGEST:
		quarantine_told(manager);
		break;
	case FOR_WARNHELD:
		warnheld_told(manager);
		break;
	case FOR_NOTICE_WRITER:
	case FOR_NOTICE_POSTMASTER:
	case FOR_RCPTS: /* no report */
		break;
	}
}

static const char *
reader_of(const struct manager *manager, const struct delivery *delivery)
{
	const struct message *message = delivery->message;
	const char *postmaster = str_c(&manager->settings.doublebounceto);

	switch (delivery->purpose) {
	case FOR_NOTICE_WRITER:
		if (*message->login)
			return message->login;
		break;
	case FOR_DIGEST:
	case FOR_WARNHELD:
	case FOR_NOTICE_POSTMASTER:
		return postmaster;
	case FOR_RCPTS:
	case FOR_REPORT:
	case FOR_WARNING:
		break;
	}
	return *message->sender ? message->sender : postmaster;
}

/* A report is about the whole delivery: its first verdict counts for all. */
static void
report_result(struct manager *manager, struct delivery *delivery,
    const struct job_result *result)
{
	struct message *message = delivery->message;
	struct slice verdict = str_slice(&result->verdicts.v[0]);

	if (verdict.len && verdict.s[0] == JOB_DONE) {
		report_done(manager, message, delivery);
		log_event("report", "id", message->id, "to",
		    reader_of(manager, delivery), "why",
		    str_c(&result->verdicts.v[0]), NULL);
		outcome_end_delivery(manager, delivery);
		outcome_settle(manager, message);
		return;
	}
	log_event("alarm", "id", message->id, "why", "cannot be reported",
	    "error", str_c(&result->verdicts.v[0]), NULL);
	lane_defer(manager, delivery,
	    clock_mono_ms() + REPORT_PAUSE_S * 1000ULL);
	message_close_idle(message);
}

/* ---- results ---- */

/* Those of a delivery that is over which are still pending wait again. */
static void
wait_again(struct manager *manager, struct message *message,
    struct delivery *delivery)
{
	struct rcpt *rcpts[JOB_RCPTS_MAX];
	size_t count = delivery->count;

	memcpy(rcpts, delivery->rcpts, count * sizeof(struct rcpt *));
	outcome_end_delivery(manager, delivery);
	gather_some(manager, message, rcpts, count);
}

/* Who was put off together is tried together: in one transaction, not in one
 * for each. */
static void
keep_together(const struct delivery *delivery)
{
	const struct rcpt *first = NULL;

	for (size_t i = 0; i < delivery->count; i++) {
		struct rcpt *rcpt = delivery->rcpts[i];

		if (rcpt->state != RCPT_PENDING)
			continue;
		if (!first)
			first = rcpt;
		else if (rcpt->attempts == first->attempts)
			rcpt->next_us = first->next_us;
	}
}

void
outcome_results(struct manager *manager, struct delivery *delivery,
    const struct job_result *result)
{
	struct message *message = delivery->message;

	if (delivery->purpose != FOR_RCPTS) {
		report_result(manager, delivery, result);
		return;
	}
	if (lanes_is_sorting(manager, delivery->lane)) {
		sorting_results(manager, delivery, result);
		return;
	}
	learn(manager, delivery, result);
	if (reach_hears(manager, delivery, result))
		return;
	held_note_try(delivery);
	for (size_t i = 0; i < delivery->count; i++)
		outcome_apply(manager, message, delivery->rcpts[i],
		    str_slice(&result->verdicts.v[i]));
	keep_together(delivery);
	message->is_first = false;
	if (!message_is_finished(message))
		message_save_some(manager, message, delivery->rcpts,
		    delivery->count);
	wait_again(manager, message, delivery);
	outcome_settle(manager, message);
}

static void
hold_killer(struct message *message)
{
	message->is_held = true;
	log_event("alarm", "id", message->id, "why",
	    "held: three workers died over it; look at it with 'posthouse "
	    "queue show', then release or drop it", NULL);
}

void
outcome_worker_died(struct manager *manager, struct delivery *delivery)
{
	struct message *message = delivery->message;

	/* It may have had several jobs of this message: one death still */
	bool is_new = message->last_death != manager->deaths;

	message->deaths += is_new;
	message->last_death = manager->deaths;
	message->was_lost = true;
	message->is_first = false;
	lane_defer(manager, delivery,
	    clock_mono_ms() + DEATH_PAUSE_S * 1000ULL);
	message_close_idle(message);
	if (message->deaths >= DEATHS_MAX && !message->is_held)
		hold_killer(message);
	if (message->is_held)
		lane_withdraw(manager, message);
	if (is_new)
		message_save(manager, message);
}

/* ---- settling ---- */

/* A report of ours about a report, to whoever gets those. */
static bool
is_double_bounce(const struct manager *manager, const struct message *message)
{
	const struct rcpt *rcpt = message->rcpts[0];

	return !*message->sender && boxes[message->box].once_prefix == 'b' &&
	    !strcasecmp(reroute_asked(rcpt),
		str_c(&manager->settings.doublebounceto));
}

bool
outcome_is_reporting(const struct message *message)
{
	const struct delivery *delivery = message->deliveries;

	while (delivery && delivery->purpose == FOR_RCPTS)
		delivery = delivery->sibling;
	return delivery != NULL;
}

static void
finish(struct manager *manager, struct message *message)
{
	if (spool_finish(&manager->spool, message->id, message->has_note) < 0)
		log_event("alarm", "id", message->id, "why",
		    "finished, but cannot be removed", "error",
		    strerror(errno), NULL);
	log_event("done", "id", message->id, "delay", delay_of(message).s,
	    NULL);
	message_forget(manager, message);
}

/* The last resort has failed: nobody is left to be told. */
static void
set_aside(struct manager *manager, struct message *message)
{
	bool is_moved = spool_give_up(&manager->spool, message->id) == 0;

	log_event("alarm", "id", message->id, "why",
	    "undeliverable, and nobody is left to be told", "by", is_moved ?
	    "moved to queue/corrupt" : "left where it is", NULL);
	message_forget(manager, message);
}

void
outcome_settle(struct manager *manager, struct message *message)
{
	if (message->in_flight)
		return;
	if (message_is_finished(message)) {
		finish(manager, message);
		return;
	}
	if (message->is_held || message->is_routing || !message->untold ||
	    outcome_is_reporting(message))
		return;
	if (is_double_bounce(manager, message)) {
		if (!message->pending)
			set_aside(manager, message);
		return;
	}
	if (!message->has_note)
		message_save(manager, message);
	gather_report(manager, message, FOR_REPORT);
}
