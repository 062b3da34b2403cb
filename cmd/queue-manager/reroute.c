/*
 * reroute - where does it go; see manager.h.
 *
 * Asked when a message comes in, and again when the tables change: routes are
 * decided at delivery time, not frozen at intake.  What is asked about is what
 * the writer asked for, alias and all.
 */
#include "cmd/queue-manager/manager.h"

#include "lib/base/clock.h"
#include "lib/base/log.h"

#include <stdlib.h>
#include <string.h>

enum { ROUTE_RETRY_S = 300 };

/* What has no worker yet of one envelope recipient, while that is routed
 * again. */
struct rerouting {
	struct manager *manager;
	struct message *message;
	struct rcpt **old;
	size_t old_count;
	bool leans;            /* it meets a pending row of another */
	struct rcpt_map known; /* each address is delivered once, however many
				* aliases lead to it; doubles never get into
				* the message, or a few thousand recipients
				* with large aliases would fill the memory */
	struct rcpt_map tried; /* those old ones that were */
};

static const char *
asked_of(const struct rcpt *rcpt)
{
	return rcpt->asked ? rcpt->asked : rcpt->address;
}

/* Whoever was tried before goes on waiting; whoever is new need not. */
static void
inherit(struct rcpt *to, const struct rerouting *r)
{
	const struct rcpt *any = r->old[0];
	const struct rcpt *same = rcpt_map_find(&r->tried, to->address);

	to->stage = any->stage;
	to->origin = any->origin;
	to->notify = any->notify;
	if (strcmp(asked_of(any), to->address) != 0)
		to->asked = mem_dup(slice_of(asked_of(any)));
	if (!same)
		return;
	to->attempts = same->attempts;
	to->next_us = same->next_us;
	if (same->words)
		message_words(to, slice_of(same->words));
}

static void
refuse(struct manager *manager, struct message *message, struct rcpt *rcpt,
    const struct route *route)
{
	struct str words = {0};

	str_addf(&words, "%d %s - %s", route->code, route->enhanced,
	    str_c(&route->text));
	if (route->code >= 500) {
		outcome_fail(manager, message, rcpt, str_c(&words));
	} else {
		message_words(rcpt, str_slice(&words));
		rcpt->next_us = clock_wall_us() + ROUTE_RETRY_S * 1000000ULL;
		log_event("defer", "id", message->id, "to", rcpt->address,
		    "why", str_c(&words), NULL);
	}
	str_free(&words);
}

/* Somebody has that address already.  Who may still lose it has to know that
 * others lead there too, and they, that they do not stand alone. */
static void
share(struct rerouting *r, struct rcpt *known)
{
	if (known->state != RCPT_PENDING || known->origin == r->old[0]->origin)
		return;
	known->is_shared = true;
	r->leans = true;
}

static void
place(struct rerouting *r, const struct route *route)
{
	struct manager *manager = r->manager;
	const char *address = route->address.len ? str_c(&route->address) :
						   asked_of(r->old[0]);
	struct rcpt *rcpt = rcpt_map_find(&r->known, address);

	if (rcpt) {
		share(r, rcpt);
		return;
	}
	rcpt = message_add_rcpt(r->message, slice_of(address));
	rcpt_map_add(&r->known, rcpt);
	inherit(rcpt, r);
	switch (route->kind) {
	case ROUTE_LOCAL:
		lanes_assign(rcpt, lanes_get(manager,
		    &manager->ports[AGENT_LOCAL], slice_of("")));
		break;
	case ROUTE_REMOTE:
		lanes_assign(rcpt, lanes_get(manager,
		    &manager->ports[AGENT_REMOTE],
		    str_slice(&route->next_hop)));
		break;
	case ROUTE_REFUSE:
		refuse(manager, r->message, rcpt, route);
		break;
	}
}

