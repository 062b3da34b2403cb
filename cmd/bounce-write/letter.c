/* letter - what any letter from the mail system begins with; see report.h. */
#include "cmd/bounce-write/report.h"

#include "lib/mail/date.h"

void
report_head(struct str *to, const struct report *report, const char *subject)
{
	const struct report_settings *settings = report->settings;

	str_addf(to, "From: Mail Delivery System <%s@%s>\nTo: <",
	    str_c(&settings->bouncefrom), str_c(&settings->bouncehost));
	str_add_slice(to, report->to);
	str_addf(to, ">\nSubject: %s\nDate: ", subject);
	date_add(to, report->now_us);
	str_puts(to, "\nMessage-ID: <");
	str_add_slice(to, report->id);
	str_addf(to, "@%s>\n", str_c(&settings->me));
}

void
report_letter(struct str *to, const struct report *report,
    const char *subject)
{
	report_head(to, report, subject);
	str_addf(to, "Auto-Submitted: auto-generated\n"
		     "MIME-Version: 1.0\n"
		     "Content-Type: text/plain; charset=utf-8\n"
		     "Content-Transfer-Encoding: 8bit\n\n"
		     "This is the mail system at %s.\n\n",
	    str_c(&report->settings->me));
}
