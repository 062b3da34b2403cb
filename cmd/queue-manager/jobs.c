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
#include "cmd/queue-manager/manager.h"
#include "cmd/queue-manager/message.h"
#include "cmd/queue-manager/notice.h"
#include "cmd/queue-manager/outcome.h"
#include "cmd/queue-manager/quarantine.h"
#include "cmd/queue-manager/reroute.h"
#include "cmd/queue-manager/turn.h"
#include "cmd/queue-manager/warnheld.h"
#include "lib/base/clock.h"
#include "lib/base/log.h"

#include <errno.h>
#include <string.h>

enum {
	NO_ROOM_WAIT_MS = 200,
	ROUTING_WAIT_MS = 50,
	TOGETHER = 32,
	LOCKED_WAIT_MIN_MS = 10,
	LOCKED_WAIT_MAX_MS = 1000,
	UNOPENED_WAIT_MS = 10 * 1000,
	DRAIN_MS = 10 * 1000,
	/* Workers of an earlier manager report within 60 s of their end, and
	 * most end by then; who goes on is known by its lock. */
	EARLIER_WORKERS_MS = 120 * 1000
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

/* Locked: by a worker that was lost, or has lost its manager; this one lets go
 * when it has reported.  Gone: somebody removed it. */
static void
cannot_lock(struct manager *manager, struct delivery *delivery)
{
	struct message *message = delivery->message;
	uint64_t wait_ms = UNOPENED_WAIT_MS;

	message->was_unlocked = false;
	if (errno == EWOULDBLOCK) {
		wait_ms = (uint64_t)LOCKED_WAIT_MIN_MS << message->lock_tries;
		if (wait_ms < LOCKED_WAIT_MAX_MS)
			message->lock_tries++;
		else
			wait_ms = LOCKED_WAIT_MAX_MS;
	} else {
		log_event("alarm", "id", message->id, "why",
		    "cannot open it", "error", strerror(errno), NULL);
	}
	if (errno != ENOENT) {
		lane_put_off(manager, delivery, wait_ms);
		return;
	}
	(void)spool_finish(&manager->spool, message->id, message->has_note);
	message_forget(manager, message);
}

/* The worker of an earlier manager may have let go of it a moment ago: its
 * report is on the way, and is heard before the next turn. */
static bool
may_be_reported(const struct manager *manager, const struct message *message)
{
	return !message->is_first && (message->lock_tries ||
	    clock_mono_ms() < manager->start_ms + EARLIER_WORKERS_MS);
}

/* Opens and locks the message.  0; or -1: it was put off or is gone. */
static int
lock(struct manager *manager, struct delivery *delivery)
{
	struct message *message = delivery->message;

	if (message->is_locked)
		return 0;
	message->fd = spool_lock(&manager->spool, message->id, message->fd);
	if (message->fd < 0) {
		cannot_lock(manager, delivery);
		return -1;
	}
	if (!message->was_unlocked && may_be_reported(manager, message)) {
		message->was_unlocked = true;
		message_close(message);
		lane_queue_first(manager, delivery);
		manager->turn_at_once = true;
		return -1;
	}
	message->is_locked = true;
	message->was_lost = false;
	message->lock_tries = 0;
	return 0;
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
	if (lock(manager, delivery) < 0)
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
