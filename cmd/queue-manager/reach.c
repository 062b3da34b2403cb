/*
 * reach - is there somebody at a lane's other end; see reach.h.
 *
 * A lane begins with a few deliveries at once and has more with each success;
 * it has fewer when some of them reach nobody, and when none does it is down.
 * Then one delivery at a time goes to try, after longer and longer pauses,
 * and everything else in the lane waits where it is, without a note, an
 * attempt counted, or a look at the disk.  All of this is memory only: after
 * a restart each lane is tried anew.
 */
#include "cmd/queue-manager/reach.h"

#include "cmd/queue-manager/agents.h"
#include "cmd/queue-manager/heap.h"
#include "cmd/queue-manager/held.h"
#include "cmd/queue-manager/lane.h"
#include "cmd/queue-manager/lanes.h"
#include "cmd/queue-manager/manager.h"
#include "cmd/queue-manager/message.h"
#include "cmd/queue-manager/notice.h"
#include "cmd/queue-manager/outcome.h"
#include "cmd/queue-manager/reroute.h"
#include "cmd/queue-manager/turn.h"
#include "lib/base/clock.h"
#include "lib/base/log.h"

#include <limits.h>
#include <stdlib.h>

enum {
	LIMIT_AT_FIRST = 2,
	/* After a probe that came to no verdict: its worker died, or its
	 * message could not be locked. */
	NO_VERDICT_MS = 1000
};

uint64_t
reach_pause_us(const struct manager *manager, uint32_t attempts)
{
	uint64_t pause = 1000 * clock_doubled(
	    manager->settings.firstretry_s * 1000, attempts ? attempts - 1 : 0,
	    manager->settings.maxprobe_s * 1000);

	return pause - pause / 8 + (uint64_t)random() % (pause / 4 + 1);
}

/* ---- how many ---- */

static unsigned
most_of(const struct manager *manager)
{
	return (unsigned)manager->settings.concurrencyremote;
}

static void
set_limit(const struct manager *manager, struct lane *lane, unsigned limit)
{
	lane->limit = limit < most_of(manager) ? limit : most_of(manager);
	if (!lane->limit)
		lane->limit = 1;
}

void
reach_begin(const struct manager *manager, struct lane *lane)
{
	lane->state = LANE_UP;
	lane->is_proven = false;
	lane->failures = 0;
	lane->credit = 0;
	lane->ceiling = UINT_MAX;
	set_limit(manager, lane, LIMIT_AT_FIRST);
	free(lane->words);
	free(lane->told);
	lane->words = lane->told = NULL;
}

unsigned
reach_room(const struct lane *lane)
{
	if (!lane->port->is_remote)
		return UINT_MAX; /* our own disk takes what its workers take */
	if (held_waits(lane))
		return 0;
	switch (lane->state) {
	case LANE_UP:
		return lane->limit;
	case LANE_DOWN:
		return lane->may_probe ? 1 : 0;
	case LANE_PAUSED:
		break;
	}
	return 0;
}

enum line
reach_line(const struct lane *lane)
{
	if (!lane->port->is_remote || lane->is_proven)
		return LINE_PROVEN;
	return lane->state == LANE_DOWN ? LINE_DOWN : LINE_FRESH;
}

/* One more for each success; above what was too much before, one more for
 * each round of successes. */
static void
grow(const struct manager *manager, struct lane *lane)
{
	if (lane->limit >= lane->ceiling && ++lane->credit < lane->limit)
		return;
	lane->credit = 0;
	set_limit(manager, lane, lane->limit + 1);
}

/* Some get through, others do not: the host takes no more than so many.  What
 * was under way when it was halved does not halve it again. */
static void
shrink(const struct manager *manager, struct lane *lane)
{
	if (lane->in_flight >= lane->limit)
		return;
	lane->ceiling = lane->limit / 2;
	lane->credit = 0;
	set_limit(manager, lane, lane->limit / 2);
	log_event("slower", "lane", lane->next_hop, "count",
	    log_number(lane->limit).s, "why", lane->words, NULL);
}

