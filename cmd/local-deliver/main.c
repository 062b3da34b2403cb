/*
 * local-deliver - letters into the Maildirs of our own accounts.
 *
 * Runs as phmail, started by its service; takes jobs from queue-manager on
 * run/agent-local/s and reads each message through the descriptor that came
 * with it.  Believes no header: it copies bytes.  Maildir++, RFC 5321 4.4
 * (Return-Path).
 */
#include "cmd/local-deliver/mailbox.h"
#include "lib/base/confine.h"
#include "lib/base/die.h"
#include "lib/base/home.h"
#include "lib/base/log.h"

struct local_settings {
	uint64_t workers;
};

static const struct setting schema[] = {
	SETTING(local_settings, workers, SETTING_NUMBER, "concurrencylocal"),
	{0}
};

static const struct confine_path paths[] = {
	{"mail", DIR_CHANGE},
	{"state/overquota", DIR_CHANGE},
	{"control/cdb/routing", DIR_READ},
	{0}
};
static const struct confine needs = {
	MAY_OPEN | MAY_CREATE | MAY_SYNC | MAY_RENAME | MAY_FORK | MAY_LOCAL |
	    MAY_PASS,
	paths
};

enum {
	WINDOW = 32,   /* jobs that a worker takes at once, to share an fsync */
	COMPANY_MS = 5 /* a few fsyncs' time, and no reader notices */
};

int
main(int argc, char *argv[])
{
	static struct config config;
	static struct mailboxes mailboxes;
	struct local_settings settings = {0};
	struct agent agent = {.socket = "run/agent-local/s", .window = WINDOW,
		.company_ms = COMPANY_MS,
		.work = mailboxes_deliver, .context = &mailboxes};

	(void)argv;
	die_name = "local-deliver";
	if (argc != 1)
		die_usage("local-deliver");
	log_open();
	home_enter();
	config_open_or_die(&config, "routing");
	config_settings_or_die(&config, schema, &settings);
	agent.workers = (unsigned)settings.workers;
	mailboxes_open(&mailboxes, &config);
	confine(&needs);
	return agent_serve(&agent);
}
