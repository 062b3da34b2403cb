/* lane_fixture - a queue-manager that has lanes and messages, and nothing
 * else: no tables, no queue, no workers. */
#ifndef TESTS_UNIT_LANE_FIXTURE_H
#define TESTS_UNIT_LANE_FIXTURE_H

#include "cmd/queue-manager/agents.h"
#include "cmd/queue-manager/bind.h"
#include "cmd/queue-manager/gather.h"
#include "cmd/queue-manager/lane.h"
#include "cmd/queue-manager/lanes.h"
#include "cmd/queue-manager/manager.h"
#include "cmd/queue-manager/message.h"
#include "cmd/queue-manager/outcome.h"
#include "cmd/queue-manager/reach.h"
#include "cmd/queue-manager/reroute.h"
#include "tests/unit/unit.h"

static struct manager manager;

static inline void
lanes_set_up(uint64_t concurrency)
{
	manager.settings.concurrencyremote = concurrency;
	manager.settings.maxprobe_s = 800;
	manager.config.generation = 1;
	for (size_t i = 0; i < AGENT_COUNT; i++)
		manager.ports[i].source.fd = -1;
	manager.ports[AGENT_REMOTE].is_remote = true;
}

/* A message without recipients; its id is made of the number. */
static inline struct message *
make_message(int number)
{
	struct spool_letter letter = {.fd = -1};
	struct message *message;

	str_addf(&letter.envelope.id, "6qw5c1zj3k%05d", number);
	str_puts(&letter.envelope.sender, "a@b.test");
	message = message_make(&letter, 0);
	message->generation = 1;
	envelope_free(&letter.envelope);
	index_add(&manager.index, message);
	return message;
}

static inline struct rcpt *
add_rcpt(struct message *message, const char *address, const char *hop)
{
	struct rcpt *rcpt = message_add_rcpt(message, slice_of(address));

	lanes_assign(rcpt, lanes_get(&manager,
	    &manager.ports[*hop ? AGENT_REMOTE : AGENT_LOCAL],
	    slice_of(hop)));
	return rcpt;
}

/* One message to one recipient in one lane, waiting. */
static inline struct message *
add_to(int number, const char *hop)
{
	struct message *message = make_message(number);

	add_rcpt(message, "x@y.test", hop);
	gather_rcpts(&manager, message);
	return message;
}

/* ---- in place of the rest ---- */

void
outcome_settle(struct manager *m, struct message *message)
{
	(void)m, (void)message;
}

#endif