/* ---- when next ---- */

static void
forget_time(struct manager *manager, struct lane *lane)
{
	if (lane->is_timed)
		heap_remove(&manager->probes, &lane->timed);
	lane->is_timed = false;
}

static void
probe_at(struct manager *manager, struct lane *lane, uint64_t due_ms)
{
	forget_time(manager, lane);
	lane->may_probe = false;
	lane->timed.due_ms = due_ms;
	lane->is_timed = true;
	heap_add(&manager->probes, &lane->timed);
}

static void
may_probe(struct manager *manager, struct lane *lane)
{
	forget_time(manager, lane);
	lane->may_probe = true;
	turn_give(lane);
}

void
reach_wake(struct manager *manager, uint64_t now_ms)
{
	while (manager->probes.len && manager->probes.v[0]->due_ms <= now_ms)
		may_probe(manager, (struct lane *)manager->probes.v[0]);
}

void
reach_departs(struct lane *lane, struct delivery *delivery)
{
	if (lane->state != LANE_DOWN)
		return;
	lane->probe = delivery;
	lane->may_probe = false;
}

void
reach_returns(struct manager *manager, struct lane *lane,
    const struct delivery *delivery)
{
	if (lane->probe != delivery)
		return;
	lane->probe = NULL;
	if (lane->state == LANE_DOWN && !lane->is_timed && !lane->may_probe)
		probe_at(manager, lane, clock_mono_ms() + NO_VERDICT_MS);
}

void
reach_try_now(struct manager *manager, struct lane *lane, uint64_t since_ms)
{
	if (lane->state == LANE_UP || lane->probe ||
	    lane->failed_ms >= since_ms)
		return;
	lane->state = LANE_DOWN;
	may_probe(manager, lane);
}

void
reach_resume(struct manager *manager)
{
	for (size_t i = 0; i < manager->lanes.size; i++)
		for (struct lane *lane = manager->lanes.buckets[i]; lane;
		     lane = lane->next)
			if (lane->state == LANE_PAUSED)
				reach_try_now(manager, lane, UINT64_MAX);
}

/* ---- up and down ---- */

/* "U 451 4.4.1 host text" */
static void
keep_words(struct lane *lane, struct slice verdict)
{
	slice_cut(&verdict, ' ');
	if (!verdict.s)
		verdict = slice_of("451 4.4.1 - the agent gave no reason");
	words_replace(&lane->words, verdict);
}

static void
go_down(struct manager *manager, struct lane *lane)
{
	uint64_t pause_ms;

	lane->state = LANE_DOWN;
	lane->is_proven = false;
	lane->failures++;
	lane->failed_ms = clock_mono_ms();
	pause_ms = reach_pause_us(manager, lane->failures) / 1000;
	probe_at(manager, lane, clock_mono_ms() + pause_ms);
	log_event("down", "lane", lane->next_hop, "count",
	    log_number(lane->waiting).s, "wait",
	    log_number((pause_ms + 999) / 1000).s, "why", lane->words, NULL);
}

static void
answered(struct manager *manager, struct lane *lane, bool is_success)
{
	if (lane->state == LANE_DOWN) {
		forget_time(manager, lane);
		reach_begin(manager, lane);
		log_event("up", "lane", lane->next_hop, "count",
		    log_number(lane->waiting).s, NULL);
	}
	lane->is_proven = true;
	if (is_success)
		grow(manager, lane);
}

/* Back to where it was.  False: the tables have changed, and the message may
 * be finished by those of now. */
static bool
wait_again(struct manager *manager, struct delivery *delivery)
{
	struct message *message = delivery->message;

	if (!lane_needs_route(manager, delivery)) {
		lane_queue_first(manager, delivery);
		message_close_idle(message);
		return true;
	}
	lane_free_delivery(manager, delivery);
	message_close_idle(message);
	reroute(manager, message);
	outcome_settle(manager, message);
	return false;
}

