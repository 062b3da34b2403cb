/* route - what happens to a recipient; see route.h. */
#include "control/route.h"

#include "control/decision.h"
#include "control/etrn.h"
#include "control/isp_route.h"
#include "control/monitor_route.h"
#include "control/share_route.h"
#include "lib/mail/address.h"

/* The compiler refuses longer chains of aliases; a CDB is believed only so
 * far. */
enum { DEPTH_MAX = ALIAS_DEPTH_MAX + 1 };

static const char stays[] = "what was fetched or assigned stays in the house";

static void decide(struct decision *, struct slice address,
    struct slice skip, unsigned depth);

void
decision_follow(struct decision *d, struct slice address)
{
	struct str key = {0};

	/* no address begins so; the compiler lets nobody come back */
	str_addf(&key, ":>%.*s", (int)address.len, address.s);
	if (!name_map_add(&d->seen, str_slice(&key), 0))
		decide(d, address, slice_of(""), 1);
	str_free(&key);
}

/* What was fetched, or is assigned to somebody here, never leaves. */
static bool
has_to_stay(const struct route_request *request)
{
	return slice_is(request->box, "pop3") ||
	    slice_is(request->box, "local");
}

/* ... and is never sent back: what nobody here can have goes to the postmaster
 * of its domain, else to that of the house. */
static void
decide_stranded(struct decision *d)
{
	struct slice local, domain, house;
	struct str postmaster = {0};

	step(d->trace, "box %.*s: nobody here can have it, so a postmaster "
	    "gets it", (int)d->request->box.len, d->request->box.s);
	d->is_postmaster = true;
	if (address_split(d->request->recipient, &local, &domain)) {
		str_addf(&postmaster, "postmaster@%.*s", (int)domain.len,
		    domain.s);
		decide(d, str_slice(&postmaster), slice_of(""), 1);
	}
	if (!d->out->len &&
	    cdb_file_get(&d->config->file, slice_of("=postmaster"), &house))
		decide(d, house, slice_of(""), 1);
	str_free(&postmaster);
}

/* True when a mailbox at a provider is to send it, or there should be one. */
static bool
decide_isp(struct decision *d, struct slice address)
{
	struct str lane = {0}, who = {0}, text = {0};
	struct share_writer writer = {0};
	bool is_through;

	share_writer_find(d->config, d->request, &writer);
	is_through = isp_route_outward(d->config, d->request,
	    str_slice(&writer.manager), d->trace, &lane, &who);
	if (is_through && lane.len) {
		if (writer.account.len)
			share_route_outward(d, &writer, address,
			    str_slice(&lane));
		else
			decision_send(d, ROUTE_ISP, address,
			    str_slice(&lane), 0);
		step(d->trace, "isp: %.*s, lane: %s", (int)address.len,
		    address.s, str_c(&lane));
	} else if (is_through) {
		str_addf(&text, "no ISP mailbox is bound to %s", str_c(&who));
		decision_refuse(d, address, 550, "5.7.1", str_c(&text));
	}
	str_free(&lane);
	str_free(&who);
	str_free(&text);
	share_writer_free(&writer);
	return is_through;
}

static bool
leads_home(struct decision *d, struct slice address, unsigned depth)
{
	struct str account = {0};
	bool leads = (depth || outward_is_from_inside(d->request)) &&
	    isp_route_home(d->config, address, d->trace, &account);

	if (leads)
		decide(d, str_slice(&account), slice_of(""), depth + 1);
	str_free(&account);
	return leads;
}

