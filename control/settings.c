/* settings - all single-value files; see settings.h. */
#include "control/settings.h"

enum {
	MINUTE = 60,
	HOUR = 60 * MINUTE,
	DAY = 24 * HOUR,
	YEAR = 365 * DAY,
	CONCURRENCY_MAX = 1000
};
#define ANY_SIZE UINT64_C(1000000000000000)

const struct setting_rule setting_rules[] = {
    {"me", FORM_HOST, NULL, 0, 0,
	"this host's full name, as in its greeting and Received lines"},
    {"helohost", FORM_HOST, NULL, 0, 0,
	"the name given to other servers in EHLO"},
    {"smtpgreeting", FORM_TEXT, NULL, 0, 0,
	"the greeting of the SMTP server; begins with a host name"},
    {"databytes", FORM_SIZE, "50M", 0, ANY_SIZE,
	"the largest message accepted; 0: no limit"},
    {"queuelifetime", FORM_DURATION, "5d", 1, YEAR,
	"how long a message is tried before it is returned"},
    {"concurrencylocal", FORM_NUMBER, "8", 1, CONCURRENCY_MAX,
	"deliveries into mailboxes at once"},
    {"concurrencyremote", FORM_NUMBER, "20", 1, CONCURRENCY_MAX,
	"deliveries to other servers at once"},
    {"timeoutsmtpd", FORM_DURATION, "5m", 1, DAY,
	"how long the SMTP server waits for a client"},
    {"timeoutconnect", FORM_DURATION, "1m", 1, HOUR,
	"how long to wait for a connection to another server"},
    {"timeoutremote", FORM_DURATION, "20m", 1, DAY,
	"how long to wait for an answer from another server"},
    {"bouncefrom", FORM_LOCAL, "MAILER-DAEMON", 0, 0,
	"who writes failure reports, before the @"},
    {"bouncehost", FORM_HOST, NULL, 0, 0,
	"who writes failure reports, after the @"},
    {"doublebounceto", FORM_ADDRESS, "postmaster", 0, 0,
	"who gets failure reports that nobody else can get"},
    {"warnafter", FORM_DURATION, "4h", 0, YEAR,
	"after how long our own senders are told of a delay; 0: never"},
    {"firstretry", FORM_DURATION, "60s", 1, DAY,
	"the first wait after a failed attempt"},
    {"maxprobe", FORM_DURATION, "15m", 1, DAY,
	"the longest wait between attempts at a host"},
    {"warnheld", FORM_DURATION, "7d", 0, YEAR,
	"after how long postmaster is told of held mail; 0: never"},
    {"etrnlimit", FORM_NUMBER, "10", 1, 1000000,
	"times a minute that a domain's mail may be asked for (ETRN)"},
    {"minfree", FORM_SHARE, "5%", 0, ANY_SIZE,
	"free disk space below which no mail is accepted"},
    {"resolver", FORM_RESOLVER, "none", 0, 0,
	"the DNS resolver, address or address@port; none: the system's"},
    {"cafile", FORM_PATH, "none", 0, 0,
	"authorities to trust besides the system's, for outgoing TLS"},
    {"maxrcpt", FORM_NUMBER, "1000", 1, 100000,
	"recipients of one message"},
    {"sessions", FORM_NUMBER, "400", 1, 100000,
	"SMTP sessions at once"},
    {"sessionsperip", FORM_NUMBER, "50", 1, 100000,
	"SMTP sessions at once from one address"},
    {"plusaddress", FORM_TAGS, "+", 0, 0,
	"what separates a tag from a user, as in user+tag; none: no tags"},
    {"users", FORM_USERS, "ph", 0, 0,
	"prefix of the system users; one: everything is one user"},
    {0},
};

const struct setting_rule *
setting_find(struct slice name)
{
	for (const struct setting_rule *r = setting_rules; r->name; r++)
		if (slice_is(name, r->name))
			return r;
	return NULL;
}
