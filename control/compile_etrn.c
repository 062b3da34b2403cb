/* compile_etrn - the options of a domain of the kind etrn; see
 * compile_etrn.h. */
#include "control/compile_etrn.h"

#include "lib/mail/address.h"
#include "lib/mail/etrn_wire.h"

/* Calls each for every part of HOST,HOST...; stops at the first fault. */
static void
each_part(struct row *row, struct slice value, struct strs *to,
    const char *option, bool (*each)(struct row *, struct slice, struct str *))
{
	struct slice rest = value;
	struct str part = {0};
	bool is_fine = true;

	do {
		is_fine = each(row, slice_cut(&rest, ','), &part);
		if (is_fine && to->len == ETRN_ALLOW_MAX) {
			row_fault(row, "%s= names more than %d, name fewer",
			    option, (int)ETRN_ALLOW_MAX);
			is_fine = false;
		}
		if (is_fine)
			strs_add(to, str_slice(&part));
	} while (is_fine && rest.s);
	str_free(&part);
}

static bool
prefix(struct row *row, struct slice text, struct str *to)
{
	return row_prefix(row, text, NULL, to);
}

void
etrn_set_allow(struct row *row, struct slice value, struct etrn_row *to)
{
	each_part(row, value, &to->allow, "allow", prefix);
}

/* That the account is there is looked at when all tables are read. */
static bool
account(struct row *row, struct slice text, struct str *to)
{
	struct slice local, domain;

	if (address_normalize(to, text, true) == 0 &&
	    address_split(str_slice(to), &local, &domain))
		return true;
	row_cannot_be(row, "login", text, "name accounts, as in "
	    "user@example.org, with commas between several");
	return false;
}

void
etrn_set_login(struct row *row, struct slice value, struct etrn_row *to)
{
	each_part(row, value, &to->logins, "login", account);
}

void
etrn_set_queue(struct row *row, struct slice value, struct etrn_row *to)
{
	if (etrn_queue_normalize(&to->queue, value) == 0)
		return;
	row_cannot_be(row, "queue", value, "write a name of letters, digits, "
	    "- _ and .");
}

void
etrn_refuse(const struct row *row, const struct etrn_row *etrn)
{
	static const char *const options[] = {"allow", "login", "queue"};

	for (size_t i = 0; i < sizeof options / sizeof *options; i++)
		if (row_has(row, options[i]))
			row_fault(row, "%s= is for the kind etrn, remove it",
			    options[i]);
	if (etrn->is_to_client)
		row_fault(row, "to=client is for the kind etrn, name a host");
}

void
etrn_finish(struct row *row, struct slice domain, struct etrn_row *etrn,
    struct next_hop *hop, struct str *via)
{
	etrn->line = row->line;
	if (etrn->is_to_client && !row_has(row, "login"))
		row_fault(row, "to=client sends the mail to whoever asks "
		    "after a login, add login=ACCOUNT");
	else if (!row_has(row, "allow") && !row_has(row, "login"))
		fault_add(&row->compiler->report->warnings, row->file,
		    row->line, "nobody may ask for this domain's mail, so "
		    "that only 'posthouse etrn' sends it; add "
		    "allow=ADDRESS[/PREFIX] or login=ACCOUNT");
	hop->kind = NEXT_HOP_ETRN;
	str_set_slice(&hop->domain, domain);
	row_hop_text(row, hop, via);
	compiler_put(row->compiler, 'e', domain, etrn_row_fields, etrn);
	etrn_index_add(&row->compiler->etrn, domain, etrn);
}
