/*
 * lanes - which lanes there are; see lanes.h.
 *
 * A lane is made when something is to go there, and freed when nobody holds
 * it any more: not at once, because whoever lets go of it may still look at
 * it in this turn.
 */
#include "cmd/queue-manager/lanes.h"

#include "cmd/queue-manager/agents.h"
#include "cmd/queue-manager/held.h"
#include "cmd/queue-manager/lane.h"
#include "cmd/queue-manager/manager.h"
#include "cmd/queue-manager/message.h"
#include "cmd/queue-manager/reach.h"

#include <stdlib.h>

static size_t
bucket_of(const struct lanes *lanes, const struct agent_port *port,
    struct slice next_hop)
{
	return slice_hash(next_hop, (uintptr_t)port) & (lanes->size - 1);
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

static struct lane *
add(struct manager *manager, struct agent_port *port, struct slice next_hop)
{
	struct lanes *lanes = &manager->lanes;
	struct lane *lane = mem_alloc(sizeof *lane);
	size_t at;

	if (lanes->count >= lanes->size)
		grow(lanes);
	at = bucket_of(lanes, port, next_hop);
	lane->port = port;
	lane->next_hop = mem_dup(next_hop);
	held_begin(lane);
	lane->next = lanes->buckets[at];
	lanes->buckets[at] = lane;
	lanes->count++;
	reach_begin(manager, lane);
	return lane;
}

struct lane *
lanes_find(const struct manager *manager, const struct agent_port *port,
    struct slice next_hop)
{
	const struct lanes *lanes = &manager->lanes;
	struct lane *lane = NULL;

	if (lanes->size)
		lane = lanes->buckets[bucket_of(lanes, port, next_hop)];
	while (lane &&
	    (lane->port != port || !slice_is(next_hop, lane->next_hop)))
		lane = lane->next;
	return lane;
}

struct lane *
lanes_get(struct manager *manager, struct agent_port *port,
    struct slice next_hop)
{
	struct lane *lane = lanes_find(manager, port, next_hop);

	return lane ? lane : add(manager, port, next_hop);
}

struct lane *
lanes_home(struct manager *manager, const struct rcpt *rcpt)
{
	enum agent_number agent = rcpt->sort != SORT_NONE &&
	    !rcpt->is_sorted ? AGENT_SHARE : AGENT_LOCAL;

	return lanes_get(manager, &manager->ports[agent], slice_of(""));
}

bool
lanes_is_sorting(const struct manager *manager, const struct lane *lane)
{
	return lane->port == &manager->ports[AGENT_SHARE];
}

/* ---- holders ---- */

void
lanes_hold(struct lane *lane)
{
	lane->users++;
}

void
lanes_release(struct lane *lane)
{
	struct agent_port *port = lane->port;

	if (--lane->users || lane->is_unused || !port->is_remote)
		return;
	lane->is_unused = true;
	lane->unused_next = port->unused;
	port->unused = lane;
}

void
lanes_assign(struct rcpt *rcpt, struct lane *lane)
{
	if (lane)
		lanes_hold(lane);
	if (rcpt->lane)
		lanes_release(rcpt->lane);
	rcpt->lane = lane;
}

/* ---- the end ---- */

static void
destroy(struct manager *manager, struct lane *lane)
{
	struct lanes *lanes = &manager->lanes;
	struct lane **link = &lanes->buckets[bucket_of(lanes, lane->port,
	    slice_of(lane->next_hop))];

	while (*link != lane)
		link = &(*link)->next;
	*link = lane->next;
	lanes->count--;
	held_free(lane);
	free(lane->next_hop);
	free(lane->words);
	free(lane->told);
	free(lane);
}

/* That a host is down is remembered until it would be tried again; that it
 * refuses us, until somebody says otherwise. */
static bool
is_remembered(const struct lane *lane)
{
	return lane->has_turn || lane->is_timed ||
	    lane->state == LANE_PAUSED || lane->senders_refused;
}

static void
bury(struct manager *manager, struct agent_port *port)
{
	struct lane *next, *lane = port->unused;

	port->unused = NULL;
	for (; lane; lane = next) {
		next = lane->unused_next;
		lane->is_unused = false;
		if (lane->users)
			continue;
		if (!is_remembered(lane)) {
			destroy(manager, lane);
			continue;
		}
		/* looked at again when a turn ends */
		lane->is_unused = true;
		lane->unused_next = port->unused;
		port->unused = lane;
	}
}

void
lanes_bury(struct manager *manager)
{
	for (size_t i = 0; i < AGENT_COUNT; i++)
		bury(manager, &manager->ports[i]);
}
