/*
 * compile_share - domains of the kind share and their staff; see compiler.h.
 *
 * No two people of one domain may be taken for each other: not by a name in
 * any spelling, and not by the folder that stands for a name.
 */
#include "control/compiler.h"

#include "control/share.h"
#include "lib/mail/name_fold.h"

/* Letters of names that are marked as seen: a name and a folder of a domain's
 * staff, a staff account, a former one. */
enum { NAME = 'N', FOLDER = 'O', STAFF = 'T', FORMER = 'X' };

void
compile_share_domain(struct row *row, struct slice name,
    const struct share_row *head)
{
	struct share_list *list = &row->compiler->shares;
	struct share *share;

	if (name_map_add(&list->by_domain, name, list->len))
		return;
	list->v = mem_room(list->v, list->len, &list->cap, sizeof *list->v);
	share = &list->v[list->len++];
	*share = (struct share){.line = row->line, .row = *head};
	str_add_slice(&share->domain, name);
}

struct share *
share_find(struct compiler *compiler, struct slice domain)
{
	const size_t *at = name_map_find(&compiler->shares.by_domain, domain);

	return at ? &compiler->shares.v[*at] : NULL;
}

/* ---- a row of accounts ---- */

/* False, said as a fault, when somebody else of the domain has this already;
 * the same person may have it twice. */
static bool
claim(struct row *row, char letter, const struct share *share,
    struct slice key, struct slice name, const char *what)
{
	struct str mark = {0};
	const size_t *line;

	str_addf(&mark, "%s %.*s", str_c(&share->domain), (int)key.len, key.s);
	line = row_seen(row, letter, str_slice(&mark));
	str_free(&mark);
	if (!line || *line == row->line)
		return true;
	row_fault(row, "the name \"%.*s\" %s in line %zu, so that nobody "
	    "could tell the two apart, change one of the two",
	    (int)brief(name).len, name.s, what, *line);
	return false;
}

static void
add_name(struct row *row, const struct share *share, struct person *person,
    struct slice name)
{
	struct str key = {0}, folder = {0};
	bool is_plain; /* then its folder is that of no other name */

	share_folder(&folder, name);
	is_plain = slice_find(str_slice(&folder), '_') == folder.len;
	if (!name.len) {
		row_fault(row, "name= has an empty name between |, remove one "
		    "|");
	} else if (name.len > SHARE_NAME_BYTES) {
		row_fault(row, "the name \"%.*s...\" is longer than %d bytes, "
		    "shorten it", (int)brief(name).len, name.s,
		    (int)SHARE_NAME_BYTES);
	} else if (!name_fold(&key, name)) {
		row_fault(row, "the name \"%.*s\" has nothing to know a "
		    "person by, write letters", (int)name.len, name.s);
	} else if (claim(row, NAME, share, str_slice(&key), name,
	    "means the same as one") &&
	    (is_plain || claim(row, FOLDER, share, str_slice(&folder), name,
	    "makes the same folder below Assign as one"))) {
		strs_add(&person->keys, str_slice(&key));
		if (!person->name.len)
			str_add_slice(&person->name, name);
	}
	str_free(&key);
	str_free(&folder);
}

static void
add_names(struct row *row, const struct share *share, struct person *person,
    struct slice names)
{
	struct slice name;

	for (size_t i = 0; share_next_name(&names, &name); i++) {
		if (i == SHARE_NAMES_MAX) {
			row_fault(row, "name= has more than %d names, remove "
			    "some", (int)SHARE_NAMES_MAX);
			return;
		}
		add_name(row, share, person, name);
	}
}

static struct person *
new_person(struct share *share)
{
	share->staff = mem_room(share->staff, share->len, &share->cap,
	    sizeof *share->staff);
	share->staff[share->len] = (struct person){0};
	return &share->staff[share->len++];
}

static void
add_staff(struct row *row, struct share *share, const struct account *account)
{
	struct person *person;

	if (!account->name.len) {
		row_fault(row, "customers know staff by name, add "
		    "name=\"FIRST LAST\"");
		return;
	}
	if (share->len == SHARE_STAFF_MAX) {
		row_fault(row, "%s has more than %d staff, divide it into "
		    "several domains", str_c(&share->domain),
		    (int)SHARE_STAFF_MAX);
		return;
	}
	person = new_person(share);
	person->line = row->line;
	person->is_former = account->is_former;
	str_add_slice(&person->account, str_slice(&account->address));
	str_add_slice(&person->successor, str_slice(&account->successor));
	add_names(row, share, person, str_slice(&account->name));
}

static void
add_manager(struct row *row, struct share *share,
    const struct account *account)
{
	if (share->row.manager.len) {
		row_fault(row, "%s has a manager already, %s in line %llu, "
		    "give one of the two another role", str_c(&share->domain),
		    str_c(&share->row.manager),
		    (unsigned long long)share->row.line);
		return;
	}
	str_add_slice(&share->row.manager, str_slice(&account->address));
	share->row.line = row->line;
}

/* What only staff of a share domain has. */
static void
only_for_staff(const struct row *row)
{
	static const char *const options[] = {"audit", "former", "successor"};

	for (size_t i = 0; i < sizeof options / sizeof *options; i++)
		if (row_has(row, options[i]))
			row_fault(row, "%s= is for staff in a domain of the "
			    "kind share, remove it", options[i]);
}

void
compile_share_account(struct row *row, const struct account *account)
{
	struct share *share = share_find(row->compiler,
	    str_slice(&account->domain));
	bool is_staff = slice_is(str_slice(&account->role), "staff");

	if (!share || !is_staff)
		only_for_staff(row);
	if (share && is_staff) {
		row_seen(row, STAFF, str_slice(&account->address));
		if (account->is_former)
			row_seen(row, FORMER, str_slice(&account->address));
		else if (row_has(row, "successor"))
			row_fault(row, "successor= is for who has left, add "
			    "former=yes or remove it");
		add_staff(row, share, account);
	} else if (share && slice_is(str_slice(&account->role), "manager")) {
		add_manager(row, share, account);
	}
}

bool
compiler_is_former(const struct compiler *compiler, struct slice account)
{
	return compiler_knows(compiler, FORMER, account);
}

bool
share_may_bind(struct row *row, struct slice account)
{
	if (!compiler_knows(row->compiler, STAFF, account))
		return true;
	row_fault(row, "%.*s is staff, whose letters go by the mailbox of the "
	    "manager, bind that one or remove this row",
	    (int)brief(account).len, account.s);
	return false;
}
