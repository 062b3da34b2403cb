/* notice - a provider refused a login, or its address as sender, or is not to
 * be found, and mail waits for it; see report.h. */
#include "cmd/bounce-write/report.h"

/* The row begins with KIND-writer or KIND-postmaster, for who reads it.  In a
 * subject the mailbox stands between the two parts. */
static const struct kind {
	const char *name;
	const char *subject, *subject_end;
	const char *what;
	const char *advice;
} kinds[] = {
    {"paused", "the provider does not let ", " in",
	"The provider refused the login of the mailbox",
	"If the password has changed, put the new one into "
	"control/secrets/isp and run\n    posthouse compile\n"
	"If the trouble was the provider's, there is nothing to change.  "},
    {"sender", "the provider takes no letters from ", "",
	"Several times the provider refused the sender",
	"The provider decides which addresses a login may write as: the "
	"address\nin control/isp must be the login's own.\n"
	"Once that is corrected:  "},
    {"server", "no server is found for ", "",
	"control/isp names a server that does not exist, for the mailbox",
	"If the provider's server has another name, put that into "
	"control/isp and run\n    posthouse compile\n"
	"If the trouble was the DNS, there is nothing to change.  "},
};

/* Takes "KIND-READER TAB" off the row.  NULL: it is no notice's. */
static const struct kind *
take_kind(const struct job *job, struct slice *row, bool *is_writer)
{
	struct slice name, reader;

	if (!job->reports.len)
		return NULL;
	*row = str_slice(&job->reports.v[0]);
	reader = slice_cut(row, '\t');
	name = slice_cut(&reader, '-');
	*is_writer = slice_is(reader, "writer");
	if (!*is_writer && !slice_is(reader, "postmaster"))
		return NULL;
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (slice_is(name, kinds[i].name))
			return &kinds[i];
	return NULL;
}

bool
notice_is_wanted(const struct job *job)
{
	struct slice row;
	bool is_writer;

	return take_kind(job, &row, &is_writer) != NULL;
}

static void
put_writers_part(struct str *to)
{
	str_puts(to, "Your letters to the outside wait until this is fixed, "
	    "and are then sent by\nthemselves: do not send them again. "
	    "Internal mail is not affected.\nThe administrator of the mail "
	    "system has been told.\n");
}

static void
put_postmasters_part(struct str *to, const char *mailbox, const char *advice)
{
	str_addf(to, "All letters that leave through this mailbox wait. "
	    "None is returned to its\nwriter before queuelifetime is over.\n\n"
	    "%sTo try again:\n"
	    "    posthouse queue retry --lane \"isp %s\"\n"
	    "What waits:\n    posthouse queue list --lane \"isp %s\"\n",
	    advice, mailbox, mailbox);
}

void
notice_write(struct str *to, const struct report *report)
{
	const char *mailbox = str_c(&report->job->rcpts.v[0]);
	struct slice row;
	bool is_writer;
	const struct kind *kind = take_kind(report->job, &row, &is_writer);
	struct str subject = {0};

	slice_cut(&row, '\t');
	str_addf(&subject, "Mail waits: %s%s%s", kind->subject, mailbox,
	    kind->subject_end);
	report_letter(to, report, str_c(&subject));
	str_addf(to, "%s\n    %s\nThe reason given was\n    ", kind->what,
	    mailbox);
	report_fold(to, row, "    ");
	str_puts(to, "\n\n");
	if (is_writer)
		put_writers_part(to);
	else
		put_postmasters_part(to, mailbox, kind->advice);
	str_free(&subject);
}
