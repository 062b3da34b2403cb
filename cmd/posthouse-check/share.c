/* share - can the staff of a share domain write, and be written to?  See
 * check.h. */
#include "cmd/posthouse-check/check.h"

#include "control/share.h"

static void
say_way_out(struct check *check, const char *what, const struct share_row *row)
{
	struct str address = {0};

	if (!row->manager.len)
		say_note(check, what, "it has neither manager nor staff yet");
	else if (share_way_out(&check->config, row, &address))
		say_ok(check, what, "%zu staff write as %s, the manager is %s",
		    row->staff.len, str_c(&address), str_c(&row->manager));
	else if (row->staff.len)
		say_fault(check, what, "%zu staff cannot write to outside: "
		    "the manager %s (accounts:%llu) has no mailbox at a "
		    "provider that sends, add a row with smtp= to control/isp",
		    row->staff.len, str_c(&row->manager),
		    (unsigned long long)row->line);
	else
		say_note(check, what, "the manager %s (accounts:%llu) has no "
		    "mailbox at a provider that sends, add a row with smtp= "
		    "to control/isp before there is staff",
		    str_c(&row->manager), (unsigned long long)row->line);
	str_free(&address);
}

void
check_share(struct check *check, const struct survey_item *item)
{
	struct share_row row = {0};
	struct str what = {0};

	str_addf(&what, "share %s (%s)", str_c(&item->domain),
	    str_c(&item->where));
	if (share_load(&check->config, str_slice(&item->domain), &row))
		say_way_out(check, str_c(&what), &row);
	share_free(&row);
	str_free(&what);
}
