/*
 * loop - who is ready, and whose time has come; see loop.h.
 *
 * The only event loop in posthouse.  A turn hears everything that is ready,
 * then hands out what may go: so a burst of arrivals is one wake-up.
 */
#include "cmd/queue-manager/loop.h"

#include "cmd/queue-manager/admit.h"
#include "cmd/queue-manager/agents.h"
#include "cmd/queue-manager/ages.h"
#include "cmd/queue-manager/bind.h"
#include "cmd/queue-manager/held.h"
#include "cmd/queue-manager/jobs.h"
#include "cmd/queue-manager/lane.h"
#include "cmd/queue-manager/lanes.h"
#include "cmd/queue-manager/late.h"
#include "cmd/queue-manager/manager.h"
#include "cmd/queue-manager/message.h"
#include "cmd/queue-manager/reach.h"
#include "cmd/queue-manager/release.h"
#include "cmd/queue-manager/reroute.h"
#include "cmd/queue-manager/walk.h"
#include "lib/base/clock.h"
#include "lib/base/die.h"
#include "lib/base/home.h"
#include "lib/base/log.h"
#include "lib/mail/isp_seen.h"

#include <errno.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/inotify.h>
#include <unistd.h>

enum {
	EVENTS_AT_ONCE = 64,
	ARRIVALS_BYTES = 8 * 1024, /* some 250 letters a turn, each open */
	GATHER_MS = 3, /* and a letter waits no longer for it */
	ROUTE_MS = 30,
	AGES_MIN_MS = 1000,
	AGES_MAX_MS = 60 * 1000,
	PRUNE_EVERY_MS = 3600 * 1000,
	/* Files too young to be judged at the start: FORMAT.md, 10 s. */
	BOXES_AGAIN_MS = 12 * 1000
};

int
loop_watch(struct manager *manager, struct source *source)
{
	struct epoll_event event = {.events = EPOLLIN, .data.ptr = source};

	return epoll_ctl(manager->epoll_fd, EPOLL_CTL_ADD, source->fd, &event);
}

/* Closing alone leaves it in epoll as long as a child that lists has it too. */
void
loop_unwatch(struct manager *manager, struct source *source)
{
	(void)epoll_ctl(manager->epoll_fd, EPOLL_CTL_DEL, source->fd, NULL);
	close(source->fd);
	source->fd = -1;
}

/* ---- arrivals ---- */

static void
scan_boxes(struct manager *manager)
{
	for (size_t i = 0; i < BOX_COUNT; i++)
		admit_scan_box(manager, i);
}

void
loop_scan_boxes_by(struct manager *manager, uint64_t when_ms)
{
	if (when_ms < manager->next_boxes_ms)
		manager->next_boxes_ms = when_ms;
}

/* An eighth of the shortest time that counts, but not every moment. */
static uint64_t
ages_every_ms(const struct manager *manager)
{
	const struct manager_settings *settings = &manager->settings;
	uint64_t shortest_s = settings->queuelifetime_s, every_ms;

	if (settings->warnafter_s && settings->warnafter_s < shortest_s)
		shortest_s = settings->warnafter_s;
	if (settings->warnheld_s && settings->warnheld_s < shortest_s)
		shortest_s = settings->warnheld_s;
	every_ms = shortest_s * 1000 / 8;
	if (every_ms < AGES_MIN_MS)
		return AGES_MIN_MS;
	return every_ms < AGES_MAX_MS ? every_ms : AGES_MAX_MS;
}

static void
refresh_tables(struct manager *manager)
{
	if (!config_refresh(&manager->config))
		return;
	if (manager_read_settings(manager) < 0)
		log_event("alarm", "why", "the new tables lack a setting",
		    NULL);
	manager->next_ages_ms = 0; /* lifetimes may be others now */
	bind_renew(manager);
	release_refresh(manager);
	reach_resume(manager);
	reroute_all(manager);
}

static void
notice(struct manager *manager, const struct inotify_event *event)
{
	if (event->mask & IN_Q_OVERFLOW) {
		refresh_tables(manager);
		scan_boxes(manager);
		/* ... once more for what was too young to be judged. */
		loop_scan_boxes_by(manager, clock_mono_ms() + BOXES_AGAIN_MS);
		return;
	}
	if (event->wd == manager->config_watch) {
		refresh_tables(manager);
		return;
	}
	for (size_t i = 0; i < BOX_COUNT; i++)
		if (event->wd == manager->box_watch[i] && event->len)
			admit_from_box(manager, i, event->name, true);
}

/* Those that come one after the other are taken together: to be woken for
 * each would cost more than what is done for it. */
