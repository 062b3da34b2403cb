/* monitor_route - copies for who watches a domain; see monitor_route.h. */
#include "control/monitor_route.h"

#include "lib/mail/address.h"

static bool
has_it(const struct routes *routes, const struct str *address)
{
	for (size_t i = 0; i < routes->len; i++)
		if (routes->v[i].kind == ROUTE_LOCAL &&
		    slice_eq(str_slice(&routes->v[i].address),
			str_slice(address)))
			return true;
	return false;
}

/* The copies for whoever watches; each domain is looked at once. */
struct watch {
	struct decision *d;
	struct name_map domains;
};

static void
add_monitor(struct watch *watch, const struct domain_row *row,
    const char *side)
{
	struct decision *d = watch->d;
	struct route *route;

	if (has_it(d->out, &row->monitor))
		return;
	route = decision_add(d, ROUTE_LOCAL, str_slice(&row->monitor),
	    slice_of(""));
	if (!route)
		return;
	route->is_extra = true;
	step(d->trace, "domains:%llu: monitor of the %s's domain: a copy to "
	    "%s", (unsigned long long)row->line, side, str_c(&row->monitor));
}

static void
monitor_of(struct watch *watch, struct slice address, const char *side)
{
	struct domain_row row = {0};
	struct str name = {0};
	struct slice local, domain;

	if (address_split(address, &local, &domain) &&
	    domain_normalize(&name, domain) == 0 &&
	    !name_map_add(&watch->domains, str_slice(&name), 0) &&
	    rows_get(watch->d->config, 'd', str_slice(&name),
		domain_row_fields, &row) && row.monitor.len)
		add_monitor(watch, &row, side);
	record_free(domain_row_fields, &row);
	str_free(&name);
}

/* What share-sort added or a manager assigned was seen when it came. */
void
monitor_route(struct decision *d)
{
	const struct route_request *request = d->request;
	struct watch watch = {.d = d};
	size_t count = d->out->len;
	struct str address = {0};

	if (request->is_added || slice_is(request->box, "local") || !count)
		return;
	monitor_of(&watch, request->recipient, "recipient");
	for (size_t i = 0; i < count; i++) {
		if (d->out->v[i].kind != ROUTE_LOCAL || d->out->v[i].is_extra)
			continue;
		/* a copy: adding moves the routes */
		str_set_slice(&address, str_slice(&d->out->v[i].address));
		monitor_of(&watch, str_slice(&address), "recipient");
	}
	if (!outward_is_from_outside(request))
		monitor_of(&watch, request->login.len ? request->login :
		    request->sender, "sender");
	str_free(&address);
	name_map_free(&watch.domains);
}
