/* notice - a provider refused a login, and mail waits for it; see
 * report.h. */
#include "cmd/bounce-write/report.h"

static const char writer[] = "paused-writer\t";
static const char postmaster[] = "paused-postmaster\t";

static struct slice
row_of(const struct job *job)
{
	return job->reports.len ? str_slice(&job->reports.v[0]) :
	    slice_of("");
}

bool
notice_is_wanted(const struct job *job)
{
	return slice_starts(row_of(job), writer) ||
	    slice_starts(row_of(job), postmaster);
}

static void
put_writers_part(struct str *to)
{
	str_puts(to, "Your letters to the outside wait until that is mended, "
	    "and leave then by\nthemselves: do not send them again. Mail "
	    "inside the house is not touched.\nWhoever looks after the mail "
	    "system has been told.\n");
}

static void
put_postmasters_part(struct str *to, const char *mailbox)
{
	str_addf(to, "All letters that leave by this mailbox wait. Nothing "
	    "comes back to its writer\nbefore queuelifetime is over.\n\n"
	    "Is the password another one?  Put it into control/secrets/isp, "
	    "and run\n    posthouse compile\n"
	    "Was it the provider's trouble?  To try again:\n"
	    "    posthouse queue retry --lane \"isp %s\"\n"
	    "What waits:\n    posthouse queue list --lane \"isp %s\"\n",
	    mailbox, mailbox);
}

void
notice_write(struct str *to, const struct report *report)
{
	const char *mailbox = str_c(&report->job->rcpts.v[0]);
	struct slice row = row_of(report->job);
	bool is_writer = slice_starts(row, writer);
	struct str subject = {0};

	slice_cut(&row, '\t');
	slice_cut(&row, '\t');
	str_addf(&subject, "Mail waits: the provider does not let %s in",
	    mailbox);
	report_letter(to, report, str_c(&subject));
	str_addf(to, "The provider refused the login of the mailbox\n    "
	    "%s\nand said\n    ", mailbox);
	report_fold(to, row, "    ");
	str_puts(to, "\n\n");
	if (is_writer)
		put_writers_part(to);
	else
		put_postmasters_part(to, mailbox);
	str_free(&subject);
}
