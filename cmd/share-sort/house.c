/* house - what the tables and the ledger know; see sort.h. */
#include "cmd/share-sort/sort.h"
#include "control/plus.h"
#include "lib/base/clock.h"
#include "lib/base/die.h"
#include "lib/mail/address.h"
#include "lib/mail/name_fold.h"

void
house_open(struct house *house)
{
	*house = (struct house){0};
	config_open_or_die(&house->config, "routing");
	if (ledger_open(&house->ledger, "state/share") < 0)
		die_temp("cannot open state/share: is this a complete "
		    "instance?  posthouse init adds what is missing");
	if (charsets_open(&house->charsets) < 0)
		die_temp("the C library lacks a charset: is its package "
		    "complete?");
}

bool
house_enter(struct house *house, struct slice account)
{
	struct slice local, domain;

	house->now_s = clock_wall_s();
	house->is_in_trouble = false;
	str_clear(&house->domain);
	if (!address_split(account, &local, &domain) ||
	    domain_normalize(&house->domain, domain) < 0)
		return false;
	return share_load_head(&house->config, str_slice(&house->domain),
	    &house->row) && house->row.manager.len;
}

static bool
is_shared(void *context, struct slice address)
{
	struct house *house = context;

	return share_is_address(&house->config, &house->row, address);
}

static bool
by_name(void *context, struct slice folded, struct str *account)
{
	struct house *house = context;
	struct share_name_row row = {0};
	bool is_found = share_by_name(&house->config,
	    str_slice(&house->domain), folded, &row);

	if (is_found)
		str_set_slice(account, str_slice(&row.goes_to));
	share_name_free(&row);
	return is_found;
}

static bool
is_staff(struct house *house, struct slice address)
{
	struct account account = {0};
	bool is_staff = config_account(&house->config, address, &account) &&
	    slice_is(str_slice(&account.role), "staff") &&
	    slice_eq(str_slice(&account.domain), str_slice(&house->domain));

	account_free(&account);
	return is_staff;
}

/* "zhangsan" is zhangsan@DOMAIN, or who bears that name. */
static bool
find_tag(struct house *house, struct slice tag, struct str *account)
{
	struct str text = {0};
	bool is_found = false;

	if (tag.len && tag.len <= LOCAL_PART_MAX) {
		str_addf(&text, "%.*s@%s", (int)tag.len, tag.s,
		    str_c(&house->domain));
		is_found = is_staff(house, str_slice(&text)) && share_goes_to(
		    &house->config, str_slice(&text), account);
	}
	if (!is_found && name_fold(&text, tag))
		is_found = by_name(house, str_slice(&text), account);
	str_free(&text);
	return is_found;
}

static bool
by_tag(void *context, struct slice address, struct str *account)
{
	struct house *house = context;
	struct plus_walk walk;
	struct slice name;
	bool is_found = false;

	/* first comes the address itself: a tag that belongs to it is none */
	if (plus_begin(&walk, &house->config, address) == 0 &&
	    plus_next(&walk, &name) && !strs_has(&house->row.shared, name))
		while (!is_found && plus_next(&walk, &name))
			is_found = find_tag(house,
			    slice_make(walk.address.s + walk.cut + 1,
			    walk.local_len - walk.cut - 1), account);
	plus_end(&walk);
	return is_found;
}

static bool
by_id(void *context, struct slice id, bool is_assigned,
    struct who_trace *trace)
{
	struct house *house = context;
	struct str goes_to = {0};
	int known = ledger_get(&house->ledger, str_slice(&house->domain), id,
	    is_assigned, house->now_s, trace);
	bool is_found = known > 0 && share_goes_to(&house->config,
	    str_slice(&trace->account), &goes_to);

	if (known < 0)
		house->is_in_trouble = true;
	if (is_found)
		str_set_slice(&trace->account, str_slice(&goes_to));
	str_free(&goes_to);
	return is_found;
}

struct who_house
house_answers(struct house *house)
{
	return (struct who_house){.context = house,
		.charsets = &house->charsets, .is_shared = is_shared,
		.by_tag = by_tag, .by_name = by_name, .by_id = by_id};
}
