/*
 * bind - workers to lanes; see bind.h.
 *
 * A worker of a remote port serves one lane in its life.  A lane's delivery
 * goes to a worker that serves the lane already, else to a clean one; where
 * there is neither, some worker of another lane that has nothing to do, or has
 * had its time, is sent home, and a clean one comes in its place.
 */
#include "cmd/queue-manager/bind.h"

#include "cmd/queue-manager/agents.h"
#include "cmd/queue-manager/jobs.h"
#include "cmd/queue-manager/lane.h"
#include "cmd/queue-manager/lanes.h"
#include "cmd/queue-manager/manager.h"
#include "cmd/queue-manager/reach.h"
#include "cmd/queue-manager/turn.h"
#include "lib/base/clock.h"

#include <sys/socket.h>

enum {
	/* A worker, and its connection, is not taken from a lane that has
	 * more for it before that long, though others wait: to connect costs
	 * more. */
	TENURE_MS = 1000,
	/* By then who was sent home is gone, or never will. */
	AWAITED_MS = 5000
};

void
bind_worker(struct worker *worker, struct lane *lane)
{
	lanes_hold(lane);
	lane->workers++;
	worker->lane = lane;
	worker->bound_ms = clock_mono_ms();
}

void
bind_release(struct worker *worker)
{
	if (!worker->lane)
		return;
	worker->lane->workers--;
	lanes_release(worker->lane);
	worker->lane = NULL;
}

void
bind_welcome(struct agent_port *port)
{
	if (port->awaited)
		port->awaited--;
}

static bool
is_idle(const struct worker *worker)
{
	return worker->window && !worker->in_flight && !worker->is_ending;
}

static bool
is_clean(const struct worker *worker)
{
	return is_idle(worker) && !worker->lane;
}

static bool
has_clean(const struct agent_port *port)
{
	const struct worker *worker = port->workers;

	while (worker && !is_clean(worker))
		worker = worker->next;
	return worker != NULL;
}

/* One that serves the lane already, else a clean one. */
static struct worker *
choose(const struct agent_port *port, const struct lane *lane)
{
	struct worker *clean = NULL;

	for (struct worker *w = port->workers; w; w = w->next) {
		if (is_idle(w) && w->lane == lane)
			return w;
		if (is_clean(w))
			clean = w;
	}
	return clean;
}

static void
hand_out(struct manager *manager, struct worker *worker,
    struct delivery *delivery)
{
	struct lane *lane = delivery->lane;

	lanes_hold(lane);
	jobs_hand_out(manager, worker, delivery);
	if (worker->in_flight && !worker->lane)
		bind_worker(worker, lane);
	lanes_release(lane);
}

/* ---- who is sent home ---- */

static bool
may_go(const struct lane *lane)
{
	return turn_may_go(lane) && turn_has_share(lane);
}

/* How many lanes, up to most, could go but have no worker. */
static unsigned
count_hungry(const struct agent_port *port, unsigned most)
{
	unsigned count = 0;

	for (enum line line = 0; line < LINE_COUNT; line++) {
		unsigned room = turn_room(port, line);
		const struct lane *lane = port->lines[line].head;

		for (; lane && room && count < most; lane = lane->turn_next) {
			if (!may_go(lane) || lane->workers > lane->in_flight)
				continue;
			count++;
			room--;
		}
	}
	return count;
}

static unsigned
count_idle(const struct agent_port *port)
{
	unsigned count = 0;

	for (const struct worker *w = port->workers; w; w = w->next)
		count += is_idle(w);
	return count;
}

static bool
has_had_its_time(const struct worker *worker)
{
	return !may_go(worker->lane) ||
	    clock_mono_ms() >= worker->bound_ms + TENURE_MS;
}

/* The one to go: with nothing to do rather than with something, and the
 * longest there. */
static struct worker *
choose_leaver(const struct agent_port *port)
{
	struct worker *best = NULL;

	for (struct worker *w = port->workers; w; w = w->next) {
		if (!is_idle(w) || !w->lane || !has_had_its_time(w))
			continue;
		if (!best || may_go(best->lane) > may_go(w->lane) ||
		    (may_go(best->lane) == may_go(w->lane) &&
			w->bound_ms < best->bound_ms))
			best = w;
	}
	return best;
}

/* It reads the end, leaves its lane, and is replaced; see lib/mail/agent.h. */
static void
send_home(struct agent_port *port, struct worker *worker)
{
	(void)shutdown(worker->source.fd, SHUT_WR);
	worker->is_ending = true;
	port->awaited++;
	port->awaited_until_ms = clock_mono_ms() + AWAITED_MS;
}

void
bind_renew(struct manager *manager)
{
	for (size_t i = 0; i < AGENT_COUNT; i++)
		for (struct worker *w = manager->ports[i].workers; w;
		     w = w->next)
			if (w->lane && !w->is_ending)
				send_home(&manager->ports[i], w);
}

void
bind_renew_lane(const struct lane *lane)
{
	for (struct worker *w = lane->port->workers; w; w = w->next)
		if (w->lane == lane && !w->is_ending)
			send_home(lane->port, w);
}

static void
make_places(struct agent_port *port)
{
	struct worker *leaver;
	unsigned hungry;

	if (port->awaited && clock_mono_ms() > port->awaited_until_ms)
		port->awaited = 0;
	hungry = count_hungry(port, count_idle(port) + port->awaited);
	while (port->awaited < hungry && (leaver = choose_leaver(port)))
		send_home(port, leaver);
}

/* ---- the turn ---- */

/* Those that have had no turn, but a worker with nothing else to do. */
static void
serve_bound(struct manager *manager, struct agent_port *port)
{
	struct worker *next, *worker = port->workers;

	for (; worker && !manager->turn_at_once; worker = next) {
		next = worker->next;
		if (is_idle(worker) && worker->lane && may_go(worker->lane) &&
		    turn_room(port, reach_line(worker->lane)))
			hand_out(manager, worker, lane_take(worker->lane));
	}
}

void
bind_dispatch(struct manager *manager, struct agent_port *port)
{
	struct delivery *delivery;

	if (!count_idle(port))
		return;
	while (!manager->turn_at_once && has_clean(port) &&
	    (delivery = turn_next(port)))
		hand_out(manager, choose(port, delivery->lane), delivery);
	make_places(port);
	serve_bound(manager, port);
}
