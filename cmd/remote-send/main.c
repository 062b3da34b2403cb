/*
 * remote-send - letters to other hosts, by SMTP.
 *
 * Runs as phremote, started by its service; takes jobs from queue-manager on
 * run/agent-remote/s and reads each message through the descriptor that came
 * with it.  Believes no server and no DNS.  RFC 5321, 7505, 7672.
 */
#include "cmd/remote-send/remote.h"
#include "lib/base/confine.h"
#include "lib/base/die.h"
#include "lib/base/home.h"
#include "lib/base/log.h"

static const struct confine_path paths[] = {
	{"control/cdb/remote", DIR_READ},
	{0}
};
static const struct confine needs = {
	MAY_OPEN | MAY_FORK | MAY_LOCAL | MAY_PASS | MAY_CONNECT, paths
};

int
main(int argc, char *argv[])
{
	static struct remote remote;
	struct agent agent = {.socket = "run/agent-remote/s", .window = 1,
		.work = remote_work, .leave = remote_leave,
		.idle_ms = IDLE_MS, .context = &remote};

	(void)argv;
	die_name = "remote-send";
	if (argc != 1)
		die_usage("remote-send");
	log_open();
	home_enter();
	remote_open(&remote);
	agent.workers = (unsigned)remote.settings.workers;
	confine(&needs);
	return agent_serve(&agent);
}