static void
decide_outside(struct decision *d, const struct resolved *found,
    unsigned depth)
{
	struct slice address = str_slice(&found->address);
	struct str hop = {0};

	step(d->trace, "domains: %s is not ours", str_c(&found->domain));
	if (depth < DEPTH_MAX && leads_home(d, address, depth)) {
		/* that said it all */
	} else if (!depth && !outward_is_from_inside(d->request)) {
		step(d->trace, "box %.*s without login: only to domains of "
		    "ours", (int)d->request->box.len, d->request->box.s);
		decision_refuse(d, address, 550, "5.7.1", "relaying denied");
	} else if (has_to_stay(d->request)) {
		decision_refuse(d, address, 550, "5.7.1", stays);
	} else if (!outward_is_allowed(d->config, d->request, d->trace)) {
		decision_refuse(d, address, 550, "5.7.1",
		    "this account may not send outside");
	} else if (outward_is_loopback(str_slice(&found->domain))) {
		decision_refuse(d, address, 550, "5.1.2",
		    "that address is this host itself");
	} else if (!decide_isp(d, address)) {
		outward_hop(d->config, d->request, str_slice(&found->domain),
		    d->trace, &hop);
		step(d->trace, "remote: %s, next hop: %s",
		    str_c(&found->address), str_c(&hop));
		decision_send(d, ROUTE_REMOTE, address, str_slice(&hop), 0);
	}
	str_free(&hop);
}

/* One lane for the domain, whatever its row says of where it leads: that is
 * asked when somebody asks for the mail. */
static void
hold(struct decision *d, const struct resolved *found)
{
	const struct domain_row *row = &found->domain_row;
	struct str lane = {0};
	struct etrn etrn = {0};
	bool is_to_client = d->trace && etrn_find(d->config,
	    str_slice(&found->domain), &etrn) && etrn.row.is_to_client;

	etrn_lane(&lane, str_slice(&found->domain));
	step(d->trace, "held: %s, lane: %s%s, until it is asked for; then: %s",
	    str_c(&found->address), str_c(&lane),
	    row->keep_s == UINT64_MAX ? ", kept for ever" : "",
	    is_to_client ? "to whoever asks" : str_c(&row->via));
	decision_send(d, ROUTE_REMOTE, str_slice(&found->address),
	    str_slice(&lane), row->keep_s);
	etrn_free(&etrn);
	str_free(&lane);
}

/* A route, a backup and an etrn are ours: everybody may.  What they say beats
 * every smart host and all of routes. */
static void
decide_routed(struct decision *d, const struct resolved *found)
{
	const struct domain_row *row = &found->domain_row;

	if (found->name.len)
		step(d->trace, "%s:%llu: %s is listed",
		    str_c(&row->recipients),
		    (unsigned long long)found->recipient.line,
		    str_c(&found->name));
	if (has_to_stay(d->request)) {
		decision_refuse(d, str_slice(&found->address), 550, "5.7.1",
		    stays);
		return;
	}
	if (slice_is(str_slice(&row->kind), "etrn")) {
		hold(d, found);
		return;
	}
	step(d->trace, "remote: %s, next hop: %s%s", str_c(&found->address),
	    str_c(&row->via),
	    row->keep_s == UINT64_MAX ? ", kept for ever" : "");
	decision_send(d, ROUTE_REMOTE, str_slice(&found->address),
	    str_slice(&row->via), row->keep_s);
}

static void
decide_account(struct decision *d, const struct resolved *found)
{
	step(d->trace, "accounts:%llu: %s is an account",
	    (unsigned long long)found->account.line,
	    str_c(&found->account.address));
	if (share_route_account(d, found))
		return;
	if (found->account.receive_internal && !d->is_postmaster &&
	    !d->request->is_added && !outward_is_from_inside(d->request)) {
		step(d->trace, "accounts:%llu: receive=internal",
		    (unsigned long long)found->account.line);
		decision_refuse(d, str_slice(&found->address), 550, "5.7.1",
		    "this mailbox takes no mail from outside");
		return;
	}
	step(d->trace, "local: to mail/%s/%s", str_c(&found->account.domain),
	    str_c(&found->account.local));
	decision_add(d, ROUTE_LOCAL, str_slice(&found->address), slice_of(""));
}