static void
lean(const struct rerouting *r)
{
	struct rcpt *rcpt = message_add_rcpt(r->message,
	    slice_of(asked_of(r->old[0])));

	message_set_state(r->message, rcpt, RCPT_LEANING);
	rcpt->stage = r->old[0]->stage;
	rcpt->origin = r->old[0]->origin;
	rcpt->notify = r->old[0]->notify;
}

static void
route_one(struct rerouting *r)
{
	struct route_request request = {
	    .box = slice_of(boxes[r->message->box].name),
	    .sender = slice_of(r->message->sender),
	    .login = slice_of(r->message->login),
	    .recipient = slice_of(asked_of(r->old[0]))};
	struct routes routes = {0};

	r->leans = false;
	route_decide(&r->manager->config, &request, NULL, &routes);
	for (size_t i = 0; i < routes.len; i++)
		place(r, &routes.v[i]);
	if (r->leans)
		lean(r);
	routes_free(&routes);
}

/* Those of one envelope recipient stand together. */
static size_t
group_len(struct rcpt *const *rcpts, size_t count)
{
	size_t len = 1;

	while (len < count && rcpts[len]->origin == rcpts[0]->origin)
		len++;
	return len;
}

static void
route_each(struct rerouting *r, struct rcpt **open, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (open[i]->attempts || open[i]->words)
			rcpt_map_add(&r->tried, open[i]);
	for (size_t i = 0; i < count; i += r->old_count) {
		r->old = open + i;
		r->old_count = group_len(r->old, count - i);
		route_one(r);
	}
	for (size_t i = 0; i < count; i++)
		message_free_rcpt(open[i]);
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

/* The settled ones first: a double of them is dropped, not they. */
static void
keep(struct rerouting *r, struct rcpt *rcpt)
{
	lanes_assign(rcpt, NULL); /* should it come back undone */
	message_append_rcpt(r->message, rcpt);
	if (rcpt->state != RCPT_LEANING)
		rcpt_map_add(&r->known, rcpt);
}

/* Keeps what is settled of one envelope recipient, and moves the rest to the
 * place of the open ones.  One who leans on others is asked about with his own
 * rows, or as soon as one that he may lean on is. */
static size_t
divide(struct rerouting *r, struct rcpt **group, size_t count,
    struct rcpt **open, bool leaning_too)
{
	size_t opened = 0;

	for (size_t i = 0; i < count; i++)
		leaning_too |= is_open(group[i]);
	for (size_t i = 0; i < count; i++) {
		if (is_open(group[i]) ||
		    (leaning_too && group[i]->state == RCPT_LEANING))
			open[opened++] = group[i];
		else
			keep(r, group[i]);
	}
	return opened;
}

static size_t
divide_all(struct rerouting *r, struct rcpt **rcpts, size_t count)
{
	size_t open = 0, len;
	bool leaning_too = false;

	for (size_t i = 0; i < count && !leaning_too; i++)
		leaning_too = is_open(rcpts[i]) && rcpts[i]->is_shared;
	for (size_t i = 0; i < count; i += len) {
		len = group_len(rcpts + i, count - i);
		open += divide(r, rcpts + i, len, rcpts + open, leaning_too);
	}
	return open;
}

void
reroute(struct manager *manager, struct message *message)
{
	struct rerouting r = {.manager = manager, .message = message};
	size_t count = message->count;
	struct rcpt **rcpts = message_take_rcpts(message);

	qsort(rcpts, count, sizeof *rcpts, by_origin);
	route_each(&r, rcpts, divide_all(&r, rcpts, count));
	free(rcpts);
	rcpt_map_free(&r.known);
	rcpt_map_free(&r.tried);
	message->generation = manager->config.generation;
	gather_rcpts(manager, message);
}

static void
route_anew(struct manager *manager, struct message *message)
{
	lane_withdraw(manager, message);
	reroute(manager, message);
	outcome_settle(manager, message);
}

static bool
is_stale(const struct manager *manager, const struct message *message)
{
	return message->generation != manager->config.generation;
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
