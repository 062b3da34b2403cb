/*
 * share-sort - whose is a letter that came to an address of several?
 *
 * Runs as phshare, started by its service; takes jobs from queue-manager on
 * run/agent-share/s and reads each message through the descriptor that came
 * with it.  Believes no header: a lie in one can at most have a copy of the
 * letter put before somebody else of the same staff.
 */
#include "cmd/share-sort/sort.h"
#include "lib/base/confine.h"
#include "lib/base/die.h"
#include "lib/base/home.h"
#include "lib/base/log.h"

static const struct confine_path paths[] = {
	{"state/share", DIR_CHANGE},
	{"control/cdb/routing", DIR_READ},
	{0}
};
static const struct confine needs = {
	MAY_OPEN | MAY_CREATE | MAY_RENAME | MAY_FORK | MAY_LOCAL | MAY_PASS,
	paths
};

/* They wait for the disk now and then, and for nothing else. */
enum { WORKERS = 4 };

int
main(int argc, char *argv[])
{
	static struct house house;
	struct agent agent = {.socket = "run/agent-share/s",
		.workers = WORKERS, .window = 1, .work = sort_work,
		.context = &house};

	(void)argv;
	die_name = "share-sort";
	if (argc != 1)
		die_usage("share-sort");
	log_open();
	home_enter();
	house_open(&house);
	confine(&needs);
	return agent_serve(&agent);
}