static void
gather_arrivals(struct manager *manager)
{
	uint64_t since_ms = clock_mono_ms() - manager->arrivals_ms;

	if (since_ms < GATHER_MS)
		(void)poll(NULL, 0, (int)(GATHER_MS - since_ms));
	manager->arrivals_ms = clock_mono_ms();
}

static void
watch_ready(struct manager *manager, struct source *source)
{
	static _Alignas(struct inotify_event) char buffer[ARRIVALS_BYTES];
	ssize_t n;

	gather_arrivals(manager);
	n = read(source->fd, buffer, sizeof buffer);
	for (ssize_t at = 0; at < n;) {
		const struct inotify_event *event =
		    (const struct inotify_event *)(const void *)(buffer + at);

		notice(manager, event);
		at += (ssize_t)(sizeof *event + event->len);
	}
}

static int
watch_dirs(struct manager *manager)
{
	int fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);

	manager->watch = (struct source){fd, watch_ready};
	if (fd < 0)
		return -1;
	for (size_t i = 0; i < BOX_COUNT; i++) {
		struct str path = {0};

		str_addf(&path, "queue/drop/%s", boxes[i].name);
		manager->box_watch[i] = inotify_add_watch(fd, str_c(&path),
		    IN_CLOSE_WRITE | IN_ONLYDIR);
		str_free(&path);
		if (manager->box_watch[i] < 0)
			return -1;
	}
	manager->config_watch = inotify_add_watch(fd, "control/cdb/routing",
	    IN_MOVED_TO | IN_ONLYDIR);
	if (manager->config_watch < 0)
		return -1;
	return loop_watch(manager, &manager->watch);
}

int
loop_open(struct manager *manager)
{
	uint64_t now = clock_mono_ms();

	manager->start_ms = now;
	manager->next_ages_ms = now + ages_every_ms(manager);
	/* Never in the first hour: a spent id may be needed right now. */
	manager->next_prune_ms = now + PRUNE_EVERY_MS;
	manager->next_boxes_ms = now + BOXES_AGAIN_MS;
	manager->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	return manager->epoll_fd < 0 ? -1 : watch_dirs(manager);
}

/* ---- time ---- */

static void
keep_time(struct manager *manager)
{
	uint64_t now = clock_mono_ms();

	lane_wake(manager, now);
	admit_look_again(manager);
	if (now >= manager->next_ages_ms) {
		manager->next_ages_ms = now + ages_every_ms(manager);
		ages_check(manager);
	}
	if (now >= manager->next_boxes_ms) {
		manager->next_boxes_ms = UINT64_MAX;
		scan_boxes(manager);
	}
	if (now >= manager->next_prune_ms) {
		manager->next_prune_ms = now + PRUNE_EVERY_MS;
		spool_prune(&manager->spool);
		isp_seen_prune();
	}
}

static int
patience_ms(const struct manager *manager, bool more)
{
	uint64_t now = clock_mono_ms(), next = manager->next_ages_ms;

	if (more || manager->turn_at_once)
		return 0;
	if (lane_next_due_ms(manager) < next)
		next = lane_next_due_ms(manager);
	if (manager->next_boxes_ms < next)
		next = manager->next_boxes_ms;
	if (manager->look_again_ms && manager->look_again_ms < next)
		next = manager->look_again_ms;
	return next > now ? (int)(next - now) : 0;
}

static void
hear_all(struct manager *manager, int patience)
{
	struct epoll_event events[EVENTS_AT_ONCE];
	int n = epoll_wait(manager->epoll_fd, events, EVENTS_AT_ONCE, patience);

	if (n < 0 && errno != EINTR)
		die_temp("cannot wait for events");
	manager->route_until_ms = clock_mono_ms() + ROUTE_MS;
	for (int i = 0; i < n; i++) {
		struct source *source = events[i].data.ptr;

		if (source->fd >= 0)
			source->ready(manager, source);
	}
}

void
loop_run(struct manager *manager)
{
	bool more = true;

	log_gather();
	refresh_tables(manager); /* they may be newer than the watch */
	admit_begin(manager);
	scan_boxes(manager);
	ready();
	for (;;) {
		hear_all(manager, patience_ms(manager, more));
		keep_time(manager);
		more = walk_some(manager);
		late_settle(manager);
		jobs_dispatch(manager);
		held_check(manager);
		message_close_fresh(manager);
		agents_bury(manager);
		lanes_bury(manager);
		sweep_flush(&manager->spool.sweep, manager->spool.active_fd);
		log_flush();
	}
}
