/*
 * queue-manager - admit, route, schedule and finish every message.
 *
 * Started by s6 as phqueue.  The only program that moves queue files.  It
 * parses no header, reaches no network and reads no mailbox; it believes
 * neither the files in the drop boxes nor its agents.  See manager.h for its
 * parts and queue/FORMAT.md for what it leaves on disk.
 */
#include "cmd/queue-manager/admin.h"
#include "cmd/queue-manager/agents.h"
#include "cmd/queue-manager/approve.h"
#include "cmd/queue-manager/login.h"
#include "cmd/queue-manager/loop.h"
#include "cmd/queue-manager/manager.h"
#include "cmd/queue-manager/release.h"
#include "cmd/queue-manager/seal.h"
#include "lib/base/clock.h"
#include "lib/base/confine.h"
#include "lib/base/die.h"
#include "lib/base/home.h"
#include "lib/base/log.h"

#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

const struct setting manager_schema[] = {
    SETTING(manager_settings, users, SETTING_TEXT, "users"),
    SETTING(manager_settings, doublebounceto, SETTING_TEXT, "doublebounceto"),
    SETTING(manager_settings, queuelifetime_s, SETTING_SECONDS,
	"queuelifetime"),
    SETTING(manager_settings, warnafter_s, SETTING_SECONDS, "warnafter"),
    SETTING(manager_settings, warnheld_s, SETTING_SECONDS, "warnheld"),
    SETTING(manager_settings, firstretry_s, SETTING_SECONDS, "firstretry"),
    SETTING(manager_settings, maxprobe_s, SETTING_SECONDS, "maxprobe"),
    SETTING(manager_settings, concurrencyremote, SETTING_NUMBER,
	"concurrencyremote"),
    {0}};

int
manager_read_settings(struct manager *manager)
{
	return config_settings(&manager->config, manager_schema,
	    &manager->settings);
}

/* A descriptor for each message in a worker's hands. */
static void
raise_descriptor_limit(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
		limit.rlim_cur = limit.rlim_max;
		(void)setrlimit(RLIMIT_NOFILE, &limit);
	}
}

static void
open_everything(struct manager *manager)
{
	const char *what = "queue", *prefix;

	config_open_or_die(&manager->config, "routing");
	config_settings_or_die(&manager->config, manager_schema,
	    &manager->settings);
	prefix = slice_is(str_slice(&manager->settings.users), "one") ? NULL :
	    str_c(&manager->settings.users);
	if (spool_open(&manager->spool, prefix, &what) < 0)
		die_temp("cannot open the queue (%s)", what);
	if (sweep_start(&manager->spool.sweep, manager->spool.active_fd) < 0)
		die_temp("cannot start the sweeper");
	if (login_open(manager) < 0)
		die_temp("cannot open state/passport ('posthouse init' makes "
			 "what is missing)");
	if (seal_open(manager) < 0)
		die_temp("cannot open state/hold/key ('posthouse init' makes "
			 "what is missing)");
	if (loop_open(manager) < 0)
		die_temp("cannot watch the drop boxes");
	if (agents_listen(manager, prefix) < 0)
		die_temp("cannot listen for agents below run/");
	if (admin_listen(manager) < 0)
		die_temp("cannot listen on run/admin/s");
	if (approve_listen(manager) < 0)
		die_temp("cannot listen on run/approve/s ('posthouse init' "
			 "makes what is missing)");
	if (release_listen(manager, prefix) < 0)
		die_temp("cannot listen on run/release/s");
}

int
main(int argc, char *argv[])
{
	static struct manager manager;

	(void)argv;
	die_name = "queue-manager";
	if (argc != 1)
		die_usage("queue-manager");
	home_enter();
	log_open();
	umask(077);
	raise_descriptor_limit();
	srandom((unsigned)clock_wall_us() ^ (unsigned)getpid());
	open_everything(&manager);
	confine(&manager_needs);
	loop_run(&manager);
}
