/* listener - accepts, counts, forks a session; see listener.h. */
#include "cmd/smtp-receive/listener.h"

#include "cmd/smtp-receive/crowd.h"
#include "cmd/smtp-receive/seats.h"
#include "cmd/smtp-receive/session.h"
#include "cmd/smtp-receive/waiting.h"
#include "control/etrn_ask.h"
#include "lib/base/accept.h"
#include "lib/base/clock.h"
#include "lib/base/confine.h"
#include "lib/base/die.h"
#include "lib/base/home.h"
#include "lib/base/local_socket.h"
#include "lib/base/log.h"
#include "lib/base/signals.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	LISTENERS_MAX = 64,
	REFRESH_EVERY_MS = 1000,
	FAREWELL_MS = 10 * 1000,
	RATE_MS = 3600 * 1000, /* of rate= */
	TIRED_MS = 100,
	LEAVING_MS = 10 /* of a session that only waits */
};

/* What the parent knows, for as long as it lives. */
struct house {
	const struct listener *listener;
	struct smtp_settings settings;
	struct seats seats;
	struct waiting waiting;
	struct log_crowd crowd, crowd_from_one; /* turned away: too many in
	                                         * all, or from one address */
	struct tally *messages;
	uint64_t refreshed_ms;
	sigset_t signals;  /* the mask while it waits, and of sessions */
};

static const struct setting schema[] = {
	SETTING(smtp_settings, me, SETTING_TEXT, "me"),
	SETTING(smtp_settings, greeting, SETTING_TEXT, "smtpgreeting"),
	SETTING(smtp_settings, databytes, SETTING_BYTES, "databytes"),
	SETTING(smtp_settings, max_rcpts, SETTING_NUMBER, "maxrcpt"),
	SETTING(smtp_settings, sessions, SETTING_NUMBER, "sessions"),
	SETTING(smtp_settings, sessions_per_ip, SETTING_NUMBER,
	    "sessionsperip"),
	SETTING(smtp_settings, timeout_s, SETTING_SECONDS, "timeoutsmtpd"),
	{0}
};

static void
read_settings(struct house *house)
{
	struct config *config = house->listener->config;
	struct smtp_settings *settings = &house->settings;

	config_settings_or_die(config, schema, settings);
	config_minfree(config, &settings->min_free_bytes,
	    &settings->min_free_percent);
	settings->has_etrn = etrn_is_offered(config);
}

static void
refresh(struct house *house)
{
	struct certificates *certificates = house->listener->certificates;
	bool had_good = certificates->are_good, is_changed;
	uint64_t now = clock_mono_ms();

	if (now - house->refreshed_ms < REFRESH_EVERY_MS)
		return;
	house->refreshed_ms = now;
	waiting_trim(&house->waiting, now);
	is_changed = config_refresh(house->listener->config);
	if (is_changed)
		read_settings(house);
	certificates_refresh(certificates);
	/* who waits knows what was true when its process began */
	if (is_changed || certificates->are_good != had_good)
		waiting_close(&house->waiting);
}

int
listener_inherit(void)
{
	const char *text = getenv("LISTEN_FDS");
	uint64_t count;
	int on = 1;

	if (!text || !slice_u64(slice_of(text), LISTENERS_MAX, &count) ||
	    !count)
		die_perm("LISTEN_FDS is not set: start me by tcp-listen");
	for (int fd = LISTEN_FD; fd < LISTEN_FD + (int)count; fd++) {
		int flags = fcntl(fd, F_GETFL);

		if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) < 0)
			die_temp("cannot use descriptor %d as a listener", fd);
		/* connections inherit it: one system call less for each */
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
	}
	return (int)count;
}

int
listener_take_over(const char *path)
{
	int fd = local_listen_single(path);

	if (fd < 0 || dup2(fd, LISTEN_FD) < 0)
		die_temp("cannot listen on %s", path);
	if (fd != LISTEN_FD)
		close(fd);
	return 1;
}

/* Who is not welcome hears so, and may only QUIT. */
static void
look_up_client(const struct listener *listener, const struct caller *caller,
    struct session_start *start)
{
	enum client_rule rule = config_client(listener->config,
	    &caller->at.any);

	start->denial = REPLY_DENIED;
	start->is_denied = rule == CLIENT_DENY;
	start->may_etrn = start->settings->has_etrn &&
	    etrn_address_may_ask(listener->config, &caller->at.any);
	if (listener->service->is_for_relays && rule == CLIENT_ALLOW) {
		start->denial = REPLY_NO_RELAY;
		start->is_denied = true;
	}
}

/* In the session's process: the connection, and who is there. */
static void
meet(struct caller *caller, const struct listener *listener,
    struct session_start *start)
{
	if (caller->fd != CLIENT_FD) {
		if (dup2(caller->fd, CLIENT_FD) < 0)
			die_temp("cannot take the connection");
		close(caller->fd);
	}
	str_clear(&start->client);
	str_clear(&start->client_literal);
	caller_name(caller, &start->client, &start->client_literal);
	look_up_client(listener, caller, start);
}

/* The connection is closed before the wait for another. */
static bool
meets_again(const struct room *room, struct caller *caller)
{
	close(CLIENT_FD);
	return room && waiting_next(room, caller);
}

