/*
 * mx - which hosts to try for a next hop; see mx.h.
 *
 * MX hosts are looked at in groups of equal preference, the best first.  The
 * first group that this host is in ends the list, and takes no part in it
 * (RFC 5321 5.1): worse ones need not even be looked up.
 */
#include "lib/mail/mx.h"

#include "lib/mail/address.h"

#include <string.h>

_Static_assert((int)NEXT_HOP_HOSTS_MAX <= (int)MX_HOSTS_MAX,
    "a route fits into a plan");

/* What is known after some hosts. */
struct search {
	struct mx_plan *plan;
	const struct self *self;
	const struct mx_resolver *resolver;
	bool met_self;
	struct str later; /* why the last one that nobody knows is unknown */
};

/* splitmix64: chance enough to spread load. */
static uint64_t
next_random(uint64_t *state)
{
	uint64_t z = *state += 0x9e3779b97f4a7c15u;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return z ^ (z >> 31);
}

/* The caller adds the text. */
static struct str *
decide(struct mx_plan *plan, enum mx_verdict verdict, int code,
    const char *enhanced)
{
	plan->verdict = verdict;
	plan->code = code;
	plan->enhanced = enhanced;
	str_clear(&plan->text);
	return &plan->text;
}

static void
nobody_knows(struct mx_plan *plan, const char *what, const char *why)
{
	str_addf(decide(plan, MX_LATER, 451, "4.4.3"),
	    "cannot look up %s: %s", what, why);
}

/* Loops are no fault of the writer: the letter stays until an administrator
 * has mended tables or DNS. */
static void
is_ourselves(struct mx_plan *plan, const char *what)
{
	plan->is_alarm = true;
	str_addf(decide(plan, MX_LATER, 451, "4.4.6"), "mail for %s would "
	    "come back to this host: its MX, or the route, lead here", what);
}

static bool
is_root(const struct dns_mx *mx)
{
	return strcmp(mx->host.s, ".") == 0;
}

/* RFC 7505: one record whose host is the root; no mail, ever. */
static bool
is_null(const struct dns_mx_list *list)
{
	for (size_t i = 0; i < list->len; i++)
		if (!is_root(&list->v[i]))
			return false;
	return list->len > 0;
}

/* Drops what is no host name; a host that comes twice has its better
 * preference. */
static void
tidy(struct dns_mx_list *list)
{
	size_t kept = 0;

	for (size_t i = 0; i < list->len; i++) {
		struct dns_mx mx = list->v[i];
		size_t same = 0;

		if (!domain_valid(slice_of(mx.host.s)))
			continue;
		while (same < kept &&
		    strcmp(list->v[same].host.s, mx.host.s))
			same++;
		if (same == kept)
			list->v[kept++] = mx;
		else if (mx.preference < list->v[same].preference)
			list->v[same].preference = mx.preference;
	}
	list->len = kept;
}

/* Shuffled, then sorted without changing the order of equals. */
static void
order(struct dns_mx_list *list, uint64_t seed)
{
	for (size_t i = list->len; i > 1; i--) {
		size_t other = next_random(&seed) % i;
		struct dns_mx mx = list->v[i - 1];

		list->v[i - 1] = list->v[other];
		list->v[other] = mx;
	}
	for (size_t i = 1; i < list->len; i++) {
		struct dns_mx mx = list->v[i];
		size_t at = i;

		for (; at && list->v[at - 1].preference > mx.preference; at--)
			list->v[at] = list->v[at - 1];
		list->v[at] = mx;
	}
}

/* By an address, or because its name is an alias of ours. */
static bool
is_here(const struct search *search, const struct mx_host *host)
{
	if (self_is_name(search->self, slice_of(host->addresses.canonical.s)))
		return true;
	for (size_t i = 0; i < host->addresses.len; i++)
		if (self_is_address(search->self, &host->addresses.v[i]))
			return true;
	return false;
}

