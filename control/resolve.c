/* resolve - whom an address means; see resolve.h. */
#include "control/resolve.h"

#include "control/plus.h"
#include "lib/mail/address.h"

/* The alias or account of exactly this name. */
static bool
find_name(struct config *config, struct slice name, struct slice skip,
    struct resolved *out)
{
	if (!slice_eq(name, skip) &&
	    rows_get(config, 'l', name, alias_row_fields, &out->alias)) {
		out->kind = RESOLVED_ALIAS;
	} else if (rows_get(config, 'a', name, account_fields, &out->account)) {
		out->kind = RESOLVED_ACCOUNT;
	} else {
		return false;
	}
	str_set_slice(&out->name, name);
	return true;
}

static void
find_ours(struct config *config, struct slice address, struct slice skip,
    struct resolved *out)
{
	struct str catch_all = {0};
	struct plus_walk walk;
	struct slice name;
	bool is_found = false;

	out->kind = RESOLVED_NOBODY;
	if (plus_begin(&walk, config, address) == 0) {
		str_set_slice(&out->address, str_slice(&walk.address));
		while (!is_found && plus_next(&walk, &name))
			is_found = find_name(config, name, skip, out);
	}
	plus_end(&walk);
	str_putc(&catch_all, '@');
	str_add_slice(&catch_all, str_slice(&out->domain));
	if (!is_found)
		find_name(config, str_slice(&catch_all), skip, out);
	str_free(&catch_all);
}

bool
kind_is_home(struct slice kind)
{
	return !slice_is(kind, "route") && !slice_is(kind, "backup") &&
	    !slice_is(kind, "etrn");
}

bool
kind_is_behind_provider(struct slice kind)
{
	return slice_is(kind, "map") || slice_is(kind, "share");
}

/* Whom the host behind us has, as far as it was said; a postmaster need not
 * be listed. */
static void
find_routed(struct config *config, struct slice address, struct resolved *out)
{
	struct plus_walk walk = {0};
	struct slice name;

	out->kind = !out->domain_row.recipients.len ||
	    address_is_postmaster(address) ? RESOLVED_ROUTED : RESOLVED_NOBODY;
	if (out->kind == RESOLVED_NOBODY &&
	    plus_begin(&walk, config, address) == 0)
		while (out->kind == RESOLVED_NOBODY &&
		    plus_next(&walk, &name)) {
			if (!rows_get(config, 'u', name, recipient_row_fields,
			    &out->recipient))
				continue;
			out->kind = RESOLVED_ROUTED;
			str_set_slice(&out->name, name);
		}
	plus_end(&walk);
}

void
resolve(struct config *config, struct slice address, struct slice skip,
    struct resolved *out)
{
	struct slice local, domain;

	out->kind = RESOLVED_INVALID;
	if (address_normalize(&out->address, address, false) < 0 ||
	    !address_split(str_slice(&out->address), &local, &domain))
		return;
	str_set_slice(&out->domain, domain);
	if (!rows_get(config, 'd', domain, domain_row_fields,
	    &out->domain_row))
		out->kind = RESOLVED_OUTSIDE;
	else if (kind_is_home(str_slice(&out->domain_row.kind)))
		find_ours(config, address, skip, out);
	else
		find_routed(config, address, out);
}

void
resolved_free(struct resolved *resolved)
{
	str_free(&resolved->address);
	str_free(&resolved->domain);
	str_free(&resolved->name);
	record_free(domain_row_fields, &resolved->domain_row);
	record_free(alias_row_fields, &resolved->alias);
	record_free(recipient_row_fields, &resolved->recipient);
	account_free(&resolved->account);
	*resolved = (struct resolved){0};
}
