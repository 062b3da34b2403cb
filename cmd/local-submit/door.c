/* door - accepts, counts, forks a session; see door.h. */
#include "cmd/local-submit/door.h"

#include "cmd/local-submit/replies.h"
#include "cmd/local-submit/seats.h"
#include "cmd/local-submit/session.h"
#include "lib/base/accept.h"
#include "lib/base/clock.h"
#include "lib/base/confine.h"
#include "lib/base/die.h"
#include "lib/base/home.h"
#include "lib/base/local_socket.h"
#include "lib/base/log.h"
#include "lib/base/signals.h"
#include "lib/mail/submit_wire.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	PATIENCE_MS = 500,      /* before sessions are told to end ... */
	FAREWELL_MS = 8 * 1000, /* ... and before they are left alone */
	TIRED_MS = 100
};

/* What the parent knows, for as long as it lives. */
struct house {
	const struct door *door;
	struct submit_settings settings;
	struct seats seats;
	struct log_crowd crowd; /* turned away */
	sigset_t waiting; /* the signal mask while it waits, and of sessions */
};

static const struct setting schema[] = {
	SETTING(submit_settings, me, SETTING_TEXT, "me"),
	SETTING(submit_settings, users, SETTING_TEXT, "users"),
	SETTING(submit_settings, databytes, SETTING_BYTES, "databytes"),
	SETTING(submit_settings, max_rcpts, SETTING_NUMBER, "maxrcpt"),
	{0}
};

static void
read_settings(struct house *house)
{
	struct config *config = house->door->config;

	config_settings_or_die(config, schema, &house->settings);
	config_minfree(config, &house->settings.min_free_bytes,
	    &house->settings.min_free_percent);
}

/* In the session's process: gives up all that is the parent's, and talks. */
static _Noreturn void
begin_session(struct house *house, int fd, uid_t uid)
{
	struct session_start start = {
		.fd = fd,
		.settings = &house->settings,
		.config = house->door->config,
		.box_fd = house->door->box_fd,
	};

	close(house->door->listen_fd);
	signals_forget(&house->waiting);
	caller_learn(&start.caller, uid);
	confine_enter(house->door->domain_fd);
	session_run(&start);
	_exit(EXIT_DONE);
}

/* Never waits for the caller: who does not read his answer has none. */
static void
turn_away(int fd, enum reply reply)
{
	const struct reply_text *why = reply_text(reply);
	struct str answer = {0};

	submit_answer_add(&answer, why->code, slice_of(why->text));
	(void)send(fd, answer.s, answer.len, MSG_DONTWAIT | MSG_NOSIGNAL);
	str_free(&answer);
}

static void
turn_crowd_away(struct house *house, int fd, uid_t uid)
{
	const struct reply_text *why = reply_text(REPLY_CROWD);
	uint64_t count = log_crowd(&house->crowd, clock_mono_ms());

	turn_away(fd, REPLY_CROWD);
	if (count)
		log_event("refuse", "uid", log_number(uid).s, "count",
		    log_number(count).s, "code", log_number(why->code).s,
		    "why", why->text, NULL);
}

static void
seat(struct house *house, int fd, uid_t uid)
{
	pid_t pid = fork();

	if (pid == 0)
		begin_session(house, fd, uid);
	if (pid > 0) {
		seats_take(&house->seats, pid, uid);
		return;
	}
	log_event("alarm", "why", "cannot fork a session", "error",
	    strerror(errno), NULL);
	turn_away(fd, REPLY_LOCAL_ERROR);
}

static void
receive_caller(struct house *house)
{
	int fd = accept4(house->door->listen_fd, NULL, NULL, SOCK_CLOEXEC);
	uid_t uid;

	if (fd < 0) {
		accept_failed(errno);
		return;
	}
	if (config_refresh(house->door->config))
		read_settings(house);
	if (peer_uid(fd, &uid) < 0)
		log_event("alarm", "why", "cannot tell who calls", "error",
		    strerror(errno), NULL);
	else if (seats_have_room(&house->seats, uid))
		seat(house, fd, uid);
	else
		turn_crowd_away(house, fd, uid);
	close(fd);
}

static void
reap(struct house *house)
{
	pid_t pid;
	int status;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		seats_leave(&house->seats, pid);
		if (WIFSIGNALED(status) && WTERMSIG(status) != SIGTERM)
			log_event("alarm", "why", "a session was killed by "
			    "a signal", "count",
			    log_number((uint64_t)WTERMSIG(status)).s, NULL);
	}
}

static void
wait_for_sessions(struct house *house, uint64_t ms)
{
	uint64_t end_ms = clock_mono_ms() + ms;

	reap(house);
	while (house->seats.len && clock_mono_ms() < end_ms) {
		poll(NULL, 0, TIRED_MS);
		reap(house);
	}
}

/* Most letters are over in no time; a session that waits for its caller is
 * told to end, one that has a whole letter brings it home. */
static int
close_house(struct house *house)
{
	close(house->door->listen_fd);
	wait_for_sessions(house, PATIENCE_MS);
	for (size_t i = 0; i < house->seats.len; i++)
		kill(house->seats.v[i].pid, SIGTERM);
	wait_for_sessions(house, FAREWELL_MS - PATIENCE_MS);
	return EXIT_DONE;
}

int
door_serve(const struct door *door)
{
	struct house house = {.door = door};
	struct pollfd at = {door->listen_fd, POLLIN, 0};

	read_settings(&house);
	signals_catch(true, &house.waiting);
	ready();
	while (!signals_told_to_end()) {
		int found = ppoll(&at, 1, NULL, &house.waiting);

		reap(&house);
		if (found > 0)
			receive_caller(&house);
	}
	return close_house(&house);
}
