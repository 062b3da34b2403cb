/*
 * agents - jobs out, results in; see manager.h and lib/mail/job.h.
 *
 * Workers are believed as little as anyone: a packet that is not of the
 * declared form, or a result for a job that was not handed out, ends that
 * conversation and counts as the worker's death.
 */
#include "cmd/queue-manager/manager.h"

#include "lib/base/clock.h"
#include "lib/base/log.h"

#include <errno.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
	NO_ROOM_WAIT_MS = 200,
	TOGETHER = 4,
	LOCKED_WAIT_MIN_MS = 10,
	LOCKED_WAIT_MAX_MS = 1000,
	UNOPENED_WAIT_MS = 10 * 1000,
	DRAIN_MS = 10 * 1000,
	/* Workers of an earlier manager report within 60 s, or not at all. */
	EARLIER_WORKERS_MS = 120 * 1000
};

static const struct agent_row {
	const char *name;
	const char *user;   /* without the users prefix */
	const char *socket; /* NULL: no program serves it yet; its mail waits */
} agents[AGENT_COUNT] = {
    [AGENT_LOCAL] = {"local", "mail", "run/agent-local/s"},
    [AGENT_REMOTE] = {"remote", NULL, NULL},
    [AGENT_BOUNCE] = {"bounce", "queue", "run/agent-bounce/s"},
};

/* ---- workers come and go ---- */

static void
lose_jobs(struct manager *manager, struct worker *worker)
{
	manager->deaths++;
	for (unsigned i = 0; i < worker->window; i++) {
		struct delivery *delivery = worker->jobs[i];

		worker->jobs[i] = NULL;
		if (delivery)
			outcome_worker_died(manager, delivery);
	}
}

static void
bury(struct manager *manager, struct worker *worker, const char *why)
{
	struct worker **link = &worker->port->workers;

	log_event(worker->in_flight ? "alarm" : "worker", "by",
	    worker->port->name, "why", why, "count",
	    log_number(worker->in_flight).s, NULL);
	while (*link != worker)
		link = &(*link)->next;
	*link = worker->next;
	loop_unwatch(manager, &worker->source);
	lose_jobs(manager, worker);
	/* Events of this turn may still point here. */
	worker->next = manager->dead;
	manager->dead = worker;
}

void
agents_bury(struct manager *manager)
{
	while (manager->dead) {
		struct worker *worker = manager->dead;

		manager->dead = worker->next;
		free(worker->jobs);
		free(worker);
	}
}

/* ---- results ---- */

static bool
take_hello(struct worker *worker, struct slice packet)
{
	struct job_hello hello = {0};

	if (record_decode(&packet, job_hello_fields, &hello) < 0 ||
	    packet.len || !hello.window || hello.window > JOB_WINDOW_MAX)
		return false;
	worker->window = (unsigned)hello.window;
	worker->jobs = mem_alloc(worker->window * sizeof *worker->jobs);
	return true;
}

static bool
take_result(struct manager *manager, struct worker *worker,
    const struct job_result *result)
{
	struct delivery *delivery;

	if (result->number == 0) {
		/* A report that is asked for again is not written twice. */
		if (worker->port != &manager->ports[AGENT_BOUNCE])
			outcome_late(manager, worker->port, result);
		return true;
	}
	if (result->number > worker->window)
		return false;
	delivery = worker->jobs[result->number - 1];
	if (!delivery ||
	    !slice_is(str_slice(&result->id), delivery->message->id) ||
	    result->verdicts.len != delivery->asked)
		return false;
	worker->jobs[result->number - 1] = NULL;
	worker->in_flight--;
	worker->is_alone = false;
	worker->is_full = false;
	outcome_results(manager, delivery, result);
	return true;
}

static bool
take_packet(struct manager *manager, struct worker *worker,
    struct slice packet)
{
	struct job_result result = {0};
	bool good = packet.len > 0;

	if (!worker->window)
		return take_hello(worker, packet);
	while (good && packet.len)
		good = record_decode(&packet, job_result_fields, &result) ==
			0 &&
		    take_result(manager, worker, &result);
	record_free(job_result_fields, &result);
	return good;
}

/* One packet.  False: there is none now, or the worker is gone. */
static bool
hear(struct manager *manager, struct worker *worker)
{
	ssize_t n = packet_receive(worker->source.fd, manager->packet,
	    PACKET_MAX, MSG_DONTWAIT, NULL);

	if (n < 0 && errno == EAGAIN)
		return false;
	if (n <= 0) {
		bury(manager, worker, "gone");
		return false;
	}
	if (take_packet(manager, worker,
		slice_make(manager->packet, (size_t)n)))
		return true;
	bury(manager, worker, "does not keep to the protocol");
	return false;
}

