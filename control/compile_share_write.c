/*
 * compile_share_write - what domains of the kind share and their staff become
 * in cdb/routing, once all tables are known; see compiler.h and FORMAT.md.
 */
#include "control/compiler.h"

#include "lib/mail/address.h"

#include <stdlib.h>

static void
check_successor(struct compiler *compiler, const struct share *share,
    const struct person *person)
{
	struct faults *faults = &compiler->report->faults;
	struct slice address = str_slice(&person->successor), local, domain;

	if (!address.len)
		return;
	if (!address_split(address, &local, &domain) ||
	    !slice_eq(domain, str_slice(&share->domain)) ||
	    !compiler_knows(compiler, 'a', address))
		fault_add(faults, "accounts", person->line,
		    "the successor %s is no account of %s, name one of them",
		    str_c(&person->successor), str_c(&share->domain));
	else if (compiler_is_former(compiler, address))
		fault_add(faults, "accounts", person->line,
		    "the successor %s has left as well, name one who is there",
		    str_c(&person->successor));
}

static void
put_names(struct compiler *compiler, const struct share *share,
    const struct person *person)
{
	struct share_name_row row = {.account = person->account,
		.goes_to = !person->is_former ? person->account :
		    person->successor.len ? person->successor :
		    share->row.manager, .line = person->line};
	struct str name = {0};

	for (size_t i = 0; i < person->keys.len; i++) {
		str_clear(&name);
		str_addf(&name, "%s %s", str_c(&share->domain),
		    str_c(&person->keys.v[i]));
		compiler_put(compiler, 's', str_slice(&name),
		    share_name_row_fields, &row);
	}
	str_free(&name);
}

/* The manager's own address, and its mailboxes at providers; the outside
 * knows the staff by the first of these that sends, else by the first. */
static void
find_shared(struct compiler *compiler, struct share *share)
{
	const struct isp_list *list = &compiler->isp;
	bool is_sending = false;

	strs_add(&share->row.shared, str_slice(&share->row.manager));
	for (size_t i = 0; i < list->len; i++) {
		const struct isp_mailbox *mailbox = &list->v[i].mailbox;
		bool sends = list->v[i].smtp.host.len > 0;

		if (!slice_eq(str_slice(&mailbox->account),
		    str_slice(&share->row.manager)))
			continue;
		strs_add(&share->row.shared, str_slice(&mailbox->address));
		if (!share->outside.len || (sends && !is_sending))
			str_set_slice(&share->outside,
			    str_slice(&mailbox->address));
		is_sending |= sends;
	}
}

static void
finish_one(struct compiler *compiler, struct share *share)
{
	struct staff_row staff = {0};

	if (share->len && !share->row.manager.len)
		fault_add(&compiler->report->faults, "domains", share->line,
		    "%s has staff (accounts line %zu) but no manager, who "
		    "holds the address that they share, give one account the "
		    "role manager", str_c(&share->domain),
		    share->staff[0].line);
	if (share->row.manager.len)
		find_shared(compiler, share);
	for (size_t i = 0; i < share->len; i++) {
		check_successor(compiler, share, &share->staff[i]);
		put_names(compiler, share, &share->staff[i]);
		if (!share->staff[i].is_former)
			strs_add(&staff.staff,
			    str_slice(&share->staff[i].account));
	}
	compiler_put(compiler, 's', str_slice(&share->domain),
	    share_row_fields, &share->row);
	compiler_put(compiler, 't', str_slice(&share->domain),
	    staff_row_fields, &staff);
	strs_free(&staff.staff);
}

void
share_finish(struct compiler *compiler)
{
	for (size_t i = 0; i < compiler->shares.len; i++)
		finish_one(compiler, &compiler->shares.v[i]);
}

static void
person_free(struct person *person)
{
	str_free(&person->account);
	str_free(&person->name);
	str_free(&person->successor);
	strs_free(&person->keys);
}

void
share_list_free(struct share_list *list)
{
	for (size_t i = 0; i < list->len; i++) {
		struct share *share = &list->v[i];

		for (size_t j = 0; j < share->len; j++)
			person_free(&share->staff[j]);
		free(share->staff);
		str_free(&share->domain);
		str_free(&share->outside);
		share_free(&share->row);
	}
	free(list->v);
	name_map_free(&list->by_domain);
	*list = (struct share_list){0};
}
