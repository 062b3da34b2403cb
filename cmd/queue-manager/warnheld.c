/*
 * warnheld - mail that has been held for long; see warnheld.h.
 *
 * A customer whose machine is gone does not ask any more, and nobody would
 * notice: once a week the postmaster hears which domains' mail has waited for
 * longer than warnheld.  The week is in the note's id, so that a restart does
 * not make another one.
 */
#include "cmd/queue-manager/warnheld.h"

#include "cmd/queue-manager/agents.h"
#include "cmd/queue-manager/gather.h"
#include "cmd/queue-manager/held.h"
#include "cmd/queue-manager/lane.h"
#include "cmd/queue-manager/manager.h"
#include "cmd/queue-manager/message.h"
#include "lib/base/clock.h"

#include <stdlib.h>

enum { WEEK_S = 7 * 24 * 3600, AGAIN_MS = 10 * 60 * 1000 };

/* A domain's old mail. */
struct old {
	const struct lane *lane;
	size_t count;
	uint64_t oldest_us;
};
struct olds {
	struct old *v;
	size_t len, cap;
};

static bool
is_old(const struct manager *manager, const struct message *message)
{
	return manager->settings.warnheld_s &&
	    message_age_s(message) > manager->settings.warnheld_s;
}

static bool
is_held_still(const struct delivery *delivery)
{
	return delivery->purpose == FOR_RCPTS && held_waits(delivery->lane);
}

bool
warnheld_is_news(const struct manager *manager, const struct message *message)
{
	const struct delivery *delivery = message->deliveries;

	if (!is_old(manager, message))
		return false;
	while (delivery && !is_held_still(delivery))
		delivery = delivery->sibling;
	return delivery != NULL;
}

void
warnheld_check(struct manager *manager, struct message *message)
{
	uint64_t now_ms = clock_mono_ms();

	if (now_ms < manager->next_warnheld_ms ||
	    !warnheld_is_news(manager, message))
		return;
	manager->next_warnheld_ms = now_ms + AGAIN_MS;
	gather_report(manager, message, FOR_WARNHELD);
}

void
warnheld_told(struct manager *manager)
{
	manager->next_warnheld_ms = clock_mono_ms() + WEEK_S * 1000ULL;
}

/* ---- what the note says ---- */

static struct old *
old_of(struct olds *olds, const struct lane *lane)
{
	struct held *held = lane->held;

	if (held->old_at < olds->len && olds->v[held->old_at].lane == lane)
		return &olds->v[held->old_at];
	olds->v = mem_room(olds->v, olds->len, &olds->cap, sizeof *olds->v);
	held->old_at = olds->len;
	olds->v[olds->len] = (struct old){lane, 0, UINT64_MAX};
	return &olds->v[olds->len++];
}

static void
count_message(struct manager *manager, struct message *message, void *context)
{
	if (!is_old(manager, message))
		return;
	for (const struct delivery *d = message->deliveries; d;
	     d = d->sibling) {
		struct old *old;

		if (!is_held_still(d))
			continue;
		old = old_of(context, d->lane);
		old->count++;
		if (message->arrived_us < old->oldest_us)
			old->oldest_us = message->arrived_us;
	}
}

static int
compare(const void *a, const void *b)
{
	const struct old *one = a, *other = b;

	return (one->oldest_us > other->oldest_us) -
	    (one->oldest_us < other->oldest_us);
}

static void
put_row(struct job *job, const struct old *old)
{
	struct slice domain = slice_of(old->lane->next_hop);
	uint64_t now_us = clock_wall_us();
	struct str row = {0};

	slice_cut(&domain, ' ');
	str_addf(&row, "held-%llu\t\t%zu %llu",
	    (unsigned long long)(now_us / 1000000 / WEEK_S), old->count,
	    (unsigned long long)(now_us > old->oldest_us ?
		(now_us - old->oldest_us) / 1000000 : 0));
	strs_add(&job->rcpts, domain);
	strs_add(&job->reports, str_slice(&row));
	str_free(&row);
}

void
warnheld_fill(struct manager *manager, struct job *job)
{
	struct olds olds = {0};

	index_each(manager, count_message, &olds);
	if (olds.len)
		qsort(olds.v, olds.len, sizeof *olds.v, compare);
	for (size_t i = 0; i < olds.len && i < REPORT_RCPTS_MAX; i++)
		put_row(job, &olds.v[i]);
	str_clear(&job->sender); /* so it goes to doublebounceto */
	str_add_u64(&job->envid, olds.len);
	free(olds.v);
}
