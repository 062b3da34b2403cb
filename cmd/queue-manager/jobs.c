/*
 * jobs - deliveries to workers; see jobs.h and lib/mail/job.h.
 *
 * A job takes the message's descriptor along, and with it the lock that says,
 * over a restart too, that somebody is at it.
 */
#include "cmd/queue-manager/jobs.h"

#include "cmd/queue-manager/agents.h"
#include "cmd/queue-manager/bind.h"
#include "cmd/queue-manager/fill.h"
#include "cmd/queue-manager/lane.h"
#include "cmd/queue-manager/lock.h"
#include "cmd/queue-manager/manager.h"
#include "cmd/queue-manager/message.h"
#include "cmd/queue-manager/notice.h"
#include "cmd/queue-manager/outcome.h"
#include "cmd/queue-manager/quarantine.h"
#include "cmd/queue-manager/reroute.h"
#include "cmd/queue-manager/turn.h"
#include "cmd/queue-manager/warnheld.h"
#include "lib/base/clock.h"

#include <errno.h>
#include <string.h>

enum {
	NO_ROOM_WAIT_MS = 200,
	ROUTING_WAIT_MS = 50,
	TOGETHER = 32,
	DRAIN_MS = 10 * 1000
};

static int
send_job(struct manager *manager, struct worker *worker,
    struct delivery *delivery)
{
	struct str packet = {0};
	struct job job = {0};
	unsigned slot = 0;
	int result;

	while (worker->jobs[slot])
		slot++;
	fill_job(manager, &job, delivery, slot + 1);
	delivery->asked = job.rcpts.len;
	record_encode(&packet, job_fields, &job);
	result = packet_send(worker->source.fd, str_slice(&packet),
	    delivery->message->fd);
	if (result == 0) {
		worker->jobs[slot] = delivery;
		worker->in_flight++;
		worker->asked += delivery->asked;
	}
	record_free(job_fields, &job);
	str_free(&packet);
	return result;
}

/* Is a the better one to be given a job?  Copies that meet in one worker are
 * made durable together; more than a few would only wait for each other. */
static bool
is_better(const struct worker *a, const struct worker *b)
{
	bool a_gathers = a->asked < TOGETHER;
	bool b_gathers = b->asked < TOGETHER;

	if (a_gathers != b_gathers)
		return a_gathers;
	return a_gathers ? a->asked > b->asked : a->asked < b->asked;
}

static bool
is_draining(const struct worker *worker)
{
	return worker->drains_until_ms &&
	    worker->drains_until_ms > clock_mono_ms();
}

static bool
has_room(const struct worker *worker, bool must_be_idle)
{
	if (worker->is_alone || worker->is_ending || worker->is_full ||
	    worker->in_flight >= worker->window)
		return false;
	return must_be_idle ? !worker->in_flight : !is_draining(worker);
}

/* An idle one for a message that killed others, and nothing beside it. */
static struct worker *
choose(const struct agent_port *port, bool must_be_idle)
{
	struct worker *best = NULL;

	for (struct worker *w = port->workers; w; w = w->next)
		if (has_room(w, must_be_idle) && (!best || is_better(w, best)))
			best = w;
	return best;
}

/* Workers are never idle while much mail flows: one gets no more until it is,
 * or a message that killed others would wait for ever. */
static void
drain_one(const struct agent_port *port)
{
	struct worker *least = NULL;

	for (struct worker *w = port->workers; w; w = w->next) {
		if (is_draining(w))
			return;
		if (has_room(w, false) &&
		    (!least || w->in_flight < least->in_flight))
			least = w;
	}
	if (least)
		least->drains_until_ms = clock_mono_ms() + DRAIN_MS;
}

/* It could not be sent, says errno.  What a worker cannot take another can,
 * at once. */
static void
put_back(struct manager *manager, struct worker *worker,
    struct delivery *delivery)
{
	if (errno == EPIPE) {
		/* it reports what it has; see lib/mail/job.h */
		worker->is_ending = true;
		bind_release(worker);
		lane_queue_first(manager, delivery);
	} else if (errno == EAGAIN && worker->in_flight) {
		/* its socket's buffer may hold less than its window; it takes
		 * all that is there when it reports what it works at */
		worker->is_full = true;
		lane_queue_first(manager, delivery);
	} else {
		if (errno != EAGAIN && errno != ETOOMANYREFS)
			agents_lose(manager, worker, strerror(errno));
		lane_put_off(manager, delivery, NO_ROOM_WAIT_MS);
	}
}

/* What was to be told of when it was gathered may be over by now. */
static bool
is_no_news(const struct manager *manager, const struct delivery *delivery)
{
	const struct message *message = delivery->message;

	switch (delivery->purpose) {
	case FOR_WARNING:
		return !message_is_awaited(message);
	case FOR_DIGEST:
		return !quarantine_is_news(message);
	case FOR_WARNHELD:
		return !warnheld_is_news(manager, message);
	case FOR_NOTICE_WRITER:
	case FOR_NOTICE_POSTMASTER:
		return !notice_is_news(message);
	case FOR_RCPTS:
	case FOR_REPORT:
		break;
	}
	return false;
}

void
jobs_hand_out(struct manager *manager, struct worker *worker,
    struct delivery *delivery)
{
	struct message *message = delivery->message;

	if (message->is_held) {
		lane_free_delivery(manager, delivery);
		return;
	}
	if (reroute_stale(manager, delivery))
		return;
	if (is_no_news(manager, delivery)) {
		lane_free_delivery(manager, delivery);
		outcome_settle(manager, message);
		return;
	}
	if (message->is_routing) {
		/* late.c may have heard that it is done */
		lane_put_off(manager, delivery, ROUTING_WAIT_MS);
		return;
	}
	if (lock_message(manager, delivery) < 0)
		return;
	if (send_job(manager, worker, delivery) == 0) {
		worker->is_alone = message->deaths > 0;
		worker->drains_until_ms = 0;
		return;
	}
	put_back(manager, worker, delivery);
	message_close_idle(message);
}

/* As many as have room now; what was put off comes round next turn. */
static void
serve(struct manager *manager, struct agent_port *port)
{
	struct delivery *delivery;

	while (choose(port, false) && (delivery = turn_next(port))) {
		bool is_suspect = delivery->message->deaths > 0;
		struct worker *worker = choose(port, is_suspect);

		if (worker) {
			jobs_hand_out(manager, worker, delivery);
		} else {
			drain_one(port);
			lane_put_off(manager, delivery, NO_ROOM_WAIT_MS);
		}
		if (manager->turn_at_once)
			break;
	}
}

void
jobs_dispatch(struct manager *manager)
{
	manager->turn_at_once = false;
	for (size_t i = 0; i < AGENT_COUNT; i++) {
		struct agent_port *port = &manager->ports[i];

		if (port->is_remote)
			bind_dispatch(manager, port);
		else
			serve(manager, port);
	}
}
