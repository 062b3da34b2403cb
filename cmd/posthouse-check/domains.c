/* domains - do the domains whose mail we want lead it here?  See check.h. */
#include "cmd/posthouse-check/check.h"

#include <string.h>

/* "domain example.org (domains:3)". */
static void
name_item(struct str *what, const char *kind, const struct survey_item *item)
{
	str_addf(what, "%s %s (%s)", kind, str_c(&item->domain),
	    str_c(&item->where));
}

static bool
is_here(struct check *check, const char *host)
{
	struct dns_addresses addresses;

	if (self_is_name(&check->self, slice_of(host)))
		return true;
	(void)dns_addresses(check->dns, host, check->mx_dns.ms, &addresses);
	return leads_here(check, &addresses);
}

/* This host in an MX list: the best of its rows, or NULL. */
static const struct dns_mx *
find_here(struct check *check, const struct dns_mx_list *list)
{
	const struct dns_mx *best = NULL;

	for (size_t i = 0; i < list->len; i++)
		if ((!best || list->v[i].preference < best->preference) &&
		    is_here(check, list->v[i].host.s))
			best = &list->v[i];
	return best;
}

static unsigned
count_better(const struct dns_mx_list *list, unsigned preference)
{
	unsigned count = 0;

	for (size_t i = 0; i < list->len; i++)
		count += list->v[i].preference < preference;
	return count;
}

static void
add_hosts(struct str *to, const struct dns_mx_list *list)
{
	for (size_t i = 0; i < list->len; i++)
		str_addf(to, "%s%u %s", i ? ", " : "", list->v[i].preference,
		    list->v[i].host.s);
}

/* ---- our own domains ---- */

static void
say_home_mx(struct check *check, const char *what, struct dns_mx_list *list)
{
	const struct dns_mx *here = find_here(check, list);
	struct str hosts = {0};

	add_hosts(&hosts, list);
	if (list->len == 1 && !strcmp(list->v[0].host.s, "."))
		say_fault(check, what, "its MX says that it takes no mail at "
		    "all (RFC 7505): let it say %s",
		    str_c(&check->settings.me));
	else if (here)
		say_ok(check, what, "its mail comes to %s, which is this "
		    "host (MX %s)", here->host.s, str_c(&hosts));
	else
		say_fault(check, what, "its mail does not come here: none of "
		    "its MX hosts (%s) is this host; let one of them be %s, "
		    "unless one of them sends it on to here", str_c(&hosts),
		    str_c(&check->settings.me));
	str_free(&hosts);
}

void
check_home(struct check *check, const struct survey_item *item)
{
	const char *domain = str_c(&item->domain);
	struct dns_mx_list list;
	struct str what = {0};

	name_item(&what, "domain", item);
	switch (dns_mx(check->dns, domain, check->mx_dns.ms, &list)) {
	case DNS_OK:
		say_home_mx(check, str_c(&what), &list);
		break;
	case DNS_NO_DATA:
		if (is_here(check, domain))
			say_ok(check, str_c(&what), "it has no MX, but its "
			    "own address is this host");
		else
			say_fault(check, str_c(&what), "it has no MX, so its "
			    "mail does not come here: add MX 10 %s",
			    str_c(&check->settings.me));
		break;
	case DNS_NO_NAME:
		say_note(check, str_c(&what), "it is not in the DNS; that is "
		    "right if nobody outside is to write to it");
		break;
	case DNS_LATER:
		say_unknown(check, str_c(&what), "%s", dns_why(check->dns));
	}
	str_free(&what);
}

/* ---- domains that we keep mail for ---- */

static void
say_rank(struct check *check, const char *what,
    const struct dns_mx_list *list)
{
	const struct dns_mx *here = find_here(check, list);
	struct str hosts = {0};

	add_hosts(&hosts, list);
	if (here)
		say_ok(check, what, "this host is its MX %u (%s), %u of %zu "
		    "better", here->preference, here->host.s,
		    count_better(list, here->preference), list->len);
	else
		say_fault(check, what, "this host is not among its MX (%s), "
		    "so that nobody leaves its mail here: let it have one "
		    "more, %s, with a larger number than the others",
		    str_c(&hosts), str_c(&check->settings.me));
	str_free(&hosts);
}

void
check_backup(struct check *check, const struct survey_item *item)
{
	struct dns_mx_list list;
	struct str what = {0};

	name_item(&what, "backup", item);
	if (dns_mx(check->dns, str_c(&item->domain), check->mx_dns.ms,
	    &list) == DNS_OK)
		say_rank(check, str_c(&what), &list);
	say_plan(check, str_c(&what), str_slice(&item->via));
	str_free(&what);
}

static void
say_held_mx(struct check *check, const char *what,
    const struct dns_mx_list *list)
{
	const struct dns_mx *here = find_here(check, list);
	struct str hosts = {0};

	add_hosts(&hosts, list);
	if (here)
		say_ok(check, what, "this host is its MX %u (%s)",
		    here->preference, here->host.s);
	else
		say_fault(check, what, "this host is not among its MX (%s), "
		    "so that nobody leaves its mail here: let one of them be "
		    "%s", str_c(&hosts), str_c(&check->settings.me));
	str_free(&hosts);
}

void
check_held(struct check *check, const struct survey_item *item)
{
	struct dns_mx_list list;
	struct str what = {0};

	name_item(&what, "etrn", item);
	switch (dns_mx(check->dns, str_c(&item->domain), check->mx_dns.ms,
	    &list)) {
	case DNS_OK:
		say_held_mx(check, str_c(&what), &list);
		break;
	case DNS_NO_DATA:
	case DNS_NO_NAME:
		say_fault(check, str_c(&what), "it has no MX, so that nobody "
		    "leaves its mail here: add MX 10 %s",
		    str_c(&check->settings.me));
		break;
	case DNS_LATER:
		say_unknown(check, str_c(&what), "%s", dns_why(check->dns));
	}
	if (item->via.len)
		say_plan(check, str_c(&what), str_slice(&item->via));
	str_free(&what);
}
