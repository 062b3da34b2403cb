/*
 * reroute - where does it go; see reroute.h.
 *
 * Asked when a message comes in, and again when the tables change: routes are
 * decided at delivery time, not frozen at intake.  What is asked about is what
 * the writer asked for, alias and all.
 */
#include "cmd/queue-manager/reroute.h"

#include "cmd/queue-manager/gather.h"
#include "cmd/queue-manager/lane.h"
#include "cmd/queue-manager/lanes.h"
#include "cmd/queue-manager/late.h"
#include "cmd/queue-manager/manager.h"
#include "cmd/queue-manager/message.h"
#include "cmd/queue-manager/outcome.h"
#include "cmd/queue-manager/place.h"
#include "cmd/queue-manager/rcpt_map.h"
#include "cmd/queue-manager/saving.h"
#include "cmd/queue-manager/walk.h"
#include "lib/base/clock.h"
#include "lib/base/log.h"

#include <stdlib.h>
#include <string.h>

enum {
	SLICE_MS = 20,
	/* What precedes a slice costs as much as there are recipients: each
	 * has to get on by a share of them, or a slow machine never would. */
	SLICES_MAX = 8,
	LED_TO_MAX = 10 * 1000 * 1000
};

const char *
reroute_asked(const struct rcpt *rcpt)
{
	return rcpt->asked ? rcpt->asked : rcpt->address;
}

static void
lean(const struct rerouting *r)
{
	struct rcpt *rcpt = message_add_rcpt(r->message,
	    slice_of(reroute_asked(r->old[0])));

	message_set_state(r->message, rcpt, RCPT_LEANING);
	rcpt->origin = r->old[0]->origin;
	rcpt->wished = rcpt->notify = r->old[0]->wished;
}

static void
route_one(struct rerouting *r)
{
	struct route_request request = {
	    .box = slice_of(boxes[r->message->box].name),
	    .sender = slice_of(r->message->sender),
	    .login = slice_of(r->message->login),
	    .recipient = slice_of(reroute_asked(r->old[0])),
	    .is_added = rcpt_is_added(r->message, r->old[0])};
	struct routes routes = {0};

	r->leans = false;
	route_decide(&r->manager->config, &request, NULL, &routes);
	r->message->led_to += (uint32_t)routes.len;
	for (size_t i = 0; i < routes.len; i++)
		place_route(r, &routes.v[i]);
	if (r->leans)
		lean(r);
	routes_free(&routes);
}

/* Those of one envelope recipient stand together.  One that was added stands
 * alone: no envelope says what was asked. */
static size_t
group_len(const struct message *message, struct rcpt *const *rcpts,
    size_t count)
{
	size_t len = 1;

	while (len < count && rcpts[len]->origin == rcpts[0]->origin &&
	    !rcpt_is_added(message, rcpts[0]))
		len++;
	return len;
}

/* As many as there is time for, but a slice at least.  How many rows that
 * was. */
static size_t
route_each(struct rerouting *r, struct rcpt **open, size_t count,
    uint64_t until_ms)
{
	const struct message *message = r->message;
	size_t least = message->led_to + (message->count + count) / SLICES_MAX;
	size_t done = 0;

	for (size_t i = 0; i < count; i++)
		if (open[i]->attempts || open[i]->words || open[i]->is_sorted)
			rcpt_map_add(&r->tried, open[i]);
	while (done < count && message->led_to <= LED_TO_MAX &&
	    (!done || message->led_to < least || clock_mono_ms() < until_ms)) {
		r->old = open + done;
		r->old_count = group_len(message, r->old, count - done);
		route_one(r);
		done += r->old_count;
	}
	return done;
}

static bool
is_unrouted(const struct rcpt *rcpt)
{
	return rcpt->state == RCPT_PENDING && rcpt->is_unrouted;
}

/* A copy of the house's that failed stands for none. */
static bool
is_taken(const struct rcpt *rcpt)
{
	return rcpt->state != RCPT_LEANING &&
	    (rcpt->state != RCPT_BOUNCED || !*rcpt_folder(rcpt));
}

static void
keep(struct rerouting *r, struct rcpt *rcpt)
{
	message_append_rcpt(r->message, rcpt);
	if (is_taken(rcpt))
		rcpt_map_add(&r->known, rcpt);
}

/* Routes what is marked as unrouted, until then.  The others first: a double
 * of them is dropped, not they.  True: some is left, and nothing is handed out
 * until it is routed: each slice makes other rows, and an answer between them
 * would have all of the note written anew. */
