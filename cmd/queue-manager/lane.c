/*
 * lane - when next, and how many at once; see manager.h.
 *
 * A lane is (agent, next hop).  What may go now waits in its queue; what must
 * wait for its time is in one heap for all lanes.  Lanes with something
 * waiting stand in their agent's line and take turns, one job each, so that a
 * full lane never delays another.
 */
#include "cmd/queue-manager/manager.h"

#include "lib/base/clock.h"

#include <limits.h>
#include <stdlib.h>

/* ---- the table of lanes ---- */

static size_t
bucket_of(const struct lanes *lanes, const struct agent_port *port,
    struct slice next_hop)
{
	uint64_t hash = 1469598103934665603U ^ (uintptr_t)port;

	for (size_t i = 0; i < next_hop.len; i++)
		hash = (hash ^ (unsigned char)next_hop.s[i]) * 1099511628211U;
	return (hash ^ hash >> 32) & (lanes->size - 1);
}

static void
grow(struct lanes *lanes)
{
	struct lanes bigger = {.size = lanes->size ? lanes->size * 2 : 64};

	bigger.buckets = mem_alloc(bigger.size * sizeof *bigger.buckets);
	for (size_t i = 0; i < lanes->size; i++) {
		struct lane *next, *lane = lanes->buckets[i];

		for (; lane; lane = next) {
			size_t at = bucket_of(&bigger, lane->port,
			    slice_of(lane->next_hop));

			next = lane->next;
			lane->next = bigger.buckets[at];
			bigger.buckets[at] = lane;
		}
	}
	bigger.count = lanes->count;
	free(lanes->buckets);
	*lanes = bigger;
}

struct lane *
lane_get(struct manager *manager, struct agent_port *port,
    struct slice next_hop)
{
	struct lanes *lanes = &manager->lanes;
	struct lane *lane;
	size_t at;

	if (lanes->count >= lanes->size)
		grow(lanes);
	at = bucket_of(lanes, port, next_hop);
	for (lane = lanes->buckets[at]; lane; lane = lane->next)
		if (lane->port == port && slice_is(next_hop, lane->next_hop))
			return lane;
	lane = mem_alloc(sizeof *lane);
	lane->port = port;
	lane->next_hop = mem_dup(next_hop);
	/* Our own disk and our own queue take what their workers take. */
	lane->limit = port == &manager->ports[AGENT_REMOTE] ?
	    (unsigned)manager->settings.concurrencyremote : UINT_MAX;
	lane->next = lanes->buckets[at];
	lanes->buckets[at] = lane;
	lanes->count++;
	return lane;
}

/* ---- turns ---- */

static void
give_turn(struct lane *lane)
{
	struct agent_port *port = lane->port;

	if (lane->has_turn || !lane->head || lane->in_flight >= lane->limit)
		return;
	lane->has_turn = true;
	lane->turn_next = NULL;
	if (port->turn_tail)
		port->turn_tail->turn_next = lane;
	else
		port->turn_head = lane;
	port->turn_tail = lane;
}

/* What stood in a lane may have been withdrawn since it got its turn. */
static struct lane *
take_turn(struct agent_port *port)
{
	struct lane *lane;

	while ((lane = port->turn_head)) {
		port->turn_head = lane->turn_next;
		if (!port->turn_head)
			port->turn_tail = NULL;
		lane->has_turn = false;
		if (lane->head)
			break;
	}
	return lane;
}

/* ---- queues ---- */

static void
unlink_waiting(struct delivery *delivery)
{
	struct lane *lane = delivery->lane;

	if (delivery->prev)
		delivery->prev->next = delivery->next;
	else
		lane->head = delivery->next;
	if (delivery->next)
		delivery->next->prev = delivery->prev;
	else
		lane->tail = delivery->prev;
	delivery->prev = delivery->next = NULL;
	lane->waiting--;
}

/* Takes it from wherever it stands. */
static void
take_out(struct manager *manager, struct delivery *delivery)
{
	switch (delivery->state) {
	case DELIVERY_NEW:
		break;
	case DELIVERY_WAITING:
		unlink_waiting(delivery);
		break;
	case DELIVERY_DEFERRED:
		heap_remove(&manager->heap, delivery);
		delivery->lane->deferred--;
		break;
	case DELIVERY_IN_FLIGHT:
		delivery->message->in_flight--;
		delivery->lane->in_flight--;
		give_turn(delivery->lane);
		break;
	}
	delivery->state = DELIVERY_NEW;
}

