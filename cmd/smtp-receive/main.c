/*
 * smtp-receive - take letters from the Internet and put them into the queue.
 *
 * Started by tcp-listen, already as user phsmtp, with the listening sockets
 * at hand.  Believes nothing it reads; its only power is to create files in
 * its drop box.  RFC 5321.
 */
#include "cmd/smtp-receive/listener.h"
#include "lib/base/confine.h"
#include "lib/base/die.h"
#include "lib/base/home.h"
#include "lib/base/log.h"
#include "queue/drop.h"

#include <signal.h>
#include <string.h>

static const struct confine_path session_paths[] = {
	{"queue/drop/smtp", DIR_ADD},
	{"state/overquota", DIR_READ},
	{0}
};

static const struct confine_path paths[] = {
	{"control/cdb/routing", DIR_READ},
	{"queue/drop/smtp", DIR_ADD},
	{"state/overquota", DIR_READ},
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
	struct listener listener = {.config = &config};

	die_name = "smtp-receive";
	signal(SIGPIPE, SIG_IGN); /* a log that went away ends nothing */
	if (argc != 2 || strcmp(argv[1], "smtp") != 0)
		die_usage("tcp-listen smtp smtp-receive smtp");
	listener.service = argv[1];
	log_open();
	home_enter();
	listener.count = listener_inherit();
	config_open_or_die(&config, "routing");
	listener.box_fd = drop_box_open(listener.service);
	if (listener.box_fd < 0)
		die_temp("cannot open queue/drop/%s", listener.service);
	listener.domain_fd = confine_prepare(session_paths);
	confine(&needs);
	return listener_serve(&listener);
}
