/* office - a manager's mailbox: whose it is, and its folders; see office.h. */
#include "cmd/share-assign/office.h"

#include "lib/mail/folder_name.h"
#include "lib/mail/name_fold.h"

#include <stdlib.h>

static void
person_free(struct person *person)
{
	str_free(&person->part);
	str_free(&person->account);
}

void
office_free(struct office *office)
{
	for (size_t i = 0; i < office->len; i++)
		person_free(&office->people[i]);
	free(office->people);
	str_free(&office->domain);
	str_free(&office->manager);
	str_free(&office->mailbox);
	*office = (struct office){0};
}

static void
add_person(struct office *office, const struct account *account)
{
	struct slice names = str_slice(&account->name), name;
	struct person person = {0};

	/* the first name is what the folder is called by */
	if (!share_next_name(&names, &name) ||
	    !folder_name_add(&person.part, name))
		return;
	str_set_slice(&person.account, str_slice(&account->address));
	office->people = mem_room(office->people, office->len, &office->cap,
	    sizeof *office->people);
	office->people[office->len++] = person;
	office->has_audit |= account->audit == AUDIT_HOLD;
}

/* One that leads nowhere else. */
static bool
is_plain(const struct str *name)
{
	return name->len && name->s[0] != '.' &&
	    slice_find(str_slice(name), '/') == name->len;
}

static bool
find_mailbox(struct tools *tools, struct office *office)
{
	struct account account = {0};
	bool is_there = config_account(&tools->config,
	    str_slice(&office->manager), &account) &&
	    is_plain(&account.domain) && is_plain(&account.local);

	if (is_there) {
		str_set_slice(&office->mailbox, str_slice(&account.domain));
		str_putc(&office->mailbox, '/');
		str_add_slice(&office->mailbox, str_slice(&account.local));
	}
	account_free(&account);
	return is_there;
}

bool
office_load(struct tools *tools, struct slice domain, struct office *office)
{
	struct share_row row = {0};
	struct account account = {0};
	bool is_managed;

	*office = (struct office){0};
	is_managed = share_load(&tools->config, domain, &row) &&
	    row.manager.len;
	str_set_slice(&office->domain, domain);
	str_set_slice(&office->manager, str_slice(&row.manager));
	office->has_audit = row.audit_hold;
	if (is_managed)
		is_managed = find_mailbox(tools, office);
	for (size_t i = 0; is_managed && i < row.staff.len; i++)
		if (config_account(&tools->config,
		    str_slice(&row.staff.v[i]), &account))
			add_person(office, &account);
	account_free(&account);
	share_free(&row);
	if (!is_managed)
		office_free(office);
	return is_managed;
}

/* One that the manager made by hand: by any name that somebody bears, or has
 * borne. */
static bool
find_by_name(struct tools *tools, const struct office *office,
    struct slice part, struct str *to)
{
	struct share_name_row row = {0};
	struct str name = {0}, folded = {0};
	bool is_found = folder_name_decode(&name, part) &&
	    name_fold(&folded, str_slice(&name)) &&
	    share_by_name(&tools->config, str_slice(&office->domain),
		str_slice(&folded), &row) &&
	    !slice_eq(str_slice(&row.goes_to), str_slice(&office->manager));

	if (is_found)
		str_set_slice(to, str_slice(&row.goes_to));
	share_name_free(&row);
	str_free(&name);
	str_free(&folded);
	return is_found;
}

bool
office_whose(struct tools *tools, const struct office *office,
    struct slice part, struct str *to)
{
	for (size_t i = 0; i < office->len; i++)
		if (slice_eq(str_slice(&office->people[i].part), part)) {
			str_set_slice(to,
			    str_slice(&office->people[i].account));
			return true;
		}
	return find_by_name(tools, office, part, to);
}
