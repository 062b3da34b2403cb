/* notice - a provider refused a login, or its address as sender, and mail
 * waits for it; see report.h. */
#include "cmd/bounce-write/report.h"

/* What begins the row: what was refused, and who reads this. */
static const struct kind {
	const char *start;
	bool is_sender, is_writer;
} kinds[] = {
    {"paused-writer\t", false, true},
    {"paused-postmaster\t", false, false},
    {"sender-writer\t", true, true},
    {"sender-postmaster\t", true, false},
};

static struct slice
row_of(const struct job *job)
{
	return job->reports.len ? str_slice(&job->reports.v[0]) :
	    slice_of("");
}

static const struct kind *
kind_of(const struct job *job)
{
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (slice_starts(row_of(job), kinds[i].start))
			return &kinds[i];
	return NULL;
}

bool
notice_is_wanted(const struct job *job)
{
	return kind_of(job) != NULL;
}

static void
put_writers_part(struct str *to)
{
	str_puts(to, "Your letters to the outside wait until that is mended, "
	    "and leave then by\nthemselves: do not send them again. Mail "
	    "inside the house is not touched.\nWhoever looks after the mail "
	    "system has been told.\n");
}

static const char login_advice[] =
    "Is the password another one?  Put it into control/secrets/isp, and run\n"
    "    posthouse compile\n"
    "Was it the provider's trouble?  ";
static const char sender_advice[] =
    "May this login write as that address?  That is the provider's to say: "
    "the\naddress in control/isp has to be the login's own.\n"
    "Once it is mended: ";

static void
put_postmasters_part(struct str *to, const char *mailbox, bool is_sender)
{
	str_addf(to, "All letters that leave by this mailbox wait. Nothing "
	    "comes back to its writer\nbefore queuelifetime is over.\n\n"
	    "%sTo try again:\n"
	    "    posthouse queue retry --lane \"isp %s\"\n"
	    "What waits:\n    posthouse queue list --lane \"isp %s\"\n",
	    is_sender ? sender_advice : login_advice, mailbox, mailbox);
}

void
notice_write(struct str *to, const struct report *report)
{
	const char *mailbox = str_c(&report->job->rcpts.v[0]);
	const struct kind *kind = kind_of(report->job);
	struct slice row = row_of(report->job);
	struct str subject = {0};

	slice_cut(&row, '\t');
	slice_cut(&row, '\t');
	str_addf(&subject, kind->is_sender ?
	    "Mail waits: the provider takes no letters from %s" :
	    "Mail waits: the provider does not let %s in", mailbox);
	report_letter(to, report, str_c(&subject));
	str_addf(to, kind->is_sender ?
	    "The provider refused, several times, the sender\n    %s\n"
	    "and said\n    " :
	    "The provider refused the login of the mailbox\n    %s\n"
	    "and said\n    ", mailbox);
	report_fold(to, row, "    ");
	str_puts(to, "\n\n");
	if (kind->is_writer)
		put_writers_part(to);
	else
		put_postmasters_part(to, mailbox, kind->is_sender);
	str_free(&subject);
}
