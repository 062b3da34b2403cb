/* digest - what queue-manager keeps in quarantine, for postmaster; see
 * report.h. */
#include "cmd/bounce-write/report.h"

#include "lib/mail/date.h"

static void
put_header(struct str *to, const struct report *report)
{
	const struct report_settings *settings = report->settings;

	str_addf(to, "From: Mail Delivery System <%s@%s>\nTo: <",
	    str_c(&settings->bouncefrom), str_c(&settings->bouncehost));
	str_add_slice(to, report->to);
	str_addf(to, ">\nSubject: Mail in quarantine: %s refused by another "
		     "host\nDate: ", str_c(&report->job->envid));
	date_add(to, report->now_us);
	str_puts(to, "\nMessage-ID: <");
	str_add_slice(to, report->id);
	str_addf(to, "@%s>\nAuto-Submitted: auto-generated\n"
		     "MIME-Version: 1.0\n"
		     "Content-Type: text/plain; charset=utf-8\n"
		     "Content-Transfer-Encoding: 8bit\n\n",
	    str_c(&settings->me));
}

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
	uint64_t count = 0;

	put_header(to, report);
	str_addf(to, "This is the mail system at %s.\n\n"
	    "We are the backup of other hosts for some domains. These "
	    "messages were\naccepted from strangers, and refused by the hosts "
	    "they are for. Their\nsenders may be forged: nobody was told of "
	    "it but you. They are kept for\n14 days.\n\n",
	    str_c(&report->settings->me));
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
