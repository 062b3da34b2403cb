/* held - mail that nobody has asked for, for postmaster; see report.h. */
#include "cmd/bounce-write/report.h"

enum { DAY_S = 24 * 3600, HOUR_S = 3600 };

bool
held_is_wanted(const struct job *job)
{
	return job->reports.len &&
	    slice_starts(str_slice(&job->reports.v[0]), "held-");
}

static void
put_age(struct str *to, uint64_t seconds)
{
	bool is_days = seconds >= 2 * DAY_S;

	str_addf(to, "%llu %s", (unsigned long long)seconds /
	    (is_days ? DAY_S : HOUR_S), is_days ? "days" : "hours");
}

/* "held-WEEK TAB TAB count seconds" */
static void
put_row(struct str *to, struct slice domain, struct slice row)
{
	uint64_t count = 0, seconds = 0;

	slice_cut(&row, '\t');
	slice_cut(&row, '\t');
	(void)slice_u64(slice_cut(&row, ' '), UINT64_MAX, &count);
	(void)slice_u64(row, UINT64_MAX, &seconds);
	str_addf(to, "  %.*s: %llu message%s, the oldest for ",
	    (int)domain.len, domain.s, (unsigned long long)count,
	    count == 1 ? "" : "s");
	put_age(to, seconds);
	str_putc(to, '\n');
}

void
held_write(struct str *to, const struct report *report)
{
	const struct job *job = report->job;
	uint64_t count = 0;

	report_letter(to, report, "Mail is held that nobody has asked for");
	str_puts(to, "Mail for these domains is held here until they ask for "
	    "it (ETRN), and they\nhave not asked for a long time:\n\n");
	for (size_t i = 0; i < job->reports.len; i++)
		put_row(to, str_slice(&job->rcpts.v[i]),
		    str_slice(&job->reports.v[i]));
	if (slice_u64(str_slice(&job->envid), UINT64_MAX, &count) &&
	    count > job->reports.len)
		str_addf(to, "  ... and %llu more domain%s\n",
		    (unsigned long long)count - job->reports.len,
		    count - job->reports.len == 1 ? "" : "s");
	str_puts(to, "\nAll that is held:    posthouse queue list --by domain\n"
	    "To send it now:      posthouse etrn DOMAIN\n"
	    "How long it waits:   keep= in control/domains\n\n"
	    "This note comes once a week. control/warnheld says how long "
	    "is a long time;\n0: no note.\n");
}
