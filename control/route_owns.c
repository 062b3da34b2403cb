/*
 * route_owns - whose an address is, and whose a domain; see route.h.
 *
 * Answered by the routing decision itself: an address belongs to the account
 * that a letter to it would reach.
 */
#include "control/resolve.h"
#include "control/route.h"
#include "lib/mail/address.h"

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
		    !routes.v[i].is_extra &&
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
route_domain_is_home(struct config *config, struct slice domain)
{
	struct domain_row row = {0};
	struct str name = {0};
	bool is_home = domain_normalize(&name, domain) == 0 &&
	    rows_get(config, 'd', str_slice(&name), domain_row_fields, &row) &&
	    kind_is_home(str_slice(&row.kind));

	record_free(domain_row_fields, &row);
	str_free(&name);
	return is_home;
}
