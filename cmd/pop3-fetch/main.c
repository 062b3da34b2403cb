/*
 * pop3-fetch - letters from mailboxes at a provider.
 *
 * Started by s6 as phpop.  The parent knows all logins and speaks to nobody
 * but root, on run/fetch/s; a child for each visit knows one, and its only
 * power is to create files in its drop box.  Believes no server.  RFC 1939,
 * 2449, 2595, 5034.
 */
#include "cmd/pop3-fetch/house.h"

#include "lib/base/confine.h"
#include "lib/base/die.h"
#include "lib/base/home.h"
#include "lib/base/local_socket.h"
#include "lib/base/log.h"

static const struct confine_path visit_paths[] = {
	{"queue/drop/pop3", DIR_ADD},
	{0}
};

static const struct confine_path paths[] = {
	{"control/cdb/isp-pop3", DIR_READ},
	{"state/pop3", DIR_READ | DIR_CHANGE},
	{"state/oauth", DIR_READ},
	{"state/sent", DIR_READ},
	{"queue/drop/pop3", DIR_ADD},
	{0}
};

static const struct confine needs = {
	.promises = MAY_OPEN | MAY_CREATE | MAY_SYNC | MAY_RENAME | MAY_FORK |
	    MAY_ACCEPT | MAY_PASS | MAY_CONNECT,
	.paths = paths,
};

int
main(int argc, char *argv[])
{
	static struct house house;

	(void)argv;
	die_name = "pop3-fetch";
	signal(SIGPIPE, SIG_IGN);
	if (argc != 1)
		die_usage("pop3-fetch");
	log_open();
	home_enter();
	house_open(&house);
	house.box_fd = drop_box_open("pop3");
	if (house.box_fd < 0)
		die_temp("cannot open queue/drop/pop3");
	house.listen_fd = local_listen("run/fetch/s");
	if (house.listen_fd < 0)
		die_temp("cannot listen on run/fetch/s");
	house.domain_fd = confine_prepare(visit_paths);
	confine(&needs);
	return house_serve(&house);
}
