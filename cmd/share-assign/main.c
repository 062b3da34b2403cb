/*
 * share-assign - what a manager moves about goes on.
 *
 * Started by s6 as phmail.  A letter that the manager moves into the folder
 * Assign/NAME goes to that person; one of staff that waits goes out when it is
 * moved to Approved, and back when it is moved to Rejected.  Believes no
 * folder and no file name; speaks to queue-manager alone.
 */
#include "cmd/share-assign/house.h"

#include "lib/base/confine.h"
#include "lib/base/die.h"
#include "lib/base/home.h"
#include "lib/base/log.h"
#include "queue/drop.h"

#include <fcntl.h>
#include <signal.h>

static const struct setting schema[] = {
	SETTING(tools, me, SETTING_TEXT, "me"),
	SETTING(tools, databytes, SETTING_BYTES, "databytes"),
	{0}
};

static const struct confine_path paths[] = {
	{"mail", DIR_CHANGE},
	{"queue/drop/local", DIR_ADD},
	{"control/cdb/routing", DIR_READ},
	{0}
};
static const struct confine needs = {
	MAY_OPEN | MAY_CREATE | MAY_RENAME | MAY_ASK | MAY_PASS | MAY_WATCH,
	paths
};

int
tools_settings(struct tools *tools)
{
	config_minfree(&tools->config, &tools->minfree_bytes,
	    &tools->minfree_percent);
	return config_settings(&tools->config, schema, tools);
}

static void
open_tools(struct tools *tools)
{
	config_open_or_die(&tools->config, "routing");
	if (tools_settings(tools) < 0)
		die_perm("control/cdb/routing lacks a setting: "
		    "run posthouse compile");
	tools->mail_fd = open("mail", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (tools->mail_fd < 0)
		die_temp("cannot open mail: is this a complete instance?");
	tools->box_fd = drop_box_open("local");
	if (tools->box_fd < 0)
		die_temp("cannot open queue/drop/local: run posthouse init");
}

int
main(int argc, char *argv[])
{
	static struct tools tools = {.watch_fd = -1};

	(void)argv;
	die_name = "share-assign";
	signal(SIGPIPE, SIG_IGN);
	if (argc != 1)
		die_usage("share-assign");
	log_open();
	home_enter();
	open_tools(&tools);
	confine(&needs);
	return house_serve(&tools);
}
