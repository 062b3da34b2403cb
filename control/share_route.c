/* share_route - routing of share domains; see share_route.h. */
#include "control/share_route.h"

#include "lib/mail/copy.h"

static bool
is_share(const struct str *kind)
{
	return slice_is(str_slice(kind), "share");
}

/* ---- to staff, and to the shared address ---- */

/* Who it is for or from, and how that was known. */
static void
add_copy(struct str *to, const struct str *staff, const char *by)
{
	struct copy copy = {0};

	copy_add_staff(&copy, str_slice(staff));
	str_set(&copy.by, by);
	copy_add(to, &copy);
	copy_free(&copy);
}

static void
refuse_closed(struct decision *d, const struct resolved *found)
{
	step(d->trace, "accounts:%llu: receive=internal",
	    (unsigned long long)found->account.line);
	decision_refuse(d, str_slice(&found->address), 550, "5.7.1",
	    "this mailbox takes no mail from outside");
}

static void
refuse_former(struct decision *d, const struct resolved *found)
{
	struct str to = {0}, text = {0};
	bool is_inside = !outward_is_from_outside(d->request);

	share_goes_to(d->config, str_slice(&found->account.address), &to);
	step(d->trace, "accounts:%llu: former=yes, names and threads lead to "
	    "%s", (unsigned long long)found->account.line, str_c(&to));
	str_puts(&text, "this mailbox is closed");
	if (is_inside)
		str_addf(&text, ", write to %s", str_c(&to));
	decision_refuse(d, str_slice(&found->address), 550, "5.2.1",
	    str_c(&text));
	str_free(&to);
	str_free(&text);
}

/* What share-sort and the manager have given to somebody who has left since
 * then is not lost. */
static void
route_former(struct decision *d, const struct resolved *found)
{
	struct str to = {0};

	if (!d->request->is_added && !slice_is(d->request->box, "local")) {
		refuse_former(d, found);
		return;
	}
	share_goes_to(d->config, str_slice(&found->account.address), &to);
	step(d->trace, "accounts:%llu: former=yes, so it goes to %s",
	    (unsigned long long)found->account.line, str_c(&to));
	decision_follow(d, str_slice(&to));
	str_free(&to);
}

/* From outside, straight to staff: the manager sees it too. */
static void
route_direct(struct decision *d, const struct resolved *found)
{
	struct share_row share = {0};
	struct str copy = {0};
	struct route *route;

	add_copy(&copy, &found->account.address, "direct");
	decision_add(d, ROUTE_LOCAL, str_slice(&found->address),
	    str_slice(&copy));
	step(d->trace, "local: to mail/%s/%s", str_c(&found->account.domain),
	    str_c(&found->account.local));
	if (share_load_head(d->config, str_slice(&found->domain), &share)) {
		step(d->trace, "accounts:%llu: the manager %s gets a copy",
		    (unsigned long long)share.line, str_c(&share.manager));
		route = decision_add(d, ROUTE_LOCAL, str_slice(&share.manager),
		    str_slice(&copy));
		if (route)
			route->is_extra = true;
	}
	share_free(&share);
	str_free(&copy);
}

static void
route_assigned(struct decision *d, const struct resolved *found)
{
	struct str copy = {0};
	struct route *route;

	step(d->trace, "box local: assigned to %s, share-sort remembers it",
	    str_c(&found->account.address));
	add_copy(&copy, &found->account.address, "assigned");
	route = decision_add(d, ROUTE_LOCAL, str_slice(&found->address),
	    str_slice(&copy));
	if (route)
		route->sort = SORT_ASSIGNED;
	str_free(&copy);
}

static void
route_shared(struct decision *d, const struct resolved *found)
{
	struct route *route;

	step(d->trace, "accounts:%llu: %s is the manager of %s, share-sort "
	    "says who else gets it", (unsigned long long)found->account.line,
	    str_c(&found->account.address), str_c(&found->domain));
	route = decision_add(d, ROUTE_LOCAL, str_slice(&found->address),
	    slice_of(""));
	if (route)
		route->sort = SORT_IN;
}

/* From outside, which fetched mail of one's own mailbox is not to this end. */
static bool
may_get(const struct decision *d, const struct account *manager)
{
	return !manager->receive_internal || d->is_postmaster ||
	    slice_is(d->request->box, "pop3");
}

bool
share_route_account(struct decision *d, const struct resolved *found)
{
	const struct account *account = &found->account;
	const struct route_request *request = d->request;
	bool is_staff = slice_is(str_slice(&account->role), "staff");
	bool is_outside = outward_is_from_outside(request) &&
	    !request->is_added;

	if (!is_share(&found->domain_row.kind))
		return false;
	if (account->is_former)
		route_former(d, found);
	else if (is_staff && slice_is(request->box, "local"))
		route_assigned(d, found);
	else if (is_staff && is_outside && account->receive_internal &&
	    !d->is_postmaster)
		refuse_closed(d, found);
	else if (is_staff && is_outside)
		route_direct(d, found);
	else if (slice_is(str_slice(&account->role), "manager") &&
	    is_outside && may_get(d, account))
		route_shared(d, found);
	else
		return false;
	return true;
}

/* ---- from staff ---- */

static void
writer_take(struct config *config, const struct account *account,
    struct share_writer *writer)
{
	struct share_row share = {0};

	if (!slice_is(str_slice(&account->role), "staff") ||
	    !share_load_head(config, str_slice(&account->domain), &share))
		return;
	str_set_slice(&writer->account, str_slice(&account->address));
	str_set_slice(&writer->manager, str_slice(&share.manager));
	writer->is_held = account->audit == AUDIT_BY_DOMAIN ?
	    share.audit_hold : account->audit == AUDIT_HOLD;
	writer->line = account->line;
	share_free(&share);
}

void
share_writer_find(struct config *config, const struct route_request *request,
    struct share_writer *writer)
{
	struct account account = {0};

	if (outward_find_writer(config, request, &account))
		writer_take(config, &account, writer);
	account_free(&account);
}

void
share_writer_free(struct share_writer *writer)
{
	str_free(&writer->account);
	str_free(&writer->manager);
}

/* With Bcc recipients, for only the envelope names them. */
static void
sent_copy(struct str *to, const struct share_writer *writer)
{
	struct copy copy = {.is_seen = !writer->is_held, .has_list = true};

	str_set(&copy.folder, writer->is_held ? "Approve" : "Sent");
	copy_add_staff(&copy, str_slice(&writer->account));
	str_set(&copy.by, writer->is_held ? "held" : "sent");
	if (writer->is_held)
		str_set(&copy.hold, "yes");
	copy_add(to, &copy);
	copy_free(&copy);
}

void
share_route_outward(struct decision *d, const struct share_writer *writer,
    struct slice address, struct slice lane)
{
	struct str copy = {0};
	struct route *route;

	sent_copy(&copy, writer);
	step(d->trace, "accounts:%llu: %s is staff, so the manager %s has a "
	    "copy in the folder %s first%s", (unsigned long long)writer->line,
	    str_c(&writer->account), str_c(&writer->manager),
	    writer->is_held ? "Approve" : "Sent", writer->is_held ?
	    ", and the letter waits for an approval (audit=hold)" : "");
	route = decision_add(d, ROUTE_LOCAL, str_slice(&writer->manager),
	    str_slice(&copy));
	if (route) {
		route->sort = SORT_OUT;
		route->is_extra = true;
	}
	route = decision_add(d, ROUTE_ISP, address, slice_of(""));
	if (route) {
		str_add_slice(&route->next_hop, lane);
		route->stage = 2;
		route->is_held = writer->is_held;
	}
	str_free(&copy);
}
