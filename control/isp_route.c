/* isp_route - routing of map and share domains; see isp_route.h. */
#include "control/isp_route.h"

#include "control/outward.h"
#include "control/resolve.h"
#include "lib/mail/address.h"

/* Is the domain (normalized) behind a provider?  Its options, too. */
static bool
is_behind_provider(struct config *config, struct slice domain,
    struct domain_row *row)
{
	return rows_get(config, 'd', domain, domain_row_fields, row) &&
	    kind_is_behind_provider(str_slice(&row->kind));
}

bool
isp_route_home(struct config *config, struct slice address,
    const struct route_trace *trace, struct str *account)
{
	struct slice local, domain;
	struct home_row home = {0};
	struct domain_row row = {0};
	struct str folded = {0};
	bool is_home = address_normalize(&folded, address, true) == 0 &&
	    rows_get(config, 'i', str_slice(&folded), home_row_fields,
		&home) &&
	    address_split(str_slice(&home.account), &local, &domain) &&
	    is_behind_provider(config, domain, &row);

	if (is_home && row.is_via_isp) {
		step(trace, "domains:%llu: via-isp=yes, so %s goes round",
		    (unsigned long long)row.line, str_c(&folded));
		is_home = false;
	} else if (is_home) {
		step(trace, "isp:%llu: %s is the mailbox of %s",
		    (unsigned long long)home.line, str_c(&folded),
		    str_c(&home.account));
		str_set_slice(account, str_slice(&home.account));
	}
	record_free(home_row_fields, &home);
	record_free(domain_row_fields, &row);
	str_free(&folded);
	return is_home;
}

/* Programs of the house itself write as whoever they like: as nobody
 * (reports), or as root of this machine, which is no address. */
static bool
is_of_the_house(const struct route_request *request)
{
	return slice_is(request->box, "bounce") ||
	    slice_is(request->box, "local") ||
	    slice_is(request->box, "local-submit");
}

static bool
bound(struct config *config, const char *prefix, struct slice name,
    const struct route_trace *trace, struct str *lane)
{
	struct binding_row row = {0};
	struct str key = {0};
	bool is_there;

	str_addf(&key, "%s%.*s", prefix, (int)name.len, name.s);
	is_there = rows_get(config, 'b', str_slice(&key), binding_row_fields,
	    &row);
	if (is_there) {
		step(trace, "isp:%llu: %s sends by %s",
		    (unsigned long long)row.line, str_c(&key),
		    str_c(&row.address));
		str_addf(lane, "isp %s", str_c(&row.address));
	}
	str_free(&key);
	record_free(binding_row_fields, &row);
	return is_there;
}

/* The domain that the sender belongs to.  False: to none of ours, so that no
 * provider of ours is asked. */
static bool
find_domain(struct config *config, const struct route_request *request,
    struct str *to)
{
	struct slice local, domain, house;
	struct domain_row row = {0};
	bool is_ours;

	if (address_split(request->login.len ? request->login :
	    request->sender, &local, &domain) &&
	    domain_normalize(to, domain) < 0)
		return false;
	is_ours = rows_get(config, 'd', str_slice(to), domain_row_fields,
	    &row);
	record_free(domain_row_fields, &row);
	if (is_ours)
		return true;
	if (!is_of_the_house(request) ||
	    !cdb_file_get(&config->file, slice_of("=postmaster"), &house) ||
	    !address_split(house, &local, &domain))
		return false;
	str_set_slice(to, domain);
	return true;
}

/* The programs of a share domain write by the manager's mailbox where no other
 * is the domain's. */
static void
bound_to_house(struct config *config, struct slice domain,
    const struct route_trace *trace, struct str *lane)
{
	struct share_row share = {0};

	if (!bound(config, "@", domain, trace, lane) &&
	    share_load_head(config, domain, &share))
		bound(config, "", str_slice(&share.manager), trace, lane);
	share_free(&share);
}

/* An account's own mailbox, or its domain's. */
static void
bound_to_account(struct config *config, const struct account *account,
    const struct route_trace *trace, struct str *lane)
{
	if (!bound(config, "", str_slice(&account->address), trace, lane))
		bound(config, "@", str_slice(&account->domain), trace, lane);
}

bool
isp_route_outward(struct config *config, const struct route_request *request,
    struct slice manager, const struct route_trace *trace, struct str *lane,
    struct str *who)
{
	struct account account = {0};
	struct domain_row row = {0};
	struct str domain = {0};
	bool is_account = config_account(config, request->login.len ?
	    request->login : request->sender, &account);
	bool is_through = outward_is_from_inside(request);

	if (is_account)
		str_set_slice(&domain, str_slice(&account.domain));
	else
		is_through = is_through &&
		    find_domain(config, request, &domain);
	is_through = is_through &&
	    is_behind_provider(config, str_slice(&domain), &row);
	if (is_through) {
		str_clear(lane);
		if (manager.len) {
			str_set_slice(who, manager);
			bound(config, "", manager, trace, lane);
		} else if (is_account) {
			str_set_slice(who, str_slice(&account.address));
			bound_to_account(config, &account, trace, lane);
		} else {
			str_set_slice(who, request->sender.len ?
			    request->sender : str_slice(&domain));
			bound_to_house(config, str_slice(&domain), trace,
			    lane);
		}
	}
	account_free(&account);
	record_free(domain_row_fields, &row);
	str_free(&domain);
	return is_through;
}