/* In the session's process: gives up all that is the parent's, and talks. */
static _Noreturn void
begin_session(struct house *house, struct caller *caller,
    const struct room *room)
{
	const struct listener *listener = house->listener;
	struct session_start start = {
		.service = listener->service,
		.is_tls_offered = listener->certificates->are_good,
		.tls = listener->certificates->server,
		.settings = &house->settings,
		.config = listener->config,
		.messages = house->messages,
		.box_fd = listener->box_fd,
		.signals = &house->signals,
	};

	for (int i = 0; i < listener->count; i++)
		close(LISTEN_FD + i);
	waiting_keep(&house->waiting, room);
	confine_enter(listener->domain_fd);
	do
		meet(caller, listener, &start);
	while (session_run(&start) && meets_again(room, caller));
	_exit(EXIT_DONE);
}

/* What came under TLS, or with a password, is never left in a process for
 * others, be they from the same address. */
static struct room *
find_room(struct house *house, const struct caller *caller)
{
	return house->listener->service->moves_to
	    ? waiting_room(&house->waiting, caller, clock_mono_ms()) : NULL;
}

static void
seat(struct house *house, struct caller *caller)
{
	const struct room *room = find_room(house, caller);
	/* fork would look after the locks of threads, which we have none of,
	 * and tear three pages from us in the child */
	pid_t pid = _Fork();

	if (pid == 0)
		begin_session(house, caller, room);
	if (pid > 0) {
		seats_take(&house->seats, pid, &caller->at.any);
		return;
	}
	log_event("alarm", "why", "cannot fork a session", NULL);
	crowd_turn_away(&house->crowd, caller, REPLY_TOO_MANY_SESSIONS,
	    clock_mono_ms());
}

/* One that was killed may have been counted on for the next connection. */
static void
mourn(struct house *house, int status)
{
	waiting_close(&house->waiting);
	if (WTERMSIG(status) != SIGTERM)
		log_event("alarm", "why", "a session was killed by a signal",
		    "count", log_number((uint64_t)WTERMSIG(status)).s, NULL);
}

static void
reap(struct house *house)
{
	pid_t pid;
	int status;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		seats_leave(&house->seats, pid);
		if (WIFSIGNALED(status))
			mourn(house, status);
	}
}

static bool
is_full(const struct house *house)
{
	return house->seats.len >= house->settings.sessions;
}

/* Who only waits is no reason to turn others away. */
static void
make_seats(struct house *house)
{
	if (!house->waiting.count)
		return;
	waiting_close(&house->waiting);
	poll(NULL, 0, LEAVING_MS);
	reap(house);
}

/* Nor to turn away their neighbours. */
static bool
is_full_for(struct house *house, const struct caller *caller)
{
	size_t here = seats_from(&house->seats, &caller->at.any);
	size_t leave = 0;

	if (here >= house->settings.sessions_per_ip)
		leave = waiting_dismiss(&house->waiting, caller);
	return here - (leave < here ? leave : here) >=
	    house->settings.sessions_per_ip;
}

static void
receive_caller(struct house *house, struct caller *caller)
{
	uint64_t now_ms = clock_mono_ms();

	if (waiting_take(&house->waiting, caller, now_ms))
		return;
	if (is_full(house))
		make_seats(house);
	if (is_full(house))
		crowd_turn_away(&house->crowd, caller,
		    REPLY_TOO_MANY_SESSIONS, now_ms);
	else if (is_full_for(house, caller))
		crowd_turn_away(&house->crowd_from_one, caller,
		    REPLY_TOO_MANY_FROM_HERE, now_ms);
	else
		seat(house, caller);
}

static void
accept_one(struct house *house, int listen_fd)
{
	struct caller caller = {0};
	int result = house->listener->service->takes_from
	    ? caller_take(&caller, listen_fd)
	    : caller_accept(&caller, listen_fd);

	if (result < 0) {
		accept_failed(errno);
		return;
	}
	receive_caller(house, &caller);
	close(caller.fd);
}

/* Says goodbye to all sessions; those in the middle of a message have a
 * moment to finish it. */
static int
close_house(struct house *house)
{
	uint64_t end_ms = clock_mono_ms() + FAREWELL_MS;

	for (int i = 0; i < house->listener->count; i++)
		close(LISTEN_FD + i);
	waiting_close(&house->waiting);
	for (size_t i = 0; i < house->seats.len; i++)
		kill(house->seats.v[i].pid, SIGTERM);
	while (house->seats.len && clock_mono_ms() < end_ms) {
		poll(NULL, 0, TIRED_MS);
		reap(house);
	}
	for (size_t i = 0; i < house->seats.len; i++)
		kill(house->seats.v[i].pid, SIGKILL);
	return EXIT_DONE;
}

int
listener_serve(const struct listener *listener)
{
	static const struct timespec every_second = {.tv_sec = 1};
	struct house house = {.listener = listener};
	struct pollfd at[LISTENERS_MAX];
	nfds_t count = (nfds_t)listener->count;

	if (listener->service->takes_logins)
		house.messages = tally_open(RATE_MS);
	if (listener->service->takes_logins && !house.messages)
		die_temp("cannot share memory among sessions");
	read_settings(&house);
	/* a caught SIGCHLD would wake us once more for each session */
	signals_catch(false, &house.signals);
	for (nfds_t i = 0; i < count; i++)
		at[i] = (struct pollfd){LISTEN_FD + (int)i, POLLIN, 0};
	ready();
	while (!signals_told_to_end()) {
		/* who has ended is counted out before the next comes in */
		int found = ppoll(at, count,
		    house.seats.len || house.waiting.count ? &every_second
		                                           : NULL,
		    &house.signals);

		reap(&house);
		refresh(&house);
		for (nfds_t i = 0; found > 0 && i < count; i++)
			if (at[i].revents)
				accept_one(&house, at[i].fd);
	}
	return close_house(&house);
}
