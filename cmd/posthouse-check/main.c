/*
 * posthouse-check - is the world around this host as the tables say?
 *
 * Run by the administrator.  Asks DNS what other hosts would ask it, and
 * changes nothing.  Believes no answer; locks itself in before the first
 * question.
 */
#include "cmd/posthouse-check/check.h"
#include "control/pending.h"
#include "lib/base/confine.h"
#include "lib/base/die.h"
#include "lib/base/home.h"

#include <stdio.h>
#include <string.h>

enum { DNS_MS = 10 * 1000 };

static const char synopsis[] = "posthouse check --dns [DOMAIN ...]";

static const struct confine needs = {MAY_CONNECT, NULL};

static const struct setting schema[] = {
	SETTING(check_settings, me, SETTING_TEXT, "me"),
	SETTING(check_settings, helohost, SETTING_TEXT, "helohost"),
	SETTING(check_settings, resolver, SETTING_TEXT, "resolver"),
	{0}
};

static void
check_open(struct check *check)
{
	config_open_or_die(&check->config, "routing");
	config_settings_or_die(&check->config, schema, &check->settings);
	survey_self(&check->config, &check->self);
	survey_take(&check->config, &check->survey);
	if (self_read_interfaces(&check->self) < 0)
		die_temp("cannot ask for the addresses of this host");
	if (dns_open(&check->dns, str_slice(&check->settings.resolver)) < 0)
		die_temp("cannot use the resolver %s",
		    str_c(&check->settings.resolver));
	check->mx_dns = (struct mx_dns){check->dns, DNS_MS, 0};
	check->resolver = mx_resolver_of(&check->mx_dns);
}

static void
check_item(struct check *check, const struct survey_item *item)
{
	switch (item->kind) {
	case SURVEY_HOME:
		check_home(check, item);
		check_share(check, item);
		return;
	case SURVEY_BACKUP:
		check_backup(check, item);
		return;
	case SURVEY_HELD:
		check_held(check, item);
		return;
	case SURVEY_ROUTE:
	case SURVEY_HOST:
		check_hosts(check, item);
	}
}

static void
check_all(struct check *check)
{
	check_names(check);
	for (size_t i = 0; i < check->survey.len; i++)
		check_item(check, &check->survey.v[i]);
}

static void
check_destinations(struct check *check, char *domains[])
{
	for (; *domains; domains++)
		if (check_destination(check, slice_of(*domains)) < 0)
			die_perm("%s is no domain, write one like "
			    "example.org", *domains);
}

static int
verdict(const struct check *check)
{
	if (check->faults)
		return EXIT_PERM;
	return check->unknown ? EXIT_TEMP : EXIT_DONE;
}

int
main(int argc, char *argv[])
{
	static struct check check;

	die_name = "posthouse-check";
	if (argc == 2 && !strcmp(argv[1], "--help"))
		die_help(synopsis);
	if (argc < 2 || strcmp(argv[1], "--dns"))
		die_usage(synopsis);
	home_enter();
	check_open(&check);
	setvbuf(stdout, NULL, _IOLBF, 0);
	pending_warn();
	printf("what the DNS says, asked from here:\n");
	confine(&needs);
	if (argc == 2)
		check_all(&check);
	else
		check_destinations(&check, argv + 2);
	return verdict(&check);
}
