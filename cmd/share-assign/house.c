/*
 * house - all offices of the house: which is looked through when.
 *
 * At once when inotify says that something was moved in it, and every minute,
 * for inotify may have run out of watches, and a full disk says nothing when
 * it has room again.
 */
#include "cmd/share-assign/house.h"

#include "lib/base/clock.h"
#include "lib/base/die.h"
#include "lib/base/home.h"
#include "lib/base/log.h"
#include "lib/base/signals.h"

#include <errno.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

enum {
	EVERY_MS = 60 * 1000,
	REFRESH_MS = 5 * 1000,  /* a look at the tables */
	AGAIN_MS = 2 * 1000,    /* doubled with each failure, up to a minute */
	EVENTS_SIZE = 64 * 1024
};

struct house {
	struct tools *tools;
	struct office *offices;
	size_t len, cap;
	sigset_t waiting; /* the signal mask while it waits */
};

/* ---- watches ---- */

void
tools_watch(struct tools *tools, struct office *office, const char *path,
    uint32_t what)
{
	int wd;

	if (tools->watch_fd < 0)
		return;
	wd = inotify_add_watch(tools->watch_fd, path,
	    what | IN_ONLYDIR | IN_DONT_FOLLOW);
	if (wd < 0) {
		if (errno == ENOSPC && !tools->lacks_watches)
			log_event("alarm", "why", "no more watches (sysctl "
			    "fs.inotify.max_user_watches): letters moved in "
			    "mailboxes are found within a minute", "path",
			    path, NULL);
		tools->lacks_watches |= errno == ENOSPC;
		return;
	}
	for (size_t i = 0; i < tools->watches_len; i++)
		if (tools->watches[i].wd == wd)
			return;
	tools->watches = mem_room(tools->watches, tools->watches_len,
	    &tools->watches_cap, sizeof *tools->watches);
	tools->watches[tools->watches_len++] = (struct watch){
		.wd = wd, .office = office,
		.has_dirs = (what & IN_DELETE) != 0};
}

static void
open_watches(struct tools *tools)
{
	if (tools->watch_fd >= 0)
		close(tools->watch_fd);
	tools->watches_len = 0;
	tools->lacks_watches = false;
	tools->watch_fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	if (tools->watch_fd < 0)
		log_event("alarm", "why", strerror(errno), "path", "inotify",
		    NULL);
}

/* A mail server's own files come and go beside an INBOX and in folders all the
 * time. */
static bool
is_of_interest(const struct watch *watch, const struct inotify_event *event)
{
	return !watch->has_dirs || (event->mask & IN_ISDIR) ||
	    (event->len && !strcmp(event->name, "subscriptions"));
}

static void
on_event(struct house *house, const struct inotify_event *event)
{
	struct tools *tools = house->tools;

	if (event->mask & IN_Q_OVERFLOW)
		for (size_t i = 0; i < house->len; i++)
			house->offices[i].next_ms = 0;
	for (size_t i = 0; i < tools->watches_len; i++) {
		struct watch *watch = &tools->watches[i];

		if (watch->wd != event->wd)
			continue;
		if (event->mask & IN_IGNORED)
			*watch = tools->watches[--tools->watches_len];
		else if (is_of_interest(watch, event))
			watch->office->next_ms = 0;
		return;
	}
}

static void
read_events(struct house *house)
{
	static _Alignas(struct inotify_event) char events[EVENTS_SIZE];
	ssize_t n;

	while ((n = read(house->tools->watch_fd, events, sizeof events)) > 0)
		for (ssize_t at = 0; at < n;) {
			const struct inotify_event *event =
			    (const void *)(events + at);

			on_event(house, event);
			at += (ssize_t)(sizeof *event + event->len);
		}
}

/* ---- offices ---- */

static void
add_office(struct house *house, struct slice domain)
{
	struct office office;

	if (!office_load(house->tools, domain, &office))
		return;
	house->offices = mem_room(house->offices, house->len, &house->cap,
	    sizeof *house->offices);
	house->offices[house->len++] = office;
}

/* All of them are looked through then. */
static void
load_offices(struct house *house)
{
	struct str domain = {0};
	unsigned at = 0;

	while (house->len)
		office_free(&house->offices[--house->len]);
	open_watches(house->tools);
	while (share_next(&house->tools->config, &at, &domain))
		add_office(house, str_slice(&domain));
	str_free(&domain);
}

static void
refresh(struct house *house)
{
	if (!config_refresh(&house->tools->config))
		return;
	if (tools_settings(house->tools) < 0)
		log_event("alarm", "why", "the tables lack a setting: "
		    "run posthouse compile", NULL);
	load_offices(house);
}

static void
look_through(struct house *house, struct office *office)
{
	uint64_t ms = EVERY_MS;

	switch (office_scan(house->tools, office)) {
	case SCAN_DONE:
		office->failures = 0;
		office->is_alarmed = false;
		break;
	case SCAN_MORE:
		office->failures = 0;
		ms = 0;
		break;
	case SCAN_AGAIN:
		ms = clock_doubled(AGAIN_MS, office->failures++, EVERY_MS);
		break;
	}
	office->next_ms = clock_mono_ms() + ms;
}

/* Looks through what is due; when the next is. */
static uint64_t
look_through_due(struct house *house)
{
	uint64_t next_ms = clock_mono_ms() + REFRESH_MS;

	for (size_t i = 0; i < house->len; i++)
		if (house->offices[i].next_ms <= clock_mono_ms())
			look_through(house, &house->offices[i]);
	for (size_t i = 0; i < house->len; i++)
		if (house->offices[i].next_ms < next_ms)
			next_ms = house->offices[i].next_ms;
	return next_ms;
}

int
house_serve(struct tools *tools)
{
	struct house house = {.tools = tools};

	signals_catch(false, &house.waiting);
	load_offices(&house);
	ready();
	while (!signals_told_to_end()) {
		if (signals_wait(&house.waiting, tools->watch_fd,
		    look_through_due(&house)))
			read_events(&house);
		refresh(&house);
	}
	return EXIT_DONE;
}
