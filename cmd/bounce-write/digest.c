/* digest - what queue-manager keeps in quarantine, for postmaster; see
 * report.h. */
#include "cmd/bounce-write/report.h"

/* "quarantined TAB id sender TAB words" */
static void
put_row(struct str *to, struct slice address, struct slice row)
{
	struct slice id, sender;

	slice_cut(&row, '\t');
	sender = slice_cut(&row, '\t');
	id = slice_cut(&sender, ' ');
	str_puts(to, "  ");
	str_add_slice(to, id);
	str_puts(to, "  from <");
	str_add_slice(to, sender);
	str_puts(to, "> to <");
	str_add_slice(to, address);
	str_puts(to, ">\n    ");
	report_fold(to, row, "    ");
	str_putc(to, '\n');
}

bool
digest_is_wanted(const struct job *job)
{
	return job->reports.len && slice_starts(str_slice(&job->reports.v[0]),
	    "quarantined\t");
}

void
digest_write(struct str *to, const struct report *report)
{
	const struct job *job = report->job;
	struct str subject = {0};
	uint64_t count = 0;

	str_addf(&subject, "Mail in quarantine: %s refused by another host",
	    str_c(&job->envid));
	report_letter(to, report, str_c(&subject));
	str_free(&subject);
	str_puts(to, "For some domains we accept mail for other hosts. These "
	    "messages were\naccepted from strangers, and refused by the hosts "
	    "they are for. Their\nsenders may be forged, so nobody but you "
	    "was told. They are kept for\n14 days.\n\n");
	for (size_t i = 0; i < job->reports.len; i++)
		put_row(to, str_slice(&job->rcpts.v[i]),
		    str_slice(&job->reports.v[i]));
	if (slice_u64(str_slice(&job->envid), UINT64_MAX, &count) &&
	    count > job->reports.len)
		str_addf(to, "  ... and %llu more\n",
		    (unsigned long long)count - job->reports.len);
	str_puts(to, "\nAll of them:         posthouse queue list --lane "
	    "quarantine\nTo read one:         posthouse queue show --body ID\n"
	    "To try one again:    posthouse queue release ID\n"
	    "To remove them:      posthouse queue drop --lane quarantine "
	    "all\n");
}
