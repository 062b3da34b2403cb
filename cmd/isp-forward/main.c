/*
 * isp-forward - letters to the outside, each by its writer's own mailbox at
 * the provider.
 *
 * Runs as phisp, started by its service; takes jobs from queue-manager on
 * run/agent-isp/s and reads each message through the descriptor that came
 * with it.  Believes no server and no DNS.  RFC 5321, 4954, 6409.
 */
#include "cmd/isp-forward/forward.h"
#include "lib/base/confine.h"
#include "lib/base/die.h"
#include "lib/base/home.h"
#include "lib/base/log.h"

static const struct confine_path paths[] = {
	{"control/cdb/isp-smtp", DIR_READ},
	{"control/cdb/isp-map", DIR_READ},
	{"state/oauth", DIR_READ},
	{"state/sent", DIR_READ | DIR_CHANGE},
	{0}
};
static const struct confine needs = {
	MAY_OPEN | MAY_CREATE | MAY_FORK | MAY_LOCAL | MAY_PASS | MAY_CONNECT,
	paths
};

/* With a login in hand, and the Internet before it. */
static const struct confine_path session_paths[] = {
	{"control/cdb/isp-map", DIR_READ},
	{0}
};

int
main(int argc, char *argv[])
{
	static struct forward forward;
	struct agent agent = {.socket = "run/agent-isp/s", .window = 1,
		.work = forward_work, .leave = forward_leave,
		.idle_ms = IDLE_MS, .context = &forward};

	(void)argv;
	die_name = "isp-forward";
	if (argc != 1)
		die_usage("isp-forward");
	log_open();
	home_enter();
	forward_open(&forward);
	agent.workers = (unsigned)forward.settings.workers;
	forward.domain_fd = confine_prepare(session_paths);
	confine(&needs);
	return agent_serve(&agent);
}
