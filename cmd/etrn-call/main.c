/*
 * etrn-call - ask other hosts for the mail that they hold for us.
 *
 * Started by s6 as phcall.  The parent knows all logins and speaks to nobody
 * but root, on run/call/s; a child for each call knows one.  Neither touches
 * mail: what the host sends comes to smtp-receive.  Believes no server.  RFC
 * 1985.
 */
#include "cmd/etrn-call/house.h"

#include "lib/base/confine.h"
#include "lib/base/die.h"
#include "lib/base/home.h"
#include "lib/base/local_socket.h"
#include "lib/base/log.h"

/* A child opens nothing. */
static const struct confine_path child_paths[] = {{0}};

static const struct confine_path paths[] = {
	{"control/cdb/call", DIR_READ},
	{0}
};

static const struct confine needs = {
	.promises = MAY_OPEN | MAY_FORK | MAY_ACCEPT | MAY_PASS | MAY_CONNECT,
	.paths = paths,
};

int
main(int argc, char *argv[])
{
	static struct house house;

	(void)argv;
	die_name = "etrn-call";
	signal(SIGPIPE, SIG_IGN);
	if (argc != 1)
		die_usage("etrn-call");
	log_open();
	home_enter();
	house_open(&house);
	house.listen_fd = local_listen("run/call/s");
	if (house.listen_fd < 0)
		die_temp("cannot listen on run/call/s");
	house.domain_fd = confine_prepare(child_paths);
	confine(&needs);
	return house_serve(&house);
}
