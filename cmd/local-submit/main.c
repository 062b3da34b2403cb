/*
 * local-submit - take letters from the users of this machine.
 *
 * Started by s6 as phsubmit.  Listens on run/submit/s, where anybody may
 * call: sendmail(8) and qmail-queue(8) do.  Who it is the kernel says.  One
 * forked, confined process a letter; its only power is to create files in its
 * drop box.
 */
#include "cmd/local-submit/session.h"
#include "lib/base/confine.h"
#include "lib/base/die.h"
#include "lib/base/home.h"
#include "lib/base/local_socket.h"
#include "lib/base/log.h"
#include "queue/drop.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SESSIONS_MAX = 64, WAIT_MS = 1000 };

struct house {
	struct config config;
	struct submit_settings settings;
	int listen_fd, box_fd, domain_fd;
	unsigned sessions;
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
	if (config_settings(&house->config, schema, &house->settings) < 0)
		die_perm("the compiled tables lack a setting; run "
			 "'posthouse compile'");
	config_minfree(&house->config, &house->settings.min_free_bytes,
	    &house->settings.min_free_percent);
}

static _Noreturn void
begin_session(struct house *house, int fd)
{
	struct caller caller = {0};

	close(house->listen_fd);
	if (caller_learn(fd, &caller) < 0)
		_exit(EXIT_TEMP);
	confine_enter(house->domain_fd);
	signal(SIGPIPE, SIG_IGN);
	session_run(fd, &caller, &house->settings, house->box_fd);
	_exit(EXIT_DONE);
}

static void
reap(struct house *house)
{
	while (house->sessions && waitpid(-1, NULL, WNOHANG) > 0)
		house->sessions--;
}

static void
receive_caller(struct house *house)
{
	int fd = accept4(house->listen_fd, NULL, NULL, SOCK_CLOEXEC);
	pid_t pid;

	if (fd < 0)
		return;
	if (config_refresh(&house->config))
		read_settings(house);
	pid = fork();
	if (pid == 0)
		begin_session(house, fd);
	if (pid > 0)
		house->sessions++;
	else
		log_event("alarm", "why", "cannot fork a session", NULL);
	close(fd);
}

/* Those over the limit wait in the socket's queue for their turn. */
static _Noreturn void
serve(struct house *house)
{
	struct pollfd at = {house->listen_fd, POLLIN, 0};

	for (;;) {
		bool is_full = house->sessions >= SESSIONS_MAX;

		if (poll(&at, is_full ? 0 : 1, WAIT_MS) > 0)
			receive_caller(house);
		reap(house);
	}
}

static const struct confine_path session_paths[] = {
	{"queue/drop/local-submit", DIR_ADD},
	{0}
};

static const struct confine_path paths[] = {
	{"queue/drop/local-submit", DIR_ADD},
	{"control/cdb/routing", DIR_READ},
	{"/etc", DIR_READ}, /* passwd: a caller's name */
	{0}
};

static const struct confine needs = {
	.promises = MAY_OPEN | MAY_CREATE | MAY_FORK | MAY_ACCEPT,
	.paths = paths,
};

int
main(int argc, char *argv[])
{
	static struct house house;

	(void)argv;
	die_name = "local-submit";
	if (argc != 1)
		die_usage("local-submit");
	log_open();
	home_enter();
	config_open_or_die(&house.config, "routing");
	read_settings(&house);
	house.box_fd = drop_box_open("local-submit");
	if (house.box_fd < 0)
		die_temp("cannot open queue/drop/local-submit");
	house.listen_fd = local_listen_stream("run/submit/s");
	if (house.listen_fd < 0)
		die_temp("cannot listen on run/submit/s");
	house.domain_fd = confine_prepare(session_paths);
	confine(&needs);
	ready();
	serve(&house);
}
