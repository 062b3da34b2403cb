/*
 * place - what a route makes of a recipient; see place.h.
 *
 * A row for each final address and folder.  The old row's progress goes over
 * to the new one of the same address and folder: what it was answered, and
 * what share-sort found.
 */
#include "cmd/queue-manager/place.h"

#include "cmd/queue-manager/agents.h"
#include "cmd/queue-manager/lanes.h"
#include "cmd/queue-manager/manager.h"
#include "cmd/queue-manager/message.h"
#include "cmd/queue-manager/outcome.h"
#include "cmd/queue-manager/rcpt_map.h"
#include "cmd/queue-manager/reroute.h"
#include "lib/base/clock.h"
#include "lib/base/log.h"

#include <string.h>

enum { ROUTE_RETRY_S = 300 };

static const char waits[] = "450 4.7.1 - waits for approval";

/* ---- what goes over ---- */

static void
copy_copy(struct rcpt *to, const struct rcpt *from)
{
	struct str text = {0};
	struct copy copy = {0};

	copy_add(&text, from->copy);
	(void)copy_parse(str_slice(&text), &copy);
	rcpt_set_copy(to, &copy);
	str_free(&text);
}

/* Whoever was tried before goes on waiting; whoever is new need not. */
static void
inherit_progress(struct rcpt *to, const struct rcpt *same)
{
	to->attempts = same->attempts;
	to->next_us = same->next_us;
	to->release = same->release;
	to->is_sorted = same->is_sorted;
	if (same->words)
		message_words(to, slice_of(same->words));
	/* what share-sort said of it is not in the tables */
	if (same->is_sorted && same->copy)
		copy_copy(to, same);
}

static uint8_t
stage_of(const struct route *route)
{
	if (route->stage < 1)
		return 1;
	return route->stage < STAGE_MAX ? (uint8_t)route->stage : STAGE_MAX;
}

static void
inherit(struct rcpt *to, const struct rerouting *r, const struct route *route)
{
	const struct rcpt *any = r->old[0];
	const struct rcpt *same =
	    rcpt_map_find(&r->tried, to->address, rcpt_folder(to));

	to->stage = stage_of(route);
	to->origin = any->origin;
	to->wished = any->wished;
	to->is_extra = route->is_extra;
	to->notify = to->is_extra ? 0 : to->wished;
	if (rcpt_is_added(r->message, to)) {
		/* it speaks of the person, whatever his address is now */
		to->is_sorted = true;
		if (any->copy)
			copy_copy(to, any);
	} else if (strcmp(reroute_asked(any), to->address) != 0) {
		to->asked = mem_dup(slice_of(reroute_asked(any)));
	}
	if (same)
		inherit_progress(to, same);
}

/* ---- one that is there ---- */

/* One letter for both: what either is to have. */
static void
join(struct rerouting *r, struct rcpt *known, const struct route *route,
    struct copy *copy)
{
	if (known->state != RCPT_PENDING || known->delivery)
		return;
	if (!route->is_extra && known->is_extra) {
		known->is_extra = false;
		known->notify = known->wished;
	}
	if (!known->copy)
		rcpt_set_copy(known, copy);
	for (size_t i = 0; i < copy->staff.len; i++)
		copy_add_staff(known->copy, str_slice(&copy->staff.v[i]));
	if (known->sort != SORT_NONE || known->is_sorted ||
	    route->sort == SORT_NONE || route->kind != ROUTE_LOCAL)
		return;
	known->sort = route->sort;
	lanes_assign(known, lanes_home(r->manager, known));
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

/* ---- a new one ---- */

static void
refuse(struct message *message, struct rcpt *rcpt, const struct route *route)
{
	struct str words = {0};

	str_addf(&words, "%d %s - %s", route->code, route->enhanced,
	    str_c(&route->text));
	/* a copy that is refused keeps its letter waiting */
	if (route->code >= 500 && !rcpt_is_gate(rcpt)) {
		outcome_fail(message, rcpt, str_c(&words));
	} else {
		message_words(rcpt, str_slice(&words));
		rcpt->next_us = clock_wall_us() + ROUTE_RETRY_S * 1000000ULL;
		log_event("defer", "id", message->id, "to", rcpt->address,
		    "why", str_c(&words), NULL);
	}
	str_free(&words);
}

/* Once awaited, an approval is awaited whatever the tables say later: its
 * manager has the letter before him. */
static void
await(struct message *message, struct rcpt *rcpt, const struct route *route)
{
	if (route->is_held && message->approval == APPROVAL_NONE)
		message->approval = APPROVAL_AWAITED;
	if (message_awaits(message, rcpt) && !rcpt->words)
		message_words(rcpt, slice_of(waits));
}

static void
assign(struct manager *manager, struct rcpt *rcpt, enum agent_number agent,
    const struct route *route)
{
	lanes_assign(rcpt, lanes_get(manager, &manager->ports[agent],
	    str_slice(&route->next_hop)));
}

/* share-sort reads what strangers wrote; it says who of ours gets a copy, and
 * sends nothing away. */
static bool
is_forbidden(const struct message *message, const struct rcpt *rcpt,
    const struct route *route)
{
	return rcpt_is_added(message, rcpt) &&
	    (route->kind == ROUTE_REMOTE || route->kind == ROUTE_ISP);
}

static void
lead(struct manager *manager, struct message *message, struct rcpt *rcpt,
    const struct route *route)
{
	if (is_forbidden(message, rcpt, route)) {
		outcome_fail(message, rcpt,
		    "550 5.7.1 - share-sort may name our own accounts only");
		return;
	}
	switch (route->kind) {
	case ROUTE_LOCAL:
		rcpt->sort = rcpt_is_added(message, rcpt) ? SORT_NONE :
							    route->sort;
		lanes_assign(rcpt, lanes_home(manager, rcpt));
		break;
	case ROUTE_REMOTE:
		assign(manager, rcpt, AGENT_REMOTE, route);
		break;
	case ROUTE_ISP:
		assign(manager, rcpt, AGENT_ISP, route);
		break;
	case ROUTE_REFUSE:
		refuse(message, rcpt, route);
		break;
	}
}

static void
place_new(struct rerouting *r, const struct route *route, const char *address,
    struct copy *copy)
{
	struct rcpt *rcpt = message_add_rcpt(r->message, slice_of(address));

	rcpt_set_copy(rcpt, copy);
	rcpt_map_add(&r->known, rcpt);
	inherit(rcpt, r, route);
	rcpt->keep_s = route->keep_s;
	lead(r->manager, r->message, rcpt, route);
	await(r->message, rcpt, route);
}

void
place_route(struct rerouting *r, const struct route *route)
{
	const char *address = route->address.len ? str_c(&route->address) :
						   reroute_asked(r->old[0]);
	struct copy copy = {0};
	struct rcpt *known;

	/* control/ writes no such one */
	if (copy_parse(str_slice(&route->copy), &copy) < 0)
		log_event("alarm", "id", r->message->id, "to", address, "why",
		    "the tables ask for a copy that cannot be understood",
		    NULL);
	known = rcpt_map_find(&r->known, address, str_c(&copy.folder));
	if (known) {
		join(r, known, route, &copy);
		share(r, known);
	} else {
		place_new(r, route, address, &copy);
	}
	copy_free(&copy);
}
