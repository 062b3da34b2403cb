/*
 * local-submit - take letters from the users of this machine.
 *
 * Started by s6 as phsubmit.  Listens on run/submit/s, where anybody may
 * call: sendmail(8) and qmail-queue(8) do.  Who it is the kernel says.  One
 * forked, confined process a letter; its only power is to create files in its
 * drop box.
 */
#include "cmd/local-submit/door.h"
#include "lib/base/confine.h"
#include "lib/base/die.h"
#include "lib/base/home.h"
#include "lib/base/local_socket.h"
#include "lib/base/log.h"
#include "queue/drop.h"

#include <signal.h>

static const struct confine_path session_paths[] = {
	{"queue/drop/local-submit", DIR_ADD},
	{0}
};

static const struct confine_path paths[] = {
	{"control/cdb/routing", DIR_READ},
	{"queue/drop/local-submit", DIR_ADD},
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
	struct config config;
	struct door door = {.config = &config};

	(void)argv;
	die_name = "local-submit";
	signal(SIGPIPE, SIG_IGN); /* a log that went away ends nothing */
	if (argc != 1)
		die_usage("local-submit");
	log_open();
	home_enter();
	config_open_or_die(&config, "routing");
	door.box_fd = drop_box_open("local-submit");
	if (door.box_fd < 0)
		die_temp("cannot open queue/drop/local-submit");
	door.listen_fd = local_listen_stream("run/submit/s");
	if (door.listen_fd < 0)
		die_temp("cannot listen on run/submit/s");
	door.domain_fd = confine_prepare(session_paths);
	confine(&needs);
	return door_serve(&door);
}
