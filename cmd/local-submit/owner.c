/* owner - which addresses are a caller's own?  See owner.h. */
#include "cmd/local-submit/owner.h"

#include "control/plus.h"
#include "control/resolve.h"
#include "control/route.h"
#include "lib/mail/address.h"

void
owner_init(struct owner *owner, struct config *config,
    const struct caller *caller, const struct str *me)
{
	struct str own = {0};

	owner->config = config;
	owner->caller = caller;
	str_addf(&own, "%s@%s", str_c(&caller->name), str_c(me));
	if (address_normalize(&owner->own, str_slice(&own), true) < 0)
		str_addf(&owner->own, "uid%u@%s", (unsigned)caller->uid,
		    str_c(me));
	str_free(&own);
}

void
owner_free(struct owner *owner)
{
	str_free(&owner->own);
}

/* Where tags are separated by "-", a letter from www-data is not one of
 * www's: the longest name wins, as it does for those who get mail. */
static bool
is_namesake(const struct owner *owner, struct slice address)
{
	const struct strs *others = &owner->caller->namesakes;
	struct slice local, domain;

	if (!address_split(address, &local, &domain))
		return false;
	for (size_t i = 0; i < others->len; i++)
		if (slice_ieq(str_slice(&others->v[i]), local))
			return true;
	return false;
}

/* The caller's name, or that with a tag? */
static bool
is_by_name(const struct owner *owner, struct slice address)
{
	struct plus_walk walk;
	struct slice name;
	bool is_own = false;

	if (plus_begin(&walk, owner->config, address) == 0)
		while (!is_own && plus_next(&walk, &name) &&
		    !is_namesake(owner, name))
			is_own = slice_eq(name, str_slice(&owner->own));
	plus_end(&walk);
	return is_own;
}

/* In the tables, under a name that is not the caller's? */
static bool
is_of_another(const struct owner *owner, struct slice address)
{
	struct resolved found = {0};
	bool is_another;

	resolve(owner->config, address, slice_of(""), &found);
	is_another = (found.kind == RESOLVED_ACCOUNT ||
			 (found.kind == RESOLVED_ALIAS &&
			     !slice_starts(str_slice(&found.name), "@"))) &&
	    !slice_eq(str_slice(&found.name), str_slice(&owner->own));
	resolved_free(&found);
	return is_another;
}

static bool
is_itself(const struct owner *owner, struct slice address)
{
	struct str name = {0};
	bool is_same = address_normalize(&name, address, true) == 0 &&
	    slice_eq(str_slice(&name), str_slice(&owner->own));

	str_free(&name);
	return is_same;
}

bool
owner_has(const struct owner *owner, struct slice address)
{
	return is_itself(owner, address) ||
	    route_owns(owner->config, str_slice(&owner->own), address) ||
	    (!is_of_another(owner, address) && is_by_name(owner, address));
}
