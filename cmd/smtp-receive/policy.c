/* policy - may this be accepted?  See policy.h. */
#include "cmd/smtp-receive/policy.h"

#include "control/route.h"
#include "lib/base/clock.h"
#include "lib/base/log.h"
#include "lib/mail/address.h"
#include "lib/mail/isp_seen.h"

#include <fcntl.h>
#include <sys/stat.h>

enum {
	ROOM_EVERY_MS = 1000,
	OVER_QUOTA_S = 300 /* then one letter may find out again */
};

bool
policy_has_room(struct session *session)
{
	const struct smtp_settings *settings = session->start->settings;
	uint64_t now = clock_mono_ms();

	if (session->room_checked_ms &&
	    now - session->room_checked_ms < ROOM_EVERY_MS)
		return session->has_room;
	session->room_checked_ms = now;
	session->has_room = drop_has_room(session->start->box_fd,
	    settings->min_free_bytes, settings->min_free_percent);
	return session->has_room;
}

/* local-deliver leaves state/overquota/ACCOUNT behind when a mailbox is
 * full. */
static bool
has_mark(const struct str *account)
{
	struct str path = {0};
	struct stat st;
	bool is_marked = false;

	str_puts(&path, "state/overquota/");
	str_add_slice(&path, str_slice(account));
	if (stat(str_c(&path), &st) == 0)
		is_marked = (uint64_t)st.st_mtime + OVER_QUOTA_S >
		    clock_wall_s();
	str_free(&path);
	return is_marked;
}

/* Only accounts with a quota cost a look. */
static bool
is_over_quota(struct session *session, const struct str *address)
{
	struct account account = {0};
	bool is_over = config_account(session->start->config,
	    str_slice(address), &account) &&
	    (account.quota_bytes || account.quota_messages) &&
	    has_mark(&account.address);

	account_free(&account);
	return is_over;
}

/* What the provider by whom it would leave said of late. */
static bool
may_leave(struct session *session, const struct route *route,
    const char *recipient)
{
	uint64_t most = isp_seen_size(str_slice(&route->next_hop));
	struct slice local, domain;

	if (address_split(str_slice(&route->address), &local, &domain) &&
	    route_domain_is_home(session->start->config, domain) &&
	    isp_seen_is_unknown(str_slice(&route->address))) {
		session_refuse(session, REPLY_NOT_AT_ISP, recipient, NULL);
		return false;
	}
	if (most && session->declared_bytes > most) {
		session_refuse(session, REPLY_TOO_BIG_OUTSIDE, recipient,
		    log_number(most).s);
		return false;
	}
	if (most && (!session->outside_max || most < session->outside_max))
		session->outside_max = most;
	return true;
}

/* Copies that the house makes do not count: they wait for room. */
static bool
has_way_for_one(struct session *session, const struct routes *routes,
    const char *recipient)
{
	const struct route *route = NULL;

	for (size_t i = 0; i < routes->len; i++) {
		if (routes->v[i].is_extra)
			continue;
		if (route)
			return true;
		route = &routes->v[i];
	}
	if (route && route->kind == ROUTE_ISP)
		return may_leave(session, route, recipient);
	if (!route || route->kind != ROUTE_LOCAL ||
	    !is_over_quota(session, &route->address))
		return true;
	session_refuse(session, REPLY_OVER_QUOTA, recipient, NULL);
	return false;
}

/* One way that is open is enough: an alias may lead several ways. */
static bool
judge(struct session *session, const struct routes *routes,
    const char *recipient)
{
	const struct route *first = &routes->v[0];
	struct reply_text text;

	for (size_t i = 0; i < routes->len; i++)
		if (routes->v[i].kind != ROUTE_REFUSE)
			return has_way_for_one(session, routes, recipient);
	text = (struct reply_text){
		first->code, first->enhanced, str_c(&first->text)};
	session_refuse_text(session, &text, recipient, NULL);
	return false;
}

bool
policy_recipient(struct session *session, struct slice recipient)
{
	struct route_request request = {
		.box = slice_of(session->start->service->box),
		.sender = str_slice(&session->envelope.sender),
		.login = str_slice(&session->envelope.login),
		.recipient = recipient,
	};
	struct routes routes = {0};
	struct str name = {0};
	bool may;

	str_add_slice(&name, recipient);
	route_decide(session->start->config, &request, NULL, &routes);
	may = routes.len && judge(session, &routes, str_c(&name));
	routes_free(&routes);
	str_free(&name);
	return may;
}