static void
decide_alias(struct decision *d, const struct resolved *found, unsigned depth)
{
	struct str key = {0}, list = {0};

	for (size_t i = 0; d->trace && i < found->alias.targets.len; i++)
		str_addf(&list, "%s%s", i ? ", " : "",
		    str_c(&found->alias.targets.v[i]));
	step(d->trace, "aliases:%llu: %s -> %s",
	    (unsigned long long)found->alias.line, str_c(&found->name),
	    str_c(&list));
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
	step(d->trace, "domains:%llu: %s is ours, kind %s",
	    (unsigned long long)found->domain_row.line, str_c(&found->domain),
	    str_c(&found->domain_row.kind));
	if (found->kind == RESOLVED_NOBODY && found->domain_row.recipients.len)
		step(d->trace, "%s: %s is not listed",
		    str_c(&found->domain_row.recipients),
		    str_c(&found->address));
	if (found->name.len && found->name.s[0] != '@' &&
	    !slice_eq(str_slice(&found->name), str_slice(&found->address)))
		step(d->trace, "plusaddress: %s stands for %s",
		    str_c(&found->address), str_c(&found->name));
}

/* unknown=isp: some mailboxes of this domain exist at the provider only. */
static bool
decide_elsewhere(struct decision *d, const struct resolved *found)
{
	if (!found->domain_row.has_more_at_isp ||
	    !outward_is_from_inside(d->request) ||
	    has_to_stay(d->request))
		return false;
	step(d->trace, "domains:%llu: unknown=isp",
	    (unsigned long long)found->domain_row.line);
	if (outward_is_allowed(d->config, d->request, d->trace))
		return decide_isp(d, str_slice(&found->address));
	decision_refuse(d, str_slice(&found->address), 550, "5.7.1",
	    "this account may not send outside");
	return true;
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
		decision_refuse(d, address, 550, "5.1.3",
		    "not a mail address");
		break;
	case RESOLVED_OUTSIDE:
		decide_outside(d, &found, depth);
		break;
	case RESOLVED_NOBODY:
		if (decide_elsewhere(d, &found))
			break;
		decision_refuse(d, str_slice(&found.address), 550, "5.1.1",
		    "no such user here");
		break;
	case RESOLVED_ACCOUNT:
		decide_account(d, &found);
		break;
	case RESOLVED_ALIAS:
		decide_alias(d, &found, depth);
		break;
	case RESOLVED_ROUTED:
		decide_routed(d, &found);
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

void
route_decide(struct config *config, const struct route_request *request,
    const struct route_trace *trace, struct routes *out)
{
	struct decision d = {
	    .config = config, .request = request, .trace = trace, .out = out};
	struct slice recipient = request->recipient, house;

	routes_free(out);
	d.is_postmaster = address_is_postmaster(recipient);
	if (is_house_postmaster(config, recipient) &&
	    cdb_file_get(&config->file, slice_of("=postmaster"), &house)) {
		d.is_postmaster = true;
		recipient = house;
		step(trace, "me: postmaster is %.*s", (int)house.len, house.s);
	}
	decide(&d, recipient, slice_of(""), 0);
	if (!out->len && has_to_stay(request))
		decide_stranded(&d);
	monitor_route(&d);
	if (config->is_damaged) {
		decision_forget(&d);
		decision_refuse(&d, recipient, 451, "4.3.0",
		    "local tables are damaged, try again later");
	}
	decision_end(&d);
}

bool
route_outer_domain(struct config *config, const struct route_request *request,
    struct str *to)
{
	struct share_writer writer = {0};
	struct str lane = {0}, who = {0};
	struct slice address, local, domain;
	bool is_known;

	share_writer_find(config, request, &writer);
	is_known = isp_route_outward(config, request,
	    str_slice(&writer.manager), NULL, &lane, &who);
	address = str_slice(&lane);
	slice_cut(&address, ' ');
	is_known = is_known && address_split(address, &local, &domain);
	if (is_known)
		str_set_slice(to, domain);
	share_writer_free(&writer);
	str_free(&lane);
	str_free(&who);
	return is_known;
}
