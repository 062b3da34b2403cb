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
#include <unistd.h>

enum { ROUTE_RETRY_S = 300 };

/* The final addresses that a message has already: each is delivered once,
 * however many aliases lead to it.  Doubles never get into the message: a few
 * thousand recipients with large aliases would fill the memory. */
struct address_set {
	const char **slots;
	size_t size, count;
};

/* Where that address is, or where it would be. */
static const char **
set_slot(const struct address_set *set, const char *address)
{
	uint64_t hash = 1469598103934665603U;
	size_t at;

	for (const char *c = address; *c; c++)
		hash = (hash ^ (unsigned char)*c) * 1099511628211U;
	at = (hash ^ hash >> 32) & (set->size - 1);
	while (set->slots[at] && strcmp(set->slots[at], address) != 0)
		at = (at + 1) & (set->size - 1);
	return &set->slots[at];
}

static bool
set_has(const struct address_set *set, const char *address)
{
	return set->size && *set_slot(set, address);
}

static void
set_grow(struct address_set *set)
{
	struct address_set bigger = {.size = set->size ? set->size * 2 : 16,
	    .count = set->count};

	bigger.slots = mem_alloc(bigger.size * sizeof *bigger.slots);
	for (size_t i = 0; i < set->size; i++)
		if (set->slots[i])
			*set_slot(&bigger, set->slots[i]) = set->slots[i];
	free(set->slots);
	*set = bigger;
}

/* The address stays the caller's. */
static void
set_add(struct address_set *set, const char *address)
{
	const char **slot;

	if (set->count * 2 >= set->size)
		set_grow(set);
	slot = set_slot(set, address);
	if (!*slot)
		set->count++;
	*slot = address;
}

/* Pending recipients that come from one of the envelope, while that one is
 * routed again. */
struct rerouting {
	struct manager *manager;
	struct message *message;
	struct rcpt **old;
	size_t old_count;
	struct address_set known;
};

static void
keep(struct rerouting *r, struct rcpt *rcpt)
{
	struct rcpt *fresh = message_add_rcpt(r->message, slice_of(""));

	free(fresh->address);
	free(fresh);
	r->message->rcpts[r->message->count - 1] = rcpt;
	set_add(&r->known, rcpt->address);
}

static const char *
asked_of(const struct rcpt *rcpt)
{
	return rcpt->asked ? rcpt->asked : rcpt->address;
}

static const struct rcpt *
find_old(const struct rerouting *r, const char *address)
{
	for (size_t i = 0; i < r->old_count; i++)
		if (!strcmp(r->old[i]->address, address))
			return r->old[i];
	return NULL;
}

/* Whoever was tried before goes on waiting; whoever is new need not. */
static void
inherit(struct rcpt *to, const struct rerouting *r)
{
	const struct rcpt *any = r->old[0], *same = find_old(r, to->address);

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

static void
place(struct rerouting *r, const struct route *route)
{
	struct manager *manager = r->manager;
	const char *address = route->address.len ? str_c(&route->address) :
						   asked_of(r->old[0]);
	struct rcpt *rcpt;

	if (set_has(&r->known, address)) {
		r->message->has_doubles = true;
		return;
	}
	rcpt = message_add_rcpt(r->message, slice_of(address));
	set_add(&r->known, rcpt->address);
	inherit(rcpt, r);
	switch (route->kind) {
	case ROUTE_LOCAL:
		rcpt->lane = lane_get(manager, &manager->ports[AGENT_LOCAL],
		    slice_of(""));
		break;
	case ROUTE_REMOTE:
		rcpt->lane = lane_get(manager, &manager->ports[AGENT_REMOTE],
		    str_slice(&route->next_hop));
		break;
	case ROUTE_REFUSE:
		refuse(manager, r->message, rcpt, route);
		break;
	}
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

	route_decide(&r->manager->config, &request, NULL, &routes);
	for (size_t i = 0; i < routes.len; i++)
		place(r, &routes.v[i]);
	routes_free(&routes);
	for (size_t i = 0; i < r->old_count; i++)
		message_free_rcpt(r->old[i]);
}

/* Those of one envelope recipient stand together. */
static void
route_each(struct rerouting *r, size_t count)
{
	for (; count; count -= r->old_count, r->old += r->old_count) {
		r->old_count = 1;
		while (r->old_count < count &&
		    r->old[r->old_count]->origin == r->old[0]->origin)
			r->old_count++;
		route_one(r);
	}
}

static bool
is_settled(const struct rcpt *rcpt)
{
	return rcpt->state != RCPT_PENDING || rcpt->delivery;
}

void
reroute(struct manager *manager, struct message *message)
{
	struct rcpt **old = message->rcpts;
	struct rerouting r = {manager, message, old, 0, {0}};
	size_t count = message->count, open = 0;

	message->rcpts = NULL;
	message->count = message->cap = 0;
	message->is_saved = false;
	/* The settled ones first: a double of them is dropped, not they. */
	for (size_t i = 0; i < count; i++) {
		if (!is_settled(old[i])) {
			old[open++] = old[i];
			continue;
		}
		old[i]->lane = NULL; /* should it come back undone */
		keep(&r, old[i]);
	}
	route_each(&r, open);
	free(old);
	free(r.known.slots);
	message->generation = manager->config.generation;
	gather_rcpts(manager, message);
}

static void
recall_doubles(struct manager *manager, struct message *message)
{
	struct spool_letter letter;

	if (spool_read(&manager->spool, message->id, &letter) != SPOOL_TAKEN)
		return;
	admit_doubles(message, &letter.envelope);
	envelope_free(&letter.envelope);
	close(letter.fd);
}

static void
route_again(struct manager *manager, struct message *message, void *context)
{
	(void)context;
	lane_withdraw(manager, message);
	if (message->has_doubles)
		recall_doubles(manager, message);
	reroute(manager, message);
	outcome_settle(manager, message);
}

void
reroute_all(struct manager *manager)
{
	log_event("tables", "count", log_number(manager->index.count).s, NULL);
	index_each(manager, route_again, NULL);
}
