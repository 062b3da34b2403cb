/* route - what happens to a recipient; see route.h. */
#include "control/route.h"

#include "control/name_map.h"
#include "control/resolve.h"
#include "lib/mail/address.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

/* The compiler refuses longer chains of aliases; a CDB is believed only so
 * far. */
enum { DEPTH_MAX = ALIAS_DEPTH_MAX + 1 };

struct decision {
	struct config *config;
	const struct route_request *request;
	const struct route_trace *trace;
	struct routes *out;
	struct name_map seen;  /* aliases followed, addresses routed */
	struct route refusal;  /* why the one left out last was left out */
	bool is_postmaster;    /* RFC 5321 4.5.1: always reachable */
};

static void decide(struct decision *, struct slice address,
    struct slice skip, unsigned depth);

__attribute__((format(printf, 2, 3))) static void
step(const struct decision *d, const char *format, ...)
{
	char text[1024];
	va_list args;

	if (!d->trace)
		return;
	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	d->trace->step(d->trace->context, text);
}

static void
refuse(struct decision *d, struct slice address, int code,
    const char *enhanced, const char *text)
{
	d->refusal.kind = ROUTE_REFUSE;
	d->refusal.code = code;
	d->refusal.enhanced = enhanced;
	str_set_slice(&d->refusal.address, address);
	str_set(&d->refusal.text, text);
	step(d, "refused: %d %s %s: %s", code, enhanced, text,
	    str_c(&d->refusal.address));
}

static void
add_route(struct decision *d, enum route_kind kind, struct slice address,
    struct slice next_hop)
{
	struct routes *out = d->out;
	struct route *route;

	if (name_map_add(&d->seen, address, 0))
		return;
	if (out->len == out->cap) {
		out->cap = out->cap ? out->cap * 2 : 1;
		out->v = mem_grow(out->v, out->cap, sizeof *out->v);
	}
	route = &out->v[out->len++];
	*route = (struct route){.kind = kind};
	str_add_slice(&route->address, address);
	str_add_slice(&route->next_hop, next_hop);
}

/* Boxes that only our own people, or our own programs, can reach; an unknown
 * one is outside, like smtp. */
static bool
is_from_inside(const struct route_request *request)
{
	static const char *const boxes[] = {"bounce", "local", "local-submit",
	    "pop3", "relay", "submission"};

	for (size_t i = 0; i < sizeof boxes / sizeof *boxes; i++)
		if (slice_is(request->box, boxes[i]))
			return true;
	return request->login.len > 0;
}

/* The account that sends, as far as this is proved: a login, or a sender that
 * the box vouches for. */
static bool
may_send_outside(struct decision *d)
{
	const struct route_request *request = d->request;
	struct account account = {0};
	bool is_closed;

	if (!is_from_inside(request))
		return true;
	is_closed = config_account(d->config, request->login.len ?
	    request->login : request->sender, &account) &&
	    account.send_internal;
	if (is_closed)
		step(d, "accounts:%llu: %s has send=internal",
		    (unsigned long long)account.line, str_c(&account.address));
	account_free(&account);
	return !is_closed;
}

static void
decide_outside(struct decision *d, const struct resolved *found,
    unsigned depth)
{
	struct slice address = str_slice(&found->address);

	step(d, "domains: %s is not ours", str_c(&found->domain));
	if (!depth && !is_from_inside(d->request)) {
		step(d, "box %.*s without login: only to domains of ours",
		    (int)d->request->box.len, d->request->box.s);
		refuse(d, address, 550, "5.7.1", "relaying denied");
	} else if (slice_is(d->request->box, "pop3")) {
		refuse(d, address, 550, "5.7.1",
		    "fetched mail stays in the house");
	} else if (!may_send_outside(d)) {
		refuse(d, address, 550, "5.7.1",
		    "this account may not send outside");
	} else {
		step(d, "remote: %s by way of %s", str_c(&found->address),
		    str_c(&found->domain));
		add_route(d, ROUTE_REMOTE, address, str_slice(&found->domain));
	}
}

static void
decide_account(struct decision *d, const struct resolved *found)
{
	step(d, "accounts:%llu: %s is an account",
	    (unsigned long long)found->account.line,
	    str_c(&found->account.address));
	if (found->account.receive_internal && !d->is_postmaster &&
	    !is_from_inside(d->request)) {
		step(d, "accounts:%llu: receive=internal",
		    (unsigned long long)found->account.line);
		refuse(d, str_slice(&found->address), 550, "5.7.1",
		    "this mailbox takes no mail from outside");
		return;
	}
	step(d, "local: to mail/%s/%s", str_c(&found->account.domain),
	    str_c(&found->account.local));
	add_route(d, ROUTE_LOCAL, str_slice(&found->address), slice_of(""));
}

static void
decide_alias(struct decision *d, const struct resolved *found, unsigned depth)
{
	struct str key = {0}, list = {0};

	for (size_t i = 0; d->trace && i < found->alias.targets.len; i++)
		str_addf(&list, "%s%s", i ? ", " : "",
		    str_c(&found->alias.targets.v[i]));
	step(d, "aliases:%llu: %s -> %s", (unsigned long long)found->alias.line,
	    str_c(&found->name), str_c(&list));
	/* no address begins with a colon and an @, so these are apart */
	str_addf(&key, ":@%s", str_c(&found->name));
	if (depth < DEPTH_MAX && !name_map_add(&d->seen, str_slice(&key), 0))
		for (size_t i = 0; i < found->alias.targets.len; i++)
			decide(d, str_slice(&found->alias.targets.v[i]),
			    str_slice(&found->name), depth + 1);
	str_free(&key);
	str_free(&list);
}