static void
put_waiting(struct delivery *delivery, struct delivery *before)
{
	struct lane *lane = delivery->lane;

	delivery->state = DELIVERY_WAITING;
	delivery->next = before;
	delivery->prev = before ? before->prev : lane->tail;
	if (delivery->prev)
		delivery->prev->next = delivery;
	else
		lane->head = delivery;
	if (before)
		before->prev = delivery;
	else
		lane->tail = delivery;
	lane->waiting++;
	give_turn(lane);
}

void
lane_queue(struct manager *manager, struct delivery *delivery)
{
	take_out(manager, delivery);
	put_waiting(delivery, NULL);
}

void
lane_queue_first(struct manager *manager, struct delivery *delivery)
{
	take_out(manager, delivery);
	put_waiting(delivery, delivery->lane->head);
}

void
lane_defer(struct manager *manager, struct delivery *delivery, uint64_t due_ms)
{
	take_out(manager, delivery);
	delivery->state = DELIVERY_DEFERRED;
	delivery->due_ms = due_ms;
	delivery->lane->deferred++;
	heap_add(&manager->heap, delivery);
}

void
lane_put_off(struct manager *manager, struct delivery *delivery,
    uint64_t wait_ms)
{
	lane_defer(manager, delivery, clock_mono_ms() + wait_ms);
	delivery->keeps_place = true;
}

struct delivery *
lane_next(struct agent_port *port)
{
	struct lane *lane = take_turn(port);
	struct delivery *delivery;

	if (!lane)
		return NULL;
	delivery = lane->head;
	unlink_waiting(delivery);
	delivery->state = DELIVERY_IN_FLIGHT;
	delivery->message->in_flight++;
	lane->in_flight++;
	give_turn(lane);
	return delivery;
}

/* ---- deliveries ---- */

struct delivery *
lane_new_delivery(struct message *message, struct lane *lane,
    enum delivery_purpose purpose)
{
	struct delivery *delivery = mem_alloc(sizeof *delivery);

	delivery->message = message;
	delivery->lane = lane;
	delivery->state = DELIVERY_NEW;
	delivery->purpose = purpose;
	delivery->sibling = message->deliveries;
	message->deliveries = delivery;
	return delivery;
}

void
lane_add_rcpt(struct delivery *delivery, struct rcpt *rcpt)
{
	if (delivery->count == delivery->cap) {
		delivery->cap = delivery->cap ? delivery->cap * 2 : 1;
		delivery->rcpts = mem_grow(delivery->rcpts, delivery->cap,
		    sizeof *delivery->rcpts);
	}
	rcpt->delivery = delivery;
	delivery->rcpts[delivery->count++] = rcpt;
}

void
lane_free_delivery(struct manager *manager, struct delivery *delivery)
{
	struct delivery **link = &delivery->message->deliveries;

	take_out(manager, delivery);
	while (*link != delivery)
		link = &(*link)->sibling;
	*link = delivery->sibling;
	for (size_t i = 0; i < delivery->count; i++)
		delivery->rcpts[i]->delivery = NULL;
	free(delivery->rcpts);
	free(delivery);
}

void
lane_withdraw(struct manager *manager, struct message *message)
{
	struct delivery *next, *delivery = message->deliveries;

	for (; delivery; delivery = next) {
		next = delivery->sibling;
		if (delivery->state != DELIVERY_IN_FLIGHT)
			lane_free_delivery(manager, delivery);
	}
}

uint64_t
lane_next_due_ms(const struct manager *manager)
{
	return manager->heap.len ? manager->heap.v[0]->due_ms : UINT64_MAX;
}

static bool
needs_route(const struct manager *manager, const struct delivery *delivery)
{
	return delivery->purpose == FOR_RCPTS &&
	    (!delivery->rcpts[0]->lane ||
		delivery->message->generation != manager->config.generation);
}

static void
wake(struct manager *manager, struct delivery *delivery)
{
	if (delivery->keeps_place)
		lane_queue_first(manager, delivery);
	else
		lane_queue(manager, delivery);
	delivery->keeps_place = false;
}

void
lane_wake(struct manager *manager, uint64_t now_ms)
{
	while (manager->heap.len && manager->heap.v[0]->due_ms <= now_ms) {
		struct delivery *delivery = manager->heap.v[0];
		struct message *message = delivery->message;

		if (!needs_route(manager, delivery)) {
			wake(manager, delivery);
			continue;
		}
		lane_free_delivery(manager, delivery);
		reroute(manager, message);
		outcome_settle(manager, message);
	}
}
