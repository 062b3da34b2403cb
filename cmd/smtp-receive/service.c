/* service - the kinds of listeners; see service.h. */
#include "cmd/smtp-receive/service.h"

#include <stddef.h>
#include <string.h>

enum {
	PROMISES = MAY_OPEN | MAY_CREATE | MAY_FORK | MAY_ACCEPT | MAY_PASS,
	SENDS = PROMISES | MAY_SEND, /* to etrn-serve, starttls */
	ASKS = PROMISES | MAY_ASK    /* tls-key and auth-check */
};

static const struct confine_path smtp[] = {
	{"control/cdb/routing", DIR_READ},
	{"control/cdb/tls-cert", DIR_READ},
	{"queue/drop/smtp", DIR_ADD},
	{"state/overquota", DIR_READ},
	{0}
};

static const struct confine_path smtp_session[] = {
	{"queue/drop/smtp", DIR_ADD},
	{"state/overquota", DIR_READ},
	{0}
};

static const struct confine_path submission[] = {
	{"control/cdb/routing", DIR_READ},
	{"control/cdb/tls-cert", DIR_READ},
	{"queue/drop/submission", DIR_ADD},
	{"state/isp", DIR_READ},
	{"state/overquota", DIR_READ},
	{0}
};

static const struct confine_path submission_session[] = {
	{"queue/drop/submission", DIR_ADD},
	{"state/isp", DIR_READ},
	{"state/overquota", DIR_READ},
	{0}
};

static const struct confine_path relay[] = {
	{"control/cdb/routing", DIR_READ},
	{"control/cdb/tls-cert", DIR_READ},
	{"queue/drop/relay", DIR_ADD},
	{"state/isp", DIR_READ},
	{"state/overquota", DIR_READ},
	{0}
};

static const struct confine_path relay_session[] = {
	{"queue/drop/relay", DIR_ADD},
	{"state/isp", DIR_READ},
	{"state/overquota", DIR_READ},
	{0}
};

static const struct service services[] = {
	{
		.name = "smtp",
		.box = "smtp",
		.moves_to = "run/tls/s",
		.parent = {SENDS, smtp},
		.session = smtp_session,
	},
	{
		.name = "starttls",
		.box = "smtp",
		.takes_from = "run/tls/s",
		.parent = {ASKS | SENDS, smtp},
		.session = smtp_session,
	},
	{
		.name = "submission",
		.box = "submission",
		.takes_logins = true,
		.parent = {ASKS | SENDS, submission},
		.session = submission_session,
	},
	{
		.name = "submissions",
		.box = "submission",
		.takes_logins = true,
		.is_tls_at_once = true,
		.parent = {ASKS | SENDS, submission},
		.session = submission_session,
	},
	{
		.name = "relay",
		.box = "relay",
		.is_for_relays = true,
		.parent = {ASKS, relay},
		.session = relay_session,
	},
};

const struct service *
service_find(const char *name)
{
	for (size_t i = 0; i < sizeof services / sizeof *services; i++)
		if (!strcmp(services[i].name, name))
			return &services[i];
	return NULL;
}
