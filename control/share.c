/* share - what cdb/routing knows of a domain of the kind share; see share.h. */
#include "control/share.h"

#include "control/plus.h"
#include "control/resolve.h"

bool
share_load_head(struct config *config, struct slice domain,
    struct share_row *row)
{
	share_free(row);
	return rows_get(config, 's', domain, share_row_fields, row);
}

bool
share_load(struct config *config, struct slice domain, struct share_row *row)
{
	struct staff_row staff = {0};

	if (!share_load_head(config, domain, row))
		return false;
	rows_get(config, 't', domain, staff_row_fields, &staff);
	row->staff = staff.staff;
	return true;
}

bool
share_next(struct config *config, unsigned *at, struct str *domain)
{
	struct slice key, value;

	while (cdb_file_next(&config->file, at, &key, &value))
		/* "sDOMAIN"; the others are "sDOMAIN NAME" */
		if (key.len > 1 && key.s[0] == 's' &&
		    slice_find(key, ' ') == key.len) {
			str_set_slice(domain, slice_after(key, 1));
			return true;
		}
	return false;
}

void
share_free(struct share_row *row)
{
	strs_free(&row->staff);
	record_free(share_row_fields, row);
}

bool
share_by_name(struct config *config, struct slice domain,
    struct slice folded, struct share_name_row *row)
{
	struct str key = {0};
	bool is_found;

	share_name_free(row);
	str_addf(&key, "%.*s %.*s", (int)domain.len, domain.s,
	    (int)folded.len, folded.s);
	is_found = folded.len && rows_get(config, 's', str_slice(&key),
	    share_name_row_fields, row);
	str_free(&key);
	return is_found;
}

void
share_name_free(struct share_name_row *row)
{
	record_free(share_name_row_fields, row);
}

bool
share_goes_to(struct config *config, struct slice account, struct str *to)
{
	struct account row = {0};
	struct share_row share = {0};
	bool is_found = config_account(config, account, &row);

	if (is_found && !row.is_former)
		str_set_slice(to, str_slice(&row.address));
	else if (is_found && row.successor.len)
		str_set_slice(to, str_slice(&row.successor));
	else if (is_found && share_load_head(config, str_slice(&row.domain),
	    &share))
		str_set_slice(to, str_slice(&share.manager));
	account_free(&row);
	share_free(&share);
	return is_found;
}

bool
share_way_out(struct config *config, const struct share_row *row,
    struct str *address)
{
	struct binding_row binding = {0};
	bool is_there = row->manager.len && rows_get(config, 'b',
	    str_slice(&row->manager), binding_row_fields, &binding);

	str_set_slice(address, str_slice(&binding.address));
	record_free(binding_row_fields, &binding);
	return is_there;
}

/* Whose mailbox at a provider is it, with a tag perhaps? */
static bool
find_bound(struct config *config, struct slice address, struct str *owner)
{
	struct plus_walk walk = {0};
	struct home_row home = {0};
	struct slice name;
	bool is_found = false;

	if (plus_begin(&walk, config, address) == 0)
		while (!is_found && plus_next(&walk, &name))
			is_found = rows_get(config, 'i', name,
			    home_row_fields, &home);
	plus_end(&walk);
	str_set_slice(owner, str_slice(&home.account));
	record_free(home_row_fields, &home);
	return is_found;
}

/* Through aliases of one target.  False: nobody's alone. */
static bool
find_owner(struct config *config, struct slice address, struct str *owner)
{
	struct resolved found = {0};
	struct str at = {0}, skip = {0};
	bool is_found = false;

	str_add_slice(&at, address);
	for (unsigned depth = 0; depth <= ALIAS_DEPTH_MAX; depth++) {
		resolved_free(&found);
		resolve(config, str_slice(&at), str_slice(&skip), &found);
		if (found.kind != RESOLVED_ALIAS ||
		    found.alias.targets.len != 1)
			break;
		str_set_slice(&at, str_slice(&found.alias.targets.v[0]));
		str_set_slice(&skip, str_slice(&found.name));
	}
	if (found.kind == RESOLVED_ACCOUNT) {
		str_set_slice(owner, str_slice(&found.account.address));
		is_found = true;
	} else if (found.kind == RESOLVED_OUTSIDE) {
		is_found = find_bound(config, str_slice(&found.address),
		    owner);
	}
	resolved_free(&found);
	str_free(&at);
	str_free(&skip);
	return is_found;
}

bool
share_is_address(struct config *config, const struct share_row *row,
    struct slice address)
{
	struct str owner = {0};
	bool is_shared = row->manager.len &&
	    find_owner(config, address, &owner) &&
	    slice_eq(str_slice(&owner), str_slice(&row->manager));

	str_free(&owner);
	return is_shared;
}

bool
share_next_name(struct slice *names, struct slice *name)
{
	if (!names->s)
		return false;
	*name = slice_trim(slice_cut(names, '|'));
	return true;
}

void
share_folder(struct str *to, struct slice name)
{
	for (size_t i = 0; i < name.len; i++)
		str_putc(to, name.s[i] == '.' || name.s[i] == '/' ? '_' :
		    name.s[i]);
}
