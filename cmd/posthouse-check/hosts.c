/* hosts - are the hosts there that mail is sent to?  See check.h. */
#include "cmd/posthouse-check/check.h"

/* One host of a route, as remote-send would look at it. */
static void
check_host(struct check *check, const char *what, const struct next_hop *hop,
    size_t at)
{
	struct next_hop alone = *hop;
	struct mx_plan *plan = &check->plan;
	const char *name = str_c(&hop->hosts[at].name);
	struct str list = {0};

	alone.hosts[0] = hop->hosts[at];
	alone.host_count = 1;
	mx_plan(plan, &alone, &check->self, &check->resolver, 0);
	if (plan->verdict == MX_TRY) {
		dns_addresses_text(&list, &plan->hosts[0].addresses);
		say_ok(check, what, "%s is %s", name, str_c(&list));
	} else if (plan->is_alarm) {
		say_fault(check, what, "%s is a listener of this very host, "
		    "so that mail would go round in circles: name another",
		    name);
	} else if (plan->code == 450) {
		say_fault(check, what, "%s has no address: is it misspelt?",
		    name);
	} else {
		say_unknown(check, what, "%s", str_c(&plan->text));
	}
	str_free(&list);
}

void
check_hosts(struct check *check, const struct survey_item *item)
{
	struct next_hop hop = {0};
	struct str what = {0};

	str_addf(&what, "%s %s (%s)", item->kind == SURVEY_ROUTE ? "route" :
	    "mail of or to", str_c(&item->domain), str_c(&item->where));
	if (next_hop_parse(str_slice(&item->via), &hop) < 0)
		say_fault(check, str_c(&what), "the next hop %s cannot be "
		    "read: run posthouse compile", str_c(&item->via));
	for (size_t i = 0; i < hop.host_count; i++)
		check_host(check, str_c(&what), &hop, i);
	next_hop_free(&hop);
	str_free(&what);
}