static void
tell_name(const struct decision *d, const struct resolved *found)
{
	step(d, "domains:%llu: %s is ours, kind %s",
	    (unsigned long long)found->domain_row.line, str_c(&found->domain),
	    str_c(&found->domain_row.kind));
	if (found->kind != RESOLVED_NOBODY && found->name.s[0] != '@' &&
	    !slice_eq(str_slice(&found->name), str_slice(&found->address)))
		step(d, "plusaddress: %s stands for %s",
		    str_c(&found->address), str_c(&found->name));
}

/* depth: how many aliases led here. */
static void
decide(struct decision *d, struct slice address, struct slice skip,
    unsigned depth)
{
	struct resolved found = {0};

	resolve(d->config, address, skip, &found);
	if (found.kind > RESOLVED_OUTSIDE)
		tell_name(d, &found);
	switch (found.kind) {
	case RESOLVED_INVALID:
		refuse(d, address, 550, "5.1.3", "not a mail address");
		break;
	case RESOLVED_OUTSIDE:
		decide_outside(d, &found, depth);
		break;
	case RESOLVED_NOBODY:
		refuse(d, str_slice(&found.address), 550, "5.1.1",
		    "no such user here");
		break;
	case RESOLVED_ACCOUNT:
		decide_account(d, &found);
		break;
	case RESOLVED_ALIAS:
		decide_alias(d, &found, depth);
		break;
	}
	resolved_free(&found);
}

/* "postmaster" alone (RFC 5321 4.5.1), and that of this host's own name, which
 * need not be one of our mail domains. */
static bool
is_house_postmaster(struct config *config, struct slice recipient)
{
	struct slice local, domain, me;
	struct str name = {0};
	bool is_me;

	if (slice_ieq(recipient, slice_of("postmaster")))
		return true;
	if (!address_split(recipient, &local, &domain) ||
	    !slice_ieq(local, slice_of("postmaster")) ||
	    !cdb_file_get(&config->file, slice_of("=me"), &me))
		return false;
	is_me = domain_normalize(&name, domain) == 0 &&
	    slice_eq(str_slice(&name), me);
	str_free(&name);
	return is_me;
}

static bool
is_postmaster(struct slice recipient)
{
	struct slice local, domain;

	return address_split(recipient, &local, &domain) &&
	    slice_ieq(local, slice_of("postmaster"));
}

/* Nobody was left to deliver to: says why. */
static void
add_refusal(struct decision *d)
{
	struct route *route;

	add_route(d, ROUTE_REFUSE, str_slice(&d->refusal.address),
	    slice_of(""));
	route = &d->out->v[d->out->len - 1];
	route->code = d->refusal.code;
	route->enhanced = d->refusal.enhanced;
	str_add_slice(&route->text, str_slice(&d->refusal.text));
}

void
route_decide(struct config *config, const struct route_request *request,
    const struct route_trace *trace, struct routes *out)
{
	struct decision d = {
	    .config = config, .request = request, .trace = trace, .out = out};
	struct slice recipient = request->recipient, house;

	routes_free(out);
	d.is_postmaster = is_postmaster(recipient);
	if (is_house_postmaster(config, recipient) &&
	    cdb_file_get(&config->file, slice_of("=postmaster"), &house)) {
		d.is_postmaster = true;
		recipient = house;
		step(&d, "me: postmaster is %.*s", (int)house.len, house.s);
	}
	decide(&d, recipient, slice_of(""), 0);
	if (config->is_damaged) {
		routes_free(out);
		name_map_free(&d.seen);
		refuse(&d, recipient, 451, "4.3.0",
		    "local tables are damaged, try again later");
	}
	if (!out->len)
		add_refusal(&d);
	name_map_free(&d.seen);
	str_free(&d.refusal.address);
	str_free(&d.refusal.text);
}

void
routes_free(struct routes *routes)
{
	for (size_t i = 0; i < routes->len; i++) {
		str_free(&routes->v[i].address);
		str_free(&routes->v[i].next_hop);
		str_free(&routes->v[i].text);
	}
	free(routes->v);
	*routes = (struct routes){0};
}

/* Does an alias lead to the account? */
static bool
leads_to(struct config *config, struct slice account, struct slice address)
{
	struct route_request request = {
		.box = slice_of("submission"),
		.login = account,
		.recipient = address,
	};
	struct account owner = {0};
	struct routes routes = {0};
	bool leads = false;

	route_decide(config, &request, NULL, &routes);
	for (size_t i = 0; i < routes.len && !leads; i++)
		leads = routes.v[i].kind == ROUTE_LOCAL &&
		    config_account(config, str_slice(&routes.v[i].address),
			&owner) &&
		    slice_eq(str_slice(&owner.address), account);
	account_free(&owner);
	routes_free(&routes);
	return leads;
}

bool
route_owns(struct config *config, struct slice account, struct slice address)
{
	struct account owner = {0};
	bool owns;

	if (config_account(config, address, &owner))
		owns = slice_eq(str_slice(&owner.address), account);
	else
		owns = leads_to(config, account, address);
	account_free(&owner);
	return owns;
}

bool
route_domain_is_ours(struct config *config, struct slice domain)
{
	struct str name = {0};
	struct str key = {0};
	struct slice row;
	bool is_ours = false;

	if (domain_normalize(&name, domain) == 0) {
		str_addf(&key, "d%s", str_c(&name));
		is_ours = cdb_file_get(&config->file, str_slice(&key), &row);
	}
	str_free(&name);
	str_free(&key);
	return is_ours;
}
