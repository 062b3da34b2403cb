/* decision - what a routing decision holds on its way; see decision.h. */
#include "control/decision.h"

#include <stdlib.h>

void
decision_refuse(struct decision *d, struct slice address, int code,
    const char *enhanced, const char *text)
{
	d->refusal.kind = ROUTE_REFUSE;
	d->refusal.code = code;
	d->refusal.enhanced = enhanced;
	str_set_slice(&d->refusal.address, address);
	str_set(&d->refusal.text, text);
	step(d->trace, "refused: %d %s %s: %s", code, enhanced, text,
	    str_c(&d->refusal.address));
}

/* Has it been routed so already? */
static bool
is_seen(struct decision *d, struct slice address, struct slice copy)
{
	struct str key = {0};
	bool is_there;

	if (!copy.len)
		return name_map_add(&d->seen, address, 0) != NULL;
	str_add_slice(&key, address);
	str_putc(&key, '\n');
	str_add_slice(&key, copy);
	is_there = name_map_add(&d->seen, str_slice(&key), 0) != NULL;
	str_free(&key);
	return is_there;
}

struct route *
decision_add(struct decision *d, enum route_kind kind, struct slice address,
    struct slice copy)
{
	struct routes *out = d->out;
	struct route *route;

	if (is_seen(d, address, copy))
		return NULL;
	out->v = mem_room(out->v, out->len, &out->cap, sizeof *out->v);
	route = &out->v[out->len++];
	*route = (struct route){.kind = kind, .stage = 1};
	str_add_slice(&route->address, address);
	str_add_slice(&route->copy, copy);
	return route;
}

void
decision_send(struct decision *d, enum route_kind kind, struct slice address,
    struct slice next_hop, uint64_t keep_s)
{
	struct route *route = decision_add(d, kind, address, slice_of(""));

	if (!route)
		return;
	str_add_slice(&route->next_hop, next_hop);
	route->keep_s = keep_s;
}

void
decision_forget(struct decision *d)
{
	routes_free(d->out);
	name_map_free(&d->seen);
}

/* Nobody was left to deliver to: says why. */
static void
add_refusal(struct decision *d)
{
	struct route *route = decision_add(d, ROUTE_REFUSE,
	    str_slice(&d->refusal.address), slice_of(""));

	route->code = d->refusal.code;
	route->enhanced = d->refusal.enhanced;
	str_add_slice(&route->text, str_slice(&d->refusal.text));
}

void
decision_end(struct decision *d)
{
	if (!d->out->len)
		add_refusal(d);
	name_map_free(&d->seen);
	str_free(&d->refusal.address);
	str_free(&d->refusal.text);
}

void
routes_free(struct routes *routes)
{
	for (size_t i = 0; i < routes->len; i++) {
		str_free(&routes->v[i].address);
		str_free(&routes->v[i].next_hop);
		str_free(&routes->v[i].text);
		str_free(&routes->v[i].copy);
	}
	free(routes->v);
	*routes = (struct routes){0};
}
