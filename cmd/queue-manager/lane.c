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
#include <string.h>

/* ---- the heap of those whose time has not come ---- */

static void
heap_put(struct heap *heap, size_t at, struct delivery *delivery)
{
	heap->v[at] = delivery;
	delivery->heap_at = at;
}

static void
heap_up(struct heap *heap, size_t at, struct delivery *delivery)
{
	while (at && heap->v[(at - 1) / 2]->due_ms > delivery->due_ms) {
		heap_put(heap, at, heap->v[(at - 1) / 2]);
		at = (at - 1) / 2;
	}
	heap_put(heap, at, delivery);
}

static void
heap_down(struct heap *heap, size_t at, struct delivery *delivery)
{
	for (;;) {
		size_t child = 2 * at + 1;

		if (child + 1 < heap->len &&
		    heap->v[child + 1]->due_ms < heap->v[child]->due_ms)
			child++;
		if (child >= heap->len ||
		    heap->v[child]->due_ms >= delivery->due_ms)
			break;
		heap_put(heap, at, heap->v[child]);
		at = child;
	}
	heap_put(heap, at, delivery);
}

static void
heap_add(struct heap *heap, struct delivery *delivery)
{
	if (heap->len == heap->cap) {
		heap->cap = heap->cap ? heap->cap * 2 : 64;
		heap->v = mem_grow(heap->v, heap->cap, sizeof *heap->v);
	}
	heap_up(heap, heap->len++, delivery);
}

static void
heap_remove(struct heap *heap, struct delivery *delivery)
{
	size_t at = delivery->heap_at;
	struct delivery *last = heap->v[--heap->len];

	if (last == delivery)
		return;
	if (at && heap->v[(at - 1) / 2]->due_ms > last->due_ms)
		heap_up(heap, at, last);
	else
		heap_down(heap, at, last);
}

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

/* In no queue yet: lane_queue or lane_defer follows. */
static struct delivery *
make(struct message *message, struct lane *lane, enum delivery_purpose purpose)
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

static void
add_rcpt(struct delivery *delivery, struct rcpt *rcpt)
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

/* What must be done before the rest may begin. */
static uint8_t
current_stage(const struct message *message)
{
	uint8_t stage = UINT8_MAX;

	for (size_t i = 0; i < message->count; i++)
		if (message->rcpts[i]->state == RCPT_PENDING &&
		    message->rcpts[i]->stage < stage)
			stage = message->rcpts[i]->stage;
	return stage;
}

/* A recipient without a lane (its routing failed for now) sleeps in the
 * lane of local delivery; lane_wake has it routed again. */
static struct lane *
lane_of(struct manager *manager, const struct rcpt *rcpt)
{
	return rcpt->lane ? rcpt->lane :
	    lane_get(manager, &manager->ports[AGENT_LOCAL], slice_of(""));
}

static void
end_gathering(struct manager *manager, struct lane *lane)
{
	struct delivery *delivery = lane->gathering;

	lane->gathering = NULL;
	if (!delivery)
		return;
	if (delivery->due_ms > clock_mono_ms() || !delivery->rcpts[0]->lane)
		lane_defer(manager, delivery, delivery->due_ms);
	else
		lane_queue(manager, delivery);
}

/* Wall clock on disk, monotonic clock in memory.  A time that was noted while
 * the clock was wrong costs no more than the longest wait. */
static uint64_t
due_ms(const struct manager *manager, uint64_t next_us)
{
	uint64_t now_us = next_us ? clock_wall_us() : 0;
	uint64_t most_us = manager->settings.maxprobe_s * 1000000 / 8 * 9;
	uint64_t wait_us = next_us > now_us ? next_us - now_us : 0;

	return clock_mono_ms() + (wait_us < most_us ? wait_us : most_us) / 1000;
}

static void
gather_one(struct manager *manager, struct message *message, struct rcpt *rcpt)
{
	struct lane *lane = lane_of(manager, rcpt);
	struct delivery *open = lane->gathering;

	if (open && (open->count == JOB_RCPTS_MAX ||
			open->rcpts[0]->next_us != rcpt->next_us ||
			!open->rcpts[0]->lane != !rcpt->lane))
		end_gathering(manager, lane);
	if (!lane->gathering) {
		lane->gathering = make(message, lane, FOR_RCPTS);
		lane->gathering->due_ms = due_ms(manager, rcpt->next_us);
	}
	add_rcpt(lane->gathering, rcpt);
}

void
lane_gather(struct manager *manager, struct message *message)
{
	uint8_t stage = current_stage(message);

	if (message->is_held)
		return;
	for (size_t i = 0; i < message->count; i++) {
		struct rcpt *rcpt = message->rcpts[i];

		if (rcpt->state == RCPT_PENDING && rcpt->stage == stage &&
		    !rcpt->delivery)
			gather_one(manager, message, rcpt);
	}
	for (size_t i = 0; i < message->count; i++)
		end_gathering(manager, lane_of(manager, message->rcpts[i]));
}

void
lane_add_report(struct manager *manager, struct message *message,
    enum delivery_purpose purpose)
{
	struct lane *lane =
	    lane_get(manager, &manager->ports[AGENT_BOUNCE], slice_of(""));
	struct delivery *delivery = make(message, lane, purpose);

	for (size_t i = 0; purpose == FOR_REPORT && i < message->count; i++) {
		struct rcpt *rcpt = message->rcpts[i];

		if (delivery->count < REPORT_RCPTS_MAX &&
		    (rcpt->state == RCPT_FAILED ||
			rcpt->state == RCPT_DONE_UNTOLD))
			add_rcpt(delivery, rcpt);
	}
	lane_queue(manager, delivery);
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
		admit_route(manager, message);
		outcome_settle(manager, message);
	}
}
