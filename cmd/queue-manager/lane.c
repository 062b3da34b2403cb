/*
 * lane - deliveries in lanes; see lane.h.
 *
 * A lane is (agent, next hop).  What may go now waits in its queue; what must
 * wait for its time is in one heap for all lanes.
 */
#include "cmd/queue-manager/lane.h"

#include "cmd/queue-manager/agents.h"
#include "cmd/queue-manager/heap.h"
#include "cmd/queue-manager/held.h"
#include "cmd/queue-manager/lanes.h"
#include "cmd/queue-manager/manager.h"
#include "cmd/queue-manager/message.h"
#include "cmd/queue-manager/outcome.h"
#include "cmd/queue-manager/reach.h"
#include "cmd/queue-manager/reroute.h"
#include "cmd/queue-manager/turn.h"
#include "lib/base/clock.h"

#include <stdlib.h>

/* ---- queues ---- */

static void
unlink_waiting(struct delivery *delivery)
{
	struct lane *lane = delivery->lane;

	held_leaves(delivery);
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
	struct lane *lane = delivery->lane;

	switch (delivery->state) {
	case DELIVERY_NEW:
		break;
	case DELIVERY_WAITING:
		unlink_waiting(delivery);
		break;
	case DELIVERY_DEFERRED:
		heap_remove(&manager->heap, &delivery->timed);
		lane->deferred--;
		break;
	case DELIVERY_IN_FLIGHT:
		delivery->message->in_flight--;
		lane->in_flight--;
		lane->port->lines[delivery->line].in_flight--;
		reach_returns(manager, lane, delivery);
		turn_give(lane);
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
	held_placed(delivery);
	turn_give(lane);
}

void
lane_queue(struct manager *manager, struct delivery *delivery)
{
	take_out(manager, delivery);
	put_waiting(delivery, held_place(delivery));
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
	delivery->timed.due_ms = due_ms;
	delivery->lane->deferred++;
	heap_add(&manager->heap, &delivery->timed);
}

void
lane_put_off(struct manager *manager, struct delivery *delivery,
    uint64_t wait_ms)
{
	lane_defer(manager, delivery, clock_mono_ms() + wait_ms);
	delivery->keeps_place = true;
}

struct delivery *
lane_take(struct lane *lane)
{
	struct delivery *delivery = lane->head;

	unlink_waiting(delivery);
	delivery->was_tried = false;
	delivery->state = DELIVERY_IN_FLIGHT;
	delivery->line = reach_line(lane);
	delivery->message->in_flight++;
	lane->in_flight++;
	lane->port->lines[delivery->line].in_flight++;
	reach_departs(lane, delivery);
	turn_give(lane);
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
	lanes_hold(lane);
	delivery->state = DELIVERY_NEW;
	delivery->purpose = purpose;
	delivery->sibling = message->deliveries;
	message->deliveries = delivery;
	return delivery;
}

void
lane_add_rcpt(struct delivery *delivery, struct rcpt *rcpt)
{
	delivery->rcpts = mem_room(delivery->rcpts, delivery->count,
	    &delivery->cap, sizeof *delivery->rcpts);
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
	lanes_release(delivery->lane);
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

static uint64_t
first_due_ms(const struct heap *heap)
{
	return heap->len ? heap->v[0]->due_ms : UINT64_MAX;
}

uint64_t
lane_next_due_ms(const struct manager *manager)
{
	uint64_t delivery_ms = first_due_ms(&manager->heap);
	uint64_t probe_ms = first_due_ms(&manager->probes);

	return delivery_ms < probe_ms ? delivery_ms : probe_ms;
}

bool
lane_needs_route(const struct manager *manager, const struct delivery *delivery)
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
	reach_wake(manager, now_ms);
	while (manager->heap.len && manager->heap.v[0]->due_ms <= now_ms) {
		struct delivery *delivery =
		    (struct delivery *)manager->heap.v[0];
		struct message *message = delivery->message;

		if (!lane_needs_route(manager, delivery)) {
			wake(manager, delivery);
			continue;
		}
		lane_free_delivery(manager, delivery);
		reroute(manager, message);
		outcome_settle(manager, message);
	}
}