/* Looks up the addresses of a host, and whether it is this one. */
static enum dns_result
look_up(struct search *search, const char *name, struct mx_host *host)
{
	const struct mx_resolver *resolver = search->resolver;
	enum dns_result result = resolver->addresses(resolver->context, name,
	    &host->addresses);

	if (result == DNS_LATER)
		str_set(&search->later, resolver->why(resolver->context));
	if (result == DNS_OK && is_here(search, host))
		search->met_self = true;
	return result;
}

/* One host of the MX; it goes into the plan when it has an address and there
 * is room. */
static void
consider(struct search *search, const struct dns_mx *mx)
{
	struct mx_plan *plan = search->plan;
	struct mx_host host = {.name = mx->host, .port = SMTP_PORT,
		.preference = mx->preference};

	if (look_up(search, mx->host.s, &host) == DNS_OK &&
	    plan->host_count < MX_HOSTS_MAX)
		plan->hosts[plan->host_count++] = host;
}

/* The hosts from i to end, all of one preference: all of them, or none if
 * this host is one of them. */
static void
consider_group(struct search *search, const struct dns_mx_list *list,
    size_t i, size_t end)
{
	size_t before = search->plan->host_count;

	for (size_t at = i; at < end; at++)
		if (self_is_name(search->self, slice_of(list->v[at].host.s)))
			search->met_self = true;
	for (size_t at = i; at < end && !search->met_self; at++)
		consider(search, &list->v[at]);
	if (search->met_self)
		search->plan->host_count = before;
}

/* What to say when no host is left.  was_first: this host is the best. */
static void
nothing_left(struct search *search, const char *domain, bool was_first)
{
	struct mx_plan *plan = search->plan;

	if (search->met_self && was_first)
		is_ourselves(plan, domain);
	else if (search->later.len)
		nobody_knows(plan, domain, str_c(&search->later));
	else
		str_addf(decide(plan, MX_LATER, 450, "4.4.4"),
		    "no MX host of %s has an address", domain);
}

static void
plan_list(struct search *search, const char *domain, struct dns_mx_list *list,
    uint64_t seed)
{
	size_t i = 0, end = 0;

	if (is_null(list)) {
		str_addf(decide(search->plan, MX_FAIL, 556, "5.1.10"),
		    "%s accepts no mail (its MX says so)", domain);
		return;
	}
	tidy(list);
	order(list, seed);
	while (end < list->len && !search->met_self &&
	    search->plan->host_count < MX_HOSTS_MAX) {
		for (i = end; end < list->len &&
		    list->v[end].preference == list->v[i].preference;)
			end++;
		consider_group(search, list, i, end);
	}
	if (!search->plan->host_count)
		nothing_left(search, domain, i == 0);
}

/* RFC 5321 5.1: without an MX the domain itself is the host. */
static void
plan_itself(struct search *search, const char *domain)
{
	struct mx_plan *plan = search->plan;
	struct mx_host *host = &plan->hosts[0];

	*host = (struct mx_host){.port = SMTP_PORT};
	str_set(&plan->text, domain);
	if (plan->text.len > DNS_NAME_MAX ||
	    self_is_name(search->self, slice_of(domain))) {
		is_ourselves(plan, domain);
		return;
	}
	memcpy(host->name.s, domain, plan->text.len + 1);
	switch (look_up(search, domain, host)) {
	case DNS_OK:
		if (search->met_self)
			is_ourselves(plan, domain);
		else
			plan->host_count = 1;
		return;
	case DNS_NO_DATA:
		str_addf(decide(plan, MX_FAIL, 550, "5.4.4"),
		    "%s takes no mail: it has neither MX nor address", domain);
		return;
	case DNS_NO_NAME:
		str_addf(decide(plan, MX_FAIL, 550, "5.1.2"),
		    "there is no domain %s", domain);
		return;
	case DNS_LATER:
		nobody_knows(plan, domain, str_c(&search->later));
	}
}

