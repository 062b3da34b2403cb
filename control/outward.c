/* outward - by which host mail to outside leaves; see outward.h. */
#include "control/outward.h"

#include "control/rows.h"
#include "lib/base/dns_address.h"
#include "lib/mail/address.h"
#include "lib/mail/next_hop.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct outward {
	struct config *config;
	const struct route_request *request;
	const struct route_trace *trace;
	struct slice domain;
	struct str *to;
	bool is_direct; /* smarthost=none: by no smart host */
};

void
step(const struct route_trace *trace, const char *format, ...)
{
	char text[2048];
	va_list args;

	if (!trace)
		return;
	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	trace->step(trace->context, text);
}

/* An unknown box is outside, like smtp. */
bool
outward_is_from_inside(const struct route_request *request)
{
	static const char *const boxes[] = {"bounce", "local", "local-submit",
	    "pop3", "relay", "submission"};

	for (size_t i = 0; i < sizeof boxes / sizeof *boxes; i++)
		if (slice_is(request->box, boxes[i]))
			return true;
	return request->login.len > 0;
}

bool
outward_is_from_outside(const struct route_request *request)
{
	return !outward_is_from_inside(request) ||
	    slice_is(request->box, "pop3");
}

bool
outward_find_writer(struct config *config,
    const struct route_request *request, struct account *account)
{
	return outward_is_from_inside(request) &&
	    config_account(config, request->login.len ? request->login :
		request->sender, account);
}

bool
outward_is_allowed(struct config *config, const struct route_request *request,
    const struct route_trace *trace)
{
	struct account account = {0};
	bool is_closed = outward_find_writer(config, request, &account) &&
	    account.send_internal;

	if (is_closed)
		step(trace, "accounts:%llu: %s has send=internal",
		    (unsigned long long)account.line, str_c(&account.address));
	account_free(&account);
	return !is_closed;
}

/* What a row of table says of its senders.  True when that is a host. */
static bool
take_smarthost(struct outward *o, const char *table, uint64_t line,
    const struct str *who, const struct str *smarthost)
{
	if (!smarthost->len)
		return false;
	step(o->trace, "%s:%llu: smart host of the sender %s: %s", table,
	    (unsigned long long)line, str_c(who), str_c(smarthost));
	o->is_direct = slice_is(str_slice(smarthost), SMARTHOST_NONE);
	if (!o->is_direct)
		str_set_slice(o->to, str_slice(smarthost));
	return !o->is_direct;
}

static bool
by_account(struct outward *o)
{
	struct account account = {0};
	bool is_found = outward_find_writer(o->config, o->request, &account) &&
	    take_smarthost(o, "accounts", account.line, &account.address,
		&account.smarthost);

	account_free(&account);
	return is_found;
}

/* The null sender has no domain. */
static bool
by_sender_domain(struct outward *o)
{
	struct domain_row row = {0};
	struct str name = {0};
	struct slice local, domain;
	bool is_found = !o->is_direct && outward_is_from_inside(o->request) &&
	    address_split(o->request->sender, &local, &domain) &&
	    domain_normalize(&name, domain) == 0 &&
	    rows_get(o->config, 'd', str_slice(&name), domain_row_fields,
		&row) &&
	    take_smarthost(o, "domains", row.line, &name, &row.smarthost);

	record_free(domain_row_fields, &row);
	str_free(&name);
	return is_found;
}

bool
outward_is_loopback(struct slice domain)
{
	static const unsigned char any[sizeof(struct in6_addr)];
	struct next_hop_host host = {0};
	struct dns_address address;
	bool is_loopback = slice_starts(domain, "[") &&
	    next_hop_parse_host(domain, &host) == 0 &&
	    dns_address_parse(str_slice(&host.name), &address) == 0 &&
	    (dns_address_is_loopback(&address) ||
		memcmp(address.bytes, any, sizeof any) == 0);

	str_free(&host.name);
	return is_loopback;
}

static void
write_mx(struct outward *o, struct slice tls)
{
	struct next_hop hop = {.kind = NEXT_HOP_MX};

	str_set_slice(&hop.domain, o->domain);
	if (o->domain.s[0] == '[') {
		hop.kind = NEXT_HOP_TO;
		hop.host_count = 1;
		next_hop_parse_host(o->domain, &hop.hosts[0]);
	}
	if (tls.len)
		next_hop_parse_tls(tls, &hop);
	str_clear(o->to);
	next_hop_write(o->to, &hop);
	next_hop_free(&hop);
}

static bool
by_route(struct outward *o, struct slice destination)
{
	struct route_row row = {0};
	bool is_found = rows_get(o->config, 'r', destination,
	    route_row_fields, &row);

	if (is_found) {
		step(o->trace, "routes:%llu: %.*s%s%s",
		    (unsigned long long)row.line, (int)destination.len,
		    destination.s, row.via.len ? " -> " : " -> its MX hosts",
		    str_c(&row.via));
		if (row.via.len)
			str_set_slice(o->to, str_slice(&row.via));
		else
			write_mx(o, str_slice(&row.tls));
	}
	record_free(route_row_fields, &row);
	return is_found;
}

/* The domain, .parent ..., the nearest first; *. */
static bool
by_routes(struct outward *o)
{
	struct slice domain = o->domain;
	bool is_literal = domain.s[0] == '[';

	if (!is_literal && by_route(o, domain))
		return true;
	for (size_t i = 0; i < domain.len && !is_literal; i++)
		if (domain.s[i] == '.' && by_route(o, slice_after(domain, i)))
			return true;
	return !o->is_direct && by_route(o, slice_of("*"));
}

void
outward_hop(struct config *config, const struct route_request *request,
    struct slice domain, const struct route_trace *trace, struct str *to)
{
	struct outward o = {.config = config, .request = request,
		.trace = trace, .domain = domain, .to = to};

	if (by_account(&o) || by_sender_domain(&o) || by_routes(&o))
		return;
	step(trace, "routes: none for %.*s", (int)domain.len, domain.s);
	write_mx(&o, slice_of(""));
}