static void
worker_ready(struct manager *manager, struct source *source)
{
	(void)hear(manager, (struct worker *)source);
}

static bool
is_welcome(const struct agent_port *port, int fd)
{
	uid_t uid;

	return peer_uid(fd, &uid) == 0 && (uid == port->uid || uid == 0);
}

static void
welcome(struct manager *manager, struct agent_port *port, int fd)
{
	struct worker *worker = mem_alloc(sizeof *worker);

	worker->source = (struct source){fd, worker_ready};
	worker->port = port;
	worker->next = port->workers;
	port->workers = worker;
	if (loop_watch(manager, &worker->source) < 0) {
		bury(manager, worker, strerror(errno));
		return;
	}
	/* What it did for an earlier manager comes first: all of it is heard
	 * before any job is handed out. */
	while (hear(manager, worker))
		;
}

static void
port_ready(struct manager *manager, struct source *source)
{
	struct agent_port *port = (struct agent_port *)source;
	int fd;

	while ((fd = accept4(source->fd, NULL, NULL,
		    SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0) {
		if (is_welcome(port, fd)) {
			welcome(manager, port, fd);
			continue;
		}
		log_event("alarm", "by", port->name, "why",
		    "a stranger called on its socket", NULL);
		close(fd);
	}
}

static int
find_uid(const struct agent_row *row, const char *prefix, uid_t *uid)
{
	struct str name = {0};
	struct passwd *user;

	*uid = geteuid();
	if (!prefix)
		return 0;
	str_addf(&name, "%s%s", prefix, row->user);
	user = getpwnam(str_c(&name));
	str_free(&name);
	if (!user) {
		errno = ENOENT;
		return -1;
	}
	*uid = user->pw_uid;
	return 0;
}

static int
open_port(struct manager *manager, size_t number, const char *prefix)
{
	struct agent_port *port = &manager->ports[number];
	const struct agent_row *row = &agents[number];

	port->name = row->name;
	port->source = (struct source){-1, port_ready};
	if (!row->socket)
		return 0;
	if (find_uid(row, prefix, &port->uid) < 0)
		return -1;
	port->source.fd = local_listen(row->socket);
	if (port->source.fd < 0)
		return -1;
	return loop_watch(manager, &port->source);
}

int
agents_listen(struct manager *manager, const char *prefix)
{
	for (size_t i = 0; i < AGENT_COUNT; i++)
		if (open_port(manager, i, prefix) < 0)
			return -1;
	return 0;
}

/* ---- jobs ---- */

static const char *
action_of(const struct delivery *delivery, const struct rcpt *rcpt)
{
	if (delivery->purpose == FOR_WARNING)
		return "delayed";
	return rcpt->state == RCPT_FAILED ? "failed" : "delivered";
}

static void
put_report(struct job *job, const struct delivery *delivery,
    const struct rcpt *rcpt, const struct envelope *envelope)
{
	struct str row = {0};

	str_puts(&row, action_of(delivery, rcpt));
	str_putc(&row, '\t');
	if (rcpt->origin < envelope->rcpt_count)
		str_add_slice(&row,
		    str_slice(&envelope->rcpts[rcpt->origin].orcpt));
	str_putc(&row, '\t');
	str_puts(&row, rcpt->words ? rcpt->words : "- - - -");
	if (row.len > JOB_REPORT_MAX)
		row.len = JOB_REPORT_MAX;
	strs_add(&job->rcpts, slice_of(rcpt->address));
	strs_add(&job->reports, str_slice(&row));
	str_free(&row);
}

/* A report says more of the message than the index knows. */
static void
put_reports(struct job *job, const struct delivery *delivery)
{
	const struct message *message = delivery->message;
	struct envelope envelope = {0};
	size_t head_len;

	if (envelope_read(message->fd, &envelope, &head_len) == ENVELOPE_OK) {
		str_set_slice(&job->ret, str_slice(&envelope.ret));
		str_set_slice(&job->envid, str_slice(&envelope.envid));
	}
	for (size_t i = 0; i < delivery->count; i++)
		put_report(job, delivery, delivery->rcpts[i], &envelope);
	for (size_t i = 0; delivery->purpose == FOR_WARNING &&
	     i < message->count && job->rcpts.len < REPORT_RCPTS_MAX; i++)
		if (message->rcpts[i]->state == RCPT_PENDING &&
		    message->rcpts[i]->notify & NOTIFY_DELAY)
			put_report(job, delivery, message->rcpts[i], &envelope);
	envelope_free(&envelope);
}

static void
fill_job(struct job *job, const struct delivery *delivery, uint64_t number)
{
	const struct message *message = delivery->message;

	job->number = number;
	str_puts(&job->id, message->id);
	job->arrived_us = message->arrived_us;
	job->head_len = message->head_len;
	job->length = message->length;
	job->first = message->is_first;
	job->smtputf8 = message->is_smtputf8;
	str_puts(&job->lane, delivery->lane->next_hop);
	str_puts(&job->sender, message->sender);
	if (delivery->purpose != FOR_RCPTS) {
		put_reports(job, delivery);
		return;
	}
	for (size_t i = 0; i < delivery->count; i++)
		strs_add(&job->rcpts, slice_of(delivery->rcpts[i]->address));
}

static int
send_job(struct worker *worker, struct delivery *delivery)
{
	struct str packet = {0};
	struct job job = {0};
	unsigned slot = 0;
	int result;

	while (worker->jobs[slot])
		slot++;
	fill_job(&job, delivery, slot + 1);
	delivery->asked = job.rcpts.len;
	record_encode(&packet, job_fields, &job);
	result = packet_send(worker->source.fd, str_slice(&packet),
	    delivery->message->fd);
	if (result == 0) {
		worker->jobs[slot] = delivery;
		worker->in_flight++;
	}
	record_free(job_fields, &job);
	str_free(&packet);
	return result;
}

/* Is a the better one to be given a job?  Jobs that meet in one worker are
 * made durable together; more than a few would only wait for each other. */
static bool
is_better(const struct worker *a, const struct worker *b)
{
	bool a_gathers = a->in_flight < TOGETHER;
	bool b_gathers = b->in_flight < TOGETHER;

	if (a_gathers != b_gathers)
		return a_gathers;
	return a_gathers ? a->in_flight > b->in_flight
	                 : a->in_flight < b->in_flight;
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

/* Locked: the worker that reported lets go a moment later; one that lost its
 * manager, when it has reported.  Gone: somebody removed it. */
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
	/* The worker of an earlier manager may have let go of it a moment
	 * ago: its report is on the way, and is heard before the next turn. */
	if (!message->is_first && !message->was_unlocked &&
	    clock_mono_ms() < manager->start_ms + EARLIER_WORKERS_MS) {
		message->was_unlocked = true;
		message_close(message);
		lane_queue_first(manager, delivery);
		manager->turn_at_once = true;
		return -1;
	}
	message->is_locked = true;
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
		lane_queue_first(manager, delivery);
	} else if (errno == EAGAIN && worker->in_flight) {
		/* net.unix.max_dgram_qlen packets wait, fewer than its window;
		 * it takes them all when it reports what it works at */
		worker->is_full = true;
		lane_queue_first(manager, delivery);
	} else {
		if (errno != EAGAIN && errno != ETOOMANYREFS)
			bury(manager, worker, strerror(errno));
		lane_put_off(manager, delivery, NO_ROOM_WAIT_MS);
	}
}

static void
hand_out(struct manager *manager, struct worker *worker,
    struct delivery *delivery)
{
	struct message *message = delivery->message;

	if (message->is_held) {
		lane_free_delivery(manager, delivery);
		return;
	}
	if (delivery->purpose == FOR_WARNING && !message_is_awaited(message)) {
		lane_free_delivery(manager, delivery); /* no longer late */
		outcome_settle(manager, message);
		return;
	}
	if (lock(manager, delivery) < 0)
		return;
	if (send_job(worker, delivery) == 0) {
		worker->is_alone = message->deaths > 0;
		worker->drains_until_ms = 0;
		return;
	}
	put_back(manager, worker, delivery);
	if (!message->in_flight)
		message_close(message);
}

/* As many as have room now; what was put off comes round next turn. */
static void
serve(struct manager *manager, struct agent_port *port)
{
	struct delivery *delivery;

	while (choose(port, false) && (delivery = lane_next(port))) {
		bool is_suspect = delivery->message->deaths > 0;
		struct worker *worker = choose(port, is_suspect);

		if (worker) {
			hand_out(manager, worker, delivery);
		} else {
			drain_one(port);
			lane_put_off(manager, delivery, NO_ROOM_WAIT_MS);
		}
		if (manager->turn_at_once)
			break;
	}
}

void
agents_dispatch(struct manager *manager)
{
	manager->turn_at_once = false;
	for (size_t i = 0; i < AGENT_COUNT; i++)
		serve(manager, &manager->ports[i]);
}