static void
plan_mx(struct search *search, const struct next_hop *hop, uint64_t seed)
{
	const char *domain = str_c(&hop->domain);
	const struct mx_resolver *resolver = search->resolver;
	struct mx_plan *plan = search->plan;
	struct dns_mx_list list;
	enum dns_result result = resolver->mx(resolver->context, domain,
	    &list);

	plan->is_secure = result != DNS_LATER && list.is_secure;
	switch (result) {
	case DNS_OK:
		plan_list(search, domain, &list, seed);
		return;
	case DNS_NO_DATA:
		if (hop->kind != NEXT_HOP_BACKUP) {
			plan_itself(search, domain);
			return;
		}
		plan->is_alarm = true;
		str_addf(decide(plan, MX_LATER, 451, "4.4.4"),
		    "%s has no MX, so this host can be no backup for it: "
		    "where is its mail to go?", domain);
		return;
	case DNS_NO_NAME:
		str_addf(decide(plan, MX_FAIL, 550, "5.1.2"),
		    "there is no domain %s", domain);
		return;
	case DNS_LATER:
		nobody_knows(plan, domain, resolver->why(resolver->context));
	}
}

/* A route may lead to another port of this machine, but not to a listener of
 * ours. */
static bool
is_own_listener(const struct search *search, const struct mx_host *host)
{
	const struct self *self = search->self;

	if (!host->is_address && self_is_port(self, host->port) &&
	    self_is_name(self, slice_of(host->name.s)))
		return true;
	for (size_t i = 0; i < host->addresses.len; i++)
		if (self_is_listener(self, &host->addresses.v[i], host->port))
			return true;
	return false;
}

/* The host of a route into *host; false without an address. */
static bool
find_route_host(struct search *search, const struct next_hop_host *from,
    struct mx_host *host)
{
	*host = (struct mx_host){.port = from->port,
		.is_address = from->is_address};
	if (from->name.len > DNS_NAME_MAX)
		return false;
	memcpy(host->name.s, str_c(&from->name), from->name.len + 1);
	if (!from->is_address)
		return look_up(search, host->name.s, host) == DNS_OK;
	host->addresses.len = 1;
	return dns_address_parse(str_slice(&from->name),
	    host->addresses.v) == 0;
}

/* A host that is missing is a fault of ours, or of the moment: the letter
 * waits. */
static void
plan_route(struct search *search, const struct next_hop *hop)
{
	struct mx_plan *plan = search->plan;
	const char *missing = "", *own = NULL;

	plan->is_secure = true; /* nobody but us has named the host */
	for (size_t i = 0; i < hop->host_count; i++) {
		struct mx_host *host = &plan->hosts[plan->host_count];

		if (!find_route_host(search, &hop->hosts[i], host))
			missing = str_c(&hop->hosts[i].name);
		else if (is_own_listener(search, host))
			own = str_c(&hop->hosts[i].name);
		else
			plan->host_count++;
	}
	if (own)
		is_ourselves(plan, own);
	if (plan->host_count)
		plan->verdict = MX_TRY;
	else if (!own && search->later.len)
		nobody_knows(plan, missing, str_c(&search->later));
	else if (!own)
		str_addf(decide(plan, MX_LATER, 450, "4.4.4"),
		    "the route leads to %s, which has no address", missing);
}

/* Mail that its domain has others keep is not lost by what DNS says in the
 * moment when it is asked for. */
static void
keep_for_later(struct mx_plan *plan)
{
	plan->verdict = MX_LATER;
	plan->code = 451;
	plan->enhanced = "4.4.4";
	plan->is_alarm = true;
}

void
mx_plan(struct mx_plan *plan, const struct next_hop *hop,
    const struct self *self, const struct mx_resolver *resolver,
    uint64_t seed)
{
	struct search search = {.plan = plan, .self = self,
		.resolver = resolver};

	plan->host_count = 0;
	plan->is_secure = plan->is_alarm = false;
	decide(plan, MX_TRY, 0, "");
	if (hop->host_count)
		plan_route(&search, hop);
	else
		plan_mx(&search, hop, seed);
	if (hop->kind == NEXT_HOP_ETRN && plan->verdict == MX_FAIL)
		keep_for_later(plan);
	str_free(&search.later);
}

void
mx_plan_free(struct mx_plan *plan)
{
	str_free(&plan->text);
	*plan = (struct mx_plan){0};
}
