/*
 * agents - workers come and go, and what they report; see agents.h and
 * lib/mail/job.h.
 *
 * Workers are believed as little as anyone: a packet that is not of the
 * declared form, or a result for a job that was not handed out, ends that
 * conversation and counts as the worker's death.
 */
#include "cmd/queue-manager/agents.h"

#include "cmd/queue-manager/bind.h"
#include "cmd/queue-manager/calls.h"
#include "cmd/queue-manager/held.h"
#include "cmd/queue-manager/lane.h"
#include "cmd/queue-manager/lanes.h"
#include "cmd/queue-manager/late.h"
#include "cmd/queue-manager/loop.h"
#include "cmd/queue-manager/manager.h"
#include "cmd/queue-manager/message.h"
#include "cmd/queue-manager/outcome.h"
#include "lib/base/home.h"
#include "lib/base/log.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
	/* Of an agent: twice what settings allow, for those that are replaced.
	 * Each has a descriptor, and others need some, too. */
	PLACES_MAX = 2048,
	FIRST_MAX = 64 /* packets: twice the largest window, local-deliver's */
};

static const struct agent_row {
	const char *name;
	const char *user;   /* without the users prefix */
	const char *socket;
	bool may_lack;      /* an older instance: its mail waits */
} agents[AGENT_COUNT] = {
    [AGENT_LOCAL] = {"local", "mail", "run/agent-local/s", false},
    [AGENT_REMOTE] = {"remote", "remote", "run/agent-remote/s", true},
    [AGENT_ISP] = {"isp", "isp", "run/agent-isp/s", true},
    [AGENT_SHARE] = {"share", "share", "run/agent-share/s", true},
    [AGENT_BOUNCE] = {"bounce", "queue", "run/agent-bounce/s", false},
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

void
agents_lose(struct manager *manager, struct worker *worker, const char *why)
{
	struct worker **link = &worker->port->workers;

	/* Who has left its lane, with nothing to do, goes quietly. */
	if (worker->in_flight || !worker->lane)
		log_event(worker->in_flight ? "alarm" : "worker", "by",
		    worker->port->name, "why", why, "count",
		    log_number(worker->in_flight).s, NULL);
	bind_release(worker);
	worker->port->places--;
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

static void
take_lane(struct manager *manager, struct worker *worker, struct slice lane)
{
	if (worker->port->is_remote && lane.len) {
		bind_worker(worker, lanes_get(manager, worker->port, lane));
		/* held mail may lead elsewhere than for an earlier manager */
		if (!slice_is(lane, held_hop(worker->lane)))
			bind_renew_lane(worker->lane);
	} else {
		bind_welcome(worker->port);
	}
}

static bool
take_hello(struct manager *manager, struct worker *worker,
    struct slice packet)
{
	struct job_hello hello = {0};
	bool good = record_decode(&packet, job_hello_fields, &hello) == 0 &&
	    !packet.len && hello.window && hello.window <= JOB_WINDOW_MAX;

	if (good) {
		worker->window = (unsigned)hello.window;
		worker->jobs =
		    mem_alloc(worker->window * sizeof *worker->jobs);
		take_lane(manager, worker, str_slice(&hello.lane));
	}
	record_free(job_hello_fields, &hello);
	return good;
}

static bool
take_result(struct manager *manager, struct worker *worker,
    const struct job_result *result)
{
	struct delivery *delivery;

	if (result->number == 0) {
		/* A report that is asked for again is not written twice; and
		 * a letter may be sorted twice. */
		if (worker->port != &manager->ports[AGENT_BOUNCE] &&
		    worker->port != &manager->ports[AGENT_SHARE])
			late_result(manager, worker->port, result);
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
	worker->asked -= delivery->asked;
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
		return take_hello(manager, worker, packet);
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
		agents_lose(manager, worker, "gone");
		return false;
	}
	if (take_packet(manager, worker,
		slice_make(manager->packet, (size_t)n)))
		return true;
	agents_lose(manager, worker, "does not keep to the protocol");
	return false;
}

/* Its hello, and what it did for an earlier manager: all of that is heard
 * before any job is handed out.  It is two windows at most, the last results
 * and those that were reported before them; a captured one never ends. */
static void
hear_first(struct manager *manager, struct worker *worker)
{
	for (unsigned i = 0; i <= 2 * worker->window && i <= FIRST_MAX; i++)
		if (!hear(manager, worker))
			return;
}

static void
worker_ready(struct manager *manager, struct source *source)
{
	struct worker *worker = (struct worker *)source;

	if (worker->window)
		(void)hear(manager, worker);
	else
		hear_first(manager, worker);
}

/* NULL, or why not. */
static const char *
find_fault(const struct agent_port *port, int fd)
{
	uid_t uid;

	if (peer_uid(fd, &uid) < 0 || (uid != port->uid && uid != 0))
		return "a stranger called on its socket";
	return port->places < PLACES_MAX ? NULL :
					   "it has more workers than there "
					   "can be";
}

static void
welcome(struct manager *manager, struct agent_port *port, int fd)
{
	struct worker *worker = mem_alloc(sizeof *worker);

	worker->source = (struct source){fd, worker_ready};
	worker->port = port;
	worker->next = port->workers;
	port->workers = worker;
	port->places++;
	if (loop_watch(manager, &worker->source) < 0) {
		agents_lose(manager, worker, strerror(errno));
		return;
	}
	hear_first(manager, worker);
}

static void
take_call(struct manager *manager, struct source *listener, int fd)
{
	struct agent_port *port = (struct agent_port *)listener;
	const char *fault = find_fault(port, fd);

	if (!fault) {
		welcome(manager, port, fd);
		return;
	}
	log_event("alarm", "by", port->name, "why", fault, NULL);
	close(fd);
}

static void
port_ready(struct manager *manager, struct source *source)
{
	calls_accept(manager, source, take_call);
}

static int
open_port(struct manager *manager, size_t number, const char *prefix)
{
	struct agent_port *port = &manager->ports[number];
	const struct agent_row *row = &agents[number];

	port->name = row->name;
	port->is_remote = number == AGENT_REMOTE || number == AGENT_ISP;
	port->source = (struct source){-1, port_ready};
	if (home_user(prefix, row->user, &port->uid) == 0)
		port->source.fd = local_listen(row->socket);
	if (port->source.fd >= 0)
		return loop_watch(manager, &port->source);
	if (!row->may_lack || errno != ENOENT)
		return -1;
	log_event("alarm", "by", row->name, "why",
	    "no such user, or no folder for its socket: its mail waits; run "
	    "'posthouse init', then 'posthouse restart queue-manager'", "path",
	    row->socket, NULL);
	return 0;
}

int
agents_listen(struct manager *manager, const char *prefix)
{
	for (size_t i = 0; i < AGENT_COUNT; i++)
		if (open_port(manager, i, prefix) < 0)
			return -1;
	return 0;
}