static void
unreached(struct manager *manager, struct delivery *delivery,
    struct slice verdict)
{
	struct lane *lane = delivery->lane;
	bool was_probe = lane->probe == delivery;

	keep_words(lane, verdict);
	lanes_hold(lane);
	(void)wait_again(manager, delivery);
	if (lane->held)
		held_failed(manager, lane, lane->in_flight);
	else if (was_probe || (lane->state == LANE_UP && !lane->in_flight))
		go_down(manager, lane);
	else if (lane->state == LANE_UP)
		shrink(manager, lane);
	lanes_release(lane);
}

static void
refused(struct manager *manager, struct delivery *delivery,
    struct slice verdict)
{
	struct lane *lane = delivery->lane;
	struct message *message = delivery->message;
	bool was_paused = lane->state == LANE_PAUSED;

	keep_words(lane, verdict);
	forget_time(manager, lane);
	if (!was_paused)
		log_event("alarm", "lane", lane->next_hop, "why", lane->words,
		    "by", "paused until control/isp or its secret is mended "
		    "and compiled, or 'posthouse queue retry --lane'", NULL);
	lane->state = LANE_PAUSED;
	lane->failed_ms = clock_mono_ms();
	lane->is_proven = false;
	if (wait_again(manager, delivery) && !was_paused && !lane->told)
		notice_gather(manager, message);
}

/* It let us in, and ended the conversation before the letter had an answer.
 * The letter's own delivery is still counted. */
static void
lost(struct manager *manager, struct lane *lane, struct slice verdict)
{
	keep_words(lane, verdict);
	held_failed(manager, lane, lane->in_flight - 1);
}

/* The sender was refused: that is no fault of this letter.  True when there
 * were so many that the rest had better wait. */
static bool
count_sender(struct lane *lane, bool is_refused, bool is_taken)
{
	if (is_taken)
		lane->senders_refused = 0;
	if (!is_refused)
		return false;
	return ++lane->senders_refused >= SENDERS_REFUSED_MAX;
}

static char
letter_of(const struct str *verdict)
{
	return verdict->len ? verdict->s[0] : (char)JOB_LATER;
}

bool
reach_hears(struct manager *manager, struct delivery *delivery,
    const struct job_result *result)
{
	bool is_unreached = true, is_taken = false, is_failed = false;
	const struct str *refusal = NULL, *sender = NULL;
	struct lane *lane = delivery->lane; /* there until the turn ends */

	if (!lane->port->is_remote)
		return false;
	for (size_t i = 0; i < result->verdicts.len; i++) {
		const struct str *verdict = &result->verdicts.v[i];
		char letter = letter_of(verdict);

		if (letter == JOB_REFUSED)
			refusal = verdict;
		if (letter == JOB_SENDER)
			sender = verdict;
		is_unreached &= letter == JOB_UNREACHED;
		is_taken |= letter == JOB_DONE || letter == JOB_PASSED;
		is_failed |= letter == JOB_FAILED;
	}
	if (count_sender(lane, sender, is_taken) && !refusal)
		refusal = sender;
	if (refusal)
		refused(manager, delivery, str_slice(refusal));
	else if (is_unreached)
		unreached(manager, delivery,
		    str_slice(&result->verdicts.v[0]));
	else
		answered(manager, lane, is_taken || is_failed);
	if (!refusal && held_was_lost(lane, result))
		lost(manager, lane, str_slice(&result->verdicts.v[0]));
	return refusal || is_unreached;
}

const char *
reach_words(const struct rcpt *rcpt)
{
	const struct lane *lane = rcpt->lane;

	if (lane && lane->state != LANE_UP && lane->words)
		return lane->words;
	return rcpt->words;
}