static bool
route_some(struct manager *manager, struct message *message,
    uint64_t until_ms)
{
	struct rerouting r = {.manager = manager, .message = message};
	size_t count = message->count, open = 0, done;
	struct rcpt **rcpts = message_take_rcpts(message);

	for (size_t i = 0; i < count; i++) {
		if (is_unrouted(rcpts[i]))
			rcpts[open++] = rcpts[i];
		else
			keep(&r, rcpts[i]);
	}
	done = route_each(&r, rcpts, open, until_ms);
	for (size_t i = 0; i < done; i++)
		message_free_rcpt(rcpts[i]);
	for (size_t i = done; i < open; i++)
		message_append_rcpt(message, rcpts[i]);
	free(rcpts);
	rcpt_map_free(&r.known);
	rcpt_map_free(&r.tried);
	message->is_routing = done < open;
	if (message->is_routing)
		return true;
	(void)late_apply(manager, message);
	gather_rcpts(manager, message);
	return false;
}

static int
by_origin(const void *a, const void *b)
{
	const struct rcpt *const *x = a, *const *y = b;

	return ((*x)->origin > (*y)->origin) - ((*x)->origin < (*y)->origin);
}

static bool
is_open(const struct rcpt *rcpt)
{
	return rcpt->state == RCPT_PENDING && !rcpt->delivery;
}

/* One who leans on others is asked about with his own rows, or as soon as one
 * that he may lean on is. */
static void
mark_group(struct message *message, struct rcpt **group, size_t count,
    bool leaning_too)
{
	for (size_t i = 0; i < count; i++)
		leaning_too |= is_open(group[i]);
	for (size_t i = 0; i < count; i++) {
		if (leaning_too && group[i]->state == RCPT_LEANING)
			message_set_state(message, group[i], RCPT_PENDING);
		if (is_open(group[i]))
			group[i]->is_unrouted = true;
		else if (group[i]->state != RCPT_PENDING ||
		    rcpt_is_in_flight(group[i]))
			/* should it come back undone */
			lanes_assign(group[i], NULL);
	}
}

static void
mark_open(struct message *message)
{
	struct rcpt **rcpts = message->rcpts;
	size_t count = message->count, len;
	bool leaning_too = false;

	for (size_t i = 0; i < count && !leaning_too; i++)
		leaning_too = is_open(rcpts[i]) && rcpts[i]->is_shared;
	for (size_t i = 0; i < count; i += len) {
		len = group_len(message, rcpts + i, count - i);
		mark_group(message, rcpts + i, len, leaning_too);
	}
}

/* No honest letter leads to so many addresses; one made to keep us busy does,
 * a thousand times through the same large alias. */
static void
hold_endless(struct manager *manager, struct message *message)
{
	message->is_held = true;
	message->is_routing = false;
	lane_withdraw(manager, message);
	message_save(manager, message);
	log_event("alarm", "id", message->id, "why", "held: its recipients "
	    "lead to more than 10 million addresses, doubles included; look "
	    "at it with 'posthouse queue show', then drop it", NULL);
}

static bool
route_more(struct manager *manager, const char *id, void *context)
{
	struct message *message = index_find(&manager->index, id);

	(void)context;
	if (!message || !message->is_routing)
		return false;
	if (message->led_to > LED_TO_MAX)
		hold_endless(manager, message);
	else if (route_some(manager, message, clock_mono_ms() + SLICE_MS))
		return true;
	outcome_settle(manager, message);
	return false;
}

static bool
is_stale(const struct manager *manager, const struct message *message)
{
	return message->generation != manager->config.generation;
}

void
reroute(struct manager *manager, struct message *message)
{
	bool has_walk = message->is_routing;

	/* what waits for a worker would still go by the old tables */
	if (is_stale(manager, message))
		lane_withdraw(manager, message);
	qsort(message->rcpts, message->count, sizeof *message->rcpts,
	    by_origin);
	mark_open(message);
	message->generation = manager->config.generation;
	message->led_to = 0;
	if (route_some(manager, message, manager->route_until_ms) && !has_walk)
		walk_add(walk_begin(manager, route_more, NULL, NULL),
		    message->id);
}

static void
route_anew(struct manager *manager, struct message *message)
{
	lane_withdraw(manager, message);
	reroute(manager, message);
	outcome_settle(manager, message);
}

static bool
route_again(struct manager *manager, const char *id, void *context)
{
	struct message *message = index_find(&manager->index, id);

	(void)context;
	if (message && is_stale(manager, message))
		route_anew(manager, message);
	return false;
}

void
reroute_all(struct manager *manager)
{
	struct walk *walk = walk_begin(manager, route_again, NULL, NULL);

	log_event("tables", "count", log_number(manager->index.count).s, NULL);
	walk_add_all(walk, &manager->index);
}

bool
reroute_stale(struct manager *manager, struct delivery *delivery)
{
	struct message *message = delivery->message;

	if (delivery->purpose != FOR_RCPTS || !is_stale(manager, message))
		return false;
	lane_free_delivery(manager, delivery);
	route_anew(manager, message);
	return true;
}
