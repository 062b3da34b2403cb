/*
 * assign - a letter to one of the staff, from a shell; see desk.h.
 *
 * It is moved into that person's folder, as the manager would, and
 * share-assign does the rest: there is one way only.
 */
#include "cmd/posthouse-share/desk.h"

#include "lib/base/die.h"
#include "lib/mail/folder_name.h"
#include "lib/mail/name_fold.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* Who is to get it. */
struct person {
	struct str account, domain;
	struct str folder; /* "Assign.Zhangsan" */
};

struct search {
	struct desk *desk;
	const char *who;
	struct slice key;
	struct person person;
	bool is_moved;
	int error;
};

static bool
is_present_staff(const struct account *account)
{
	return slice_is(str_slice(&account->role), "staff") &&
	    !account->is_former;
}

static bool
take_account(struct search *search, struct slice address)
{
	struct account account = {0};
	struct slice names, name;
	bool is_found = config_account(&search->desk->config, address,
	    &account) && is_present_staff(&account);

	if (is_found) {
		names = str_slice(&account.name);
		str_set(&search->person.folder, "Assign.");
		is_found = share_next_name(&names, &name) &&
		    folder_name_add(&search->person.folder, name);
		str_set_slice(&search->person.account,
		    str_slice(&account.address));
		str_set_slice(&search->person.domain,
		    str_slice(&account.domain));
	}
	account_free(&account);
	return is_found;
}

/* By name, in this domain: the commands know no other way to say who. */
static bool
find_by_name(struct search *search, struct slice domain)
{
	struct share_name_row row = {0};
	struct str folded = {0};
	bool is_found = name_fold(&folded, slice_of(search->who)) &&
	    share_by_name(&search->desk->config, domain, str_slice(&folded),
		&row) && take_account(search, str_slice(&row.goes_to));

	share_name_free(&row);
	str_free(&folded);
	return is_found;
}

static void
find_person(struct search *search)
{
	struct str domain = {0};
	unsigned at = 0;
	bool is_found = strchr(search->who, '@') &&
	    take_account(search, slice_of(search->who));

	while (!is_found && share_next(&search->desk->config, &at, &domain))
		is_found = find_by_name(search, str_slice(&domain));
	str_free(&domain);
	if (!is_found)
		die_perm("%s is none of the staff: give an address or a name "
		    "that control/accounts has", search->who);
}

static bool
take_paper(void *context, const struct paper *paper)
{
	struct search *search = context;

	if (!slice_eq(paper->key, search->key))
		return true;
	search->is_moved = paper_move(paper, str_c(&search->person.folder),
	    NULL) == 0;
	search->error = errno;
	return false;
}

static bool
take_drawer(void *context, const struct drawer *drawer)
{
	struct search *search = context;

	drawer_each(drawer, "", take_paper, search);
	if (!search->is_moved && !search->error)
		drawer_each(drawer, "Assigned", take_paper, search);
	return true;
}

int
share_assign(struct desk *desk, const char *key, const char *who)
{
	struct search search = {.desk = desk, .who = who,
		.key = slice_of(key)};

	find_person(&search);
	desk_each(desk, str_slice(&search.person.domain), take_drawer,
	    &search);
	errno = search.error;
	if (!search.is_moved && search.error)
		die_temp("cannot move %s into the folder %s: is share-assign "
		    "up?", key, str_c(&search.person.folder));
	if (!search.is_moved)
		die_perm("no letter %s in INBOX and Assigned of the manager: "
		    "posthouse share list names those that wait", key);
	printf("%s goes to %s\n", key, str_c(&search.person.account));
	str_free(&search.person.account);
	str_free(&search.person.domain);
	str_free(&search.person.folder);
	return EXIT_DONE;
}
