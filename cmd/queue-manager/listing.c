/*
 * listing - what waits, and how much of it; see listing.h.
 *
 * Written by a forked child: it has a snapshot of everything, and may take its
 * time with a slow reader while mail goes on.
 */
#include "cmd/queue-manager/listing.h"

#include "cmd/queue-manager/agents.h"
#include "cmd/queue-manager/held.h"
#include "cmd/queue-manager/lane.h"
#include "cmd/queue-manager/manager.h"
#include "cmd/queue-manager/message.h"
#include "cmd/queue-manager/quarantine.h"
#include "cmd/queue-manager/reach.h"
#include "lib/base/log.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

enum { READER_PATIENCE_S = 30 };

/* Nothing but that keeps it. */
static bool
awaits_approval(const struct message *message)
{
	size_t count = 0;

	for (size_t i = 0; i < message->count; i++)
		count += message_awaits(message, message->rcpts[i]);
	return count && count == message->pending;
}

static const char *
state_of(const struct message *message)
{
	bool is_kept = false;

	if (message->is_held)
		return "held";
	if (message->in_flight)
		return "active";
	if (awaits_approval(message))
		return "approval";
	if (message->quarantined && !message->pending)
		return "quarantined";
	for (const struct delivery *d = message->deliveries; d;
	     d = d->sibling) {
		bool is_waiting = d->state == DELIVERY_WAITING;

		is_kept |= is_waiting && held_waits(d->lane);
		if (is_waiting && d->lane->state == LANE_UP &&
		    !held_waits(d->lane))
			return "waiting";
	}
	return is_kept ? "held" : "deferred";
}

static void
put_pending(struct str *to, const struct message *message)
{
	size_t more = 0;
	const struct rcpt *first = NULL;

	for (size_t i = 0; i < message->count; i++) {
		if (message->rcpts[i]->state != RCPT_PENDING)
			continue;
		if (first)
			more++;
		else
			first = message->rcpts[i];
	}
	if (!first)
		first = quarantine_first(message);
	str_addf(to, " to=%s", first ? first->address : "-");
	if (more)
		str_addf(to, " (and %zu more)", more);
	if (!first)
		return;
	str_puts(to, " lane=");
	log_escape(to, slice_of(answer_rcpt_lane(first)));
	if (reach_words(first))
		str_addf(to, " why=\"%s\"", reach_words(first));
}

static void
list_one(struct manager *manager, struct message *message, void *context)
{
	struct answer *answer = context;

	(void)manager;
	if (!answer_matches(answer->request, message))
		return;
	answer->count++;
	str_addf(&answer->out, "%s %s age=", message->id, state_of(message));
	listing_age(&answer->out, message_age_s(message));
	str_addf(&answer->out, " bytes=%llu from=<%s>",
	    (unsigned long long)(message->length - message->head_len),
	    message->sender);
	put_pending(&answer->out, message);
	answer_line(answer);
}

static void
count_workers(const struct agent_port *port, unsigned *workers, unsigned *jobs)
{
	*workers = *jobs = 0;
	for (const struct worker *w = port->workers; w; w = w->next) {
		++*workers;
		*jobs += w->in_flight;
	}
}

struct counts {
	size_t messages, recipients, held, quarantined;
	uint64_t bytes, oldest_s;
};

static void
count_one(struct manager *manager, struct message *message, void *context)
{
	struct counts *counts = context;
	uint64_t age = message_age_s(message);

	(void)manager;
	counts->messages++;
	counts->recipients += message->count;
	counts->bytes += message->length;
	counts->held += !strcmp(state_of(message), "held");
	counts->quarantined += message->quarantined && !message->pending;
	if (age > counts->oldest_s)
		counts->oldest_s = age;
}

static void
stats(struct manager *manager, struct answer *answer)
{
	struct counts counts = {0};

	index_each(manager, count_one, &counts);
	str_addf(&answer->out,
	    "messages %zu\nrecipients %zu\nheld %zu\nquarantined %zu\n"
	    "bytes %llu\noldest %llus\ndeferred %zu\n",
	    counts.messages, counts.recipients, counts.held,
	    counts.quarantined,
	    (unsigned long long)counts.bytes,
	    (unsigned long long)counts.oldest_s, manager->heap.len);
	listing_count_lanes(manager, answer);
	for (size_t i = 0; i < AGENT_COUNT; i++) {
		unsigned workers, jobs;

		count_workers(&manager->ports[i], &workers, &jobs);
		str_addf(&answer->out, "agent %s: %u workers, %u jobs\n",
		    manager->ports[i].name, workers, jobs);
	}
}

static void
tell(struct manager *manager, struct answer *answer)
{
	if (slice_is(str_slice(&answer->request->verb), "stats"))
		stats(manager, answer);
	else if (slice_is(str_slice(&answer->request->by), "lane"))
		listing_lanes(manager, answer);
	else if (slice_is(str_slice(&answer->request->by), "domain"))
		listing_domains(manager, answer);
	else
		index_each(manager, list_one, answer);
	answer_end(answer, NULL);
}

static void
close_message(struct manager *manager, struct message *message, void *context)
{
	(void)manager, (void)context;
	message_close(message);
}

/* A child must not keep messages locked, nor workers believing that their
 * manager lives. */
static void
let_go(struct manager *manager)
{
	index_each(manager, close_message, NULL);
	for (size_t i = 0; i < AGENT_COUNT; i++) {
		const struct agent_port *port = &manager->ports[i];

		if (port->source.fd >= 0)
			close(port->source.fd);
		for (struct worker *w = port->workers; w; w = w->next)
			close(w->source.fd);
	}
	close(manager->admin.source.fd);
	close(manager->approve.source.fd);
	if (manager->release.source.fd >= 0)
		close(manager->release.source.fd);
	sweep_let_go(&manager->spool.sweep);
}

void
listing_tell(struct manager *manager, struct answer *answer)
{
	switch (fork()) {
	case -1:
		answer_end(answer, "queue-manager cannot fork now; try again");
		break;
	case 0:
		(void)fcntl(answer->fd, F_SETFL, 0); /* it may wait */
		local_patience(answer->fd, READER_PATIENCE_S);
		let_go(manager);
		tell(manager, answer);
		_exit(0);
	default:
		break;
	}
}
