/*
 * held - lanes whose mail waits until it is asked for; see held.h.
 *
 * The lane of a domain of the kind etrn makes no attempt by itself: it is in
 * no line and on no clock.  A release (release.c) lets it run until nothing is
 * left that was not tried, what comes in meanwhile included, or until a
 * connection fails.  All of this is memory only: after a restart the mail is
 * held.
 *
 * What a release has tried in vain stands at the end of the lane's queue, from
 * held->tried on, and waits there for the next one.
 */
#include "cmd/queue-manager/held.h"

#include "cmd/queue-manager/agents.h"
#include "cmd/queue-manager/bind.h"
#include "cmd/queue-manager/lane.h"
#include "cmd/queue-manager/lanes.h"
#include "cmd/queue-manager/manager.h"
#include "cmd/queue-manager/message.h"
#include "cmd/queue-manager/reach.h"
#include "cmd/queue-manager/turn.h"
#include "lib/base/log.h"

#include <stdlib.h>

void
held_begin(struct lane *lane)
{
	if (lane->port->is_remote &&
	    slice_starts(slice_of(lane->next_hop), "etrn "))
		lane->held = mem_alloc(sizeof *lane->held);
	if (lane->held)
		lane->held->lane = lane;
}

void
held_free(struct lane *lane)
{
	if (lane->held)
		free(lane->held->hop);
	free(lane->held);
	lane->held = NULL;
}

bool
held_is_released(const struct lane *lane)
{
	return lane->held && lane->held->is_released;
}

bool
held_waits(const struct lane *lane)
{
	const struct held *held = lane->held;

	return held && (!held->is_released || lane->head == held->tried);
}

const char *
held_hop(const struct lane *lane)
{
	return lane->held && lane->held->hop ? lane->held->hop :
					       lane->next_hop;
}

size_t
held_count(const struct lane *lane)
{
	return lane->waiting + lane->deferred + lane->in_flight;
}

/* ---- the queue ---- */

struct delivery *
held_place(struct delivery *delivery)
{
	const struct held *held = delivery->lane->held;
	const struct rcpt *rcpt = delivery->count ? delivery->rcpts[0] : NULL;

	delivery->was_tried = false;
	if (!held || !held->is_released)
		return NULL;
	delivery->was_tried = rcpt && rcpt->release == held->number;
	return delivery->was_tried ? NULL : held->tried;
}

void
held_placed(struct delivery *delivery)
{
	struct held *held = delivery->lane->held;

	if (held && delivery->was_tried && !held->tried)
		held->tried = delivery;
}

void
held_leaves(const struct delivery *delivery)
{
	struct held *held = delivery->lane->held;

	if (held && held->tried == delivery)
		held->tried = delivery->next;
}

/* ---- a release ---- */

/* A worker keeps a connection to where the last one led. */
void
held_lead(struct lane *lane, struct slice hop)
{
	struct held *held = lane->held;

	if (held->hop && slice_is(hop, held->hop))
		return;
	free(held->hop);
	held->hop = mem_dup(hop);
	bind_renew_lane(lane);
}

/* One connection first: it says whether anybody is there. */
void
held_start(struct manager *manager, struct lane *lane, struct slice hop)
{
	struct held *held = lane->held;

	lanes_hold(lane);
	held_lead(lane, hop);
	held->is_released = true;
	held->number = ++manager->releases;
	held->next = manager->released;
	manager->released = held;
	reach_begin(manager, lane);
	lane->limit = 1;
	log_event("release", "lane", lane->next_hop, "count",
	    log_number(held_count(lane)).s, "to", held->hop, NULL);
	turn_give(lane);
}

void
held_end(struct manager *manager, struct lane *lane, const char *why)
{
	struct held *held = lane->held, **link = &manager->released;

	while (*link != held)
		link = &(*link)->next;
	*link = held->next;
	held->is_released = false;
	held->tried = NULL;
	log_event("released", "lane", lane->next_hop, "count",
	    log_number(held_count(lane)).s, "why", why, NULL);
	lanes_release(lane);
}

/* Others that are under way may still get through; nothing more goes until
 * one of them has. */
static void
narrow(struct lane *lane, unsigned others)
{
	lane->limit = lane->ceiling = others;
	lane->credit = 0;
	log_event("slower", "lane", lane->next_hop, "count",
	    log_number(others).s, "why", lane->words, NULL);
}

void
held_failed(struct manager *manager, struct lane *lane, unsigned others)
{
	if (!held_is_released(lane))
		return;
	if (others && lane->is_proven)
		narrow(lane, others);
	else
		held_end(manager, lane, lane->words);
}

/* "Z 421 4.7.0 host text", or our own "Z 451 4.4.2 - text". */
static bool
says_lost(const struct str *verdict)
{
	struct slice rest = str_slice(verdict);
	struct slice letter = slice_cut(&rest, ' ');
	struct slice code = slice_cut(&rest, ' ');
	struct slice enhanced = slice_cut(&rest, ' ');

	return letter.len == 1 && letter.s[0] == JOB_LATER &&
	    (slice_is(code, "421") || slice_is(enhanced, "4.4.2"));
}

bool
held_was_lost(const struct lane *lane, const struct job_result *result)
{
	if (!lane->held)
		return false;
	for (size_t i = 0; i < result->verdicts.len; i++)
		if (!says_lost(&result->verdicts.v[i]))
			return false;
	return result->verdicts.len > 0;
}

void
held_note_try(const struct delivery *delivery)
{
	const struct held *held = delivery->lane->held;

	for (size_t i = 0; held && i < delivery->count; i++)
		delivery->rcpts[i]->release = held->number;
}

/* While the queue is read, or routed anew, more may come out of it. */
void
held_check(struct manager *manager)
{
	struct held *next, *held = manager->walks ? NULL : manager->released;

	for (; held; held = next) {
		struct lane *lane = held->lane;

		next = held->next;
		if (lane->head == held->tried && !lane->in_flight &&
		    !lane->deferred)
			held_end(manager, lane, lane->waiting ?
			    "all tried" : "all sent");
	}
}
