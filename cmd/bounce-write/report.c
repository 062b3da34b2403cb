/* report - the text of a delivery report; see report.h. */
#include "cmd/bounce-write/report.h"

#include "lib/base/utf8.h"
#include "lib/mail/date.h"

enum { LINE_WANTED = 60, LINE_MOST = 700 };

/* A row of job.reports: "action TAB orcpt TAB code enhanced host text". */
struct row {
	struct slice address, action, orcpt;
	struct slice code, enhanced, host, text;
};

static struct row
row_at(const struct job *job, size_t at)
{
	struct row row = {.address = str_slice(&job->rcpts.v[at])};
	struct slice rest = str_slice(&job->reports.v[at]);

	row.action = slice_cut(&rest, '\t');
	row.orcpt = slice_cut(&rest, '\t');
	row.code = slice_cut(&rest, ' ');
	row.enhanced = slice_cut(&rest, ' ');
	row.host = slice_cut(&rest, ' ');
	row.text = rest;
	return row;
}

static bool
says(struct slice word)
{
	return word.len && !slice_is(word, "-");
}

/* ---- what kind of report ---- */

enum kind { FAILED, DELAYED, RELAYED, DELIVERED, KINDS };

static enum kind
kind_of_row(const struct row *row)
{
	if (slice_is(row->action, "failed"))
		return FAILED;
	if (slice_is(row->action, "delayed"))
		return DELAYED;
	return slice_is(row->action, "relayed") ? RELAYED : DELIVERED;
}

/* The worst decides. */
static enum kind
kind_of(const struct job *job)
{
	enum kind kind = DELIVERED;

	for (size_t i = 0; i < job->reports.len; i++) {
		struct row row = row_at(job, i);

		if (kind_of_row(&row) < kind)
			kind = kind_of_row(&row);
	}
	return kind;
}

static const char *const subjects[KINDS] = {
    [FAILED] = "Undelivered mail: returned to sender",
    [DELAYED] = "Delayed mail: still being tried",
    [RELAYED] = "Relayed mail: no further confirmation will come",
    [DELIVERED] = "Delivered mail: your confirmation",
};
static const char *const double_subject =
    "Undelivered mail from nobody: no one else can be told";

static const char *const openings[KINDS] = {
    [FAILED] = "Your message could not be delivered to the following "
	       "recipients.\nIt will not be tried again.\n",
    [DELAYED] = "Your message could not be delivered yet to the following "
		"recipients.\nIt will be tried again; you need not send it "
		"again.\n",
    [RELAYED] = "Your message was handed to the mail servers of the "
		"following\nrecipients, which do not confirm deliveries.\n",
    [DELIVERED] = "Your message was delivered to the following recipients.\n",
};

static const char *const double_opening =
    "A message from nobody (itself a report, most likely) could not be\n"
    "delivered to the following recipients, and no one else can be told.\n";

/* ---- the parts ---- */

static void
boundary(struct str *to, const struct report *report, const char *end)
{
	str_puts(to, "\n--=_");
	str_add_slice(to, report->id);
	str_puts(to, end);
	str_putc(to, '\n');
}

static void
put_header(struct str *to, const struct report *report)
{
	report_head(to, report, report->job->sender.len ?
	    subjects[kind_of(report->job)] : double_subject);
	/* RFC 3834 5: no vacation notice may answer this. */
	str_puts(to, "Auto-Submitted: auto-replied\nMIME-Version: 1.0\n"
		     "Content-Type: multipart/report; "
		     "report-type=delivery-status;\n\tboundary=\"=_");
	str_add_slice(to, report->id);
	str_puts(to, "\"\n");
	if (report_is_8bit(report))
		str_puts(to, "Content-Transfer-Encoding: 8bit\n");
	str_puts(to, "\n");
	str_puts(to, "This is a delivery report in MIME format (RFC 3464).\n");
}

static void
part_type(struct str *to, const struct report *report, const char *type)
{
	str_addf(to, "Content-Type: %s\n", type);
	if (report_is_8bit(report))
		str_puts(to, "Content-Transfer-Encoding: 8bit\n");
	str_putc(to, '\n');
}

void
report_fold(struct str *to, struct slice text, const char *indent)
{
	size_t width = 0;

	for (size_t i = 0; i < text.len; i++, width++) {
		bool is_inside = ((unsigned char)text.s[i] & 0xc0) == 0x80;

		if (width >= LINE_WANTED && text.s[i] == ' ') {
			str_putc(to, '\n');
			str_puts(to, indent);
			width = 0;
			continue;
		}
		if (width >= LINE_MOST && !is_inside) {
			str_putc(to, '\n');
			str_puts(to, indent);
			width = 0;
		}
		str_putc(to, text.s[i]);
	}
}

static void
put_reason(struct str *to, const struct row *row)
{
	struct str line = {0};

	str_puts(to, "\n  <");
	str_add_slice(to, row->address);
	str_puts(to, ">\n");
	if (!says(row->text))
		return;
	if (says(row->host)) {
		str_add_slice(&line, row->host);
		str_puts(&line, " said: ");
	}
	str_add_slice(&line, row->text);
	str_puts(&line, " (");
	str_add_slice(&line, row->code);
	if (says(row->enhanced)) {
		str_putc(&line, ' ');
		str_add_slice(&line, row->enhanced);
	}
	str_puts(&line, ")");
	str_puts(to, "    ");
	report_fold(to, str_slice(&line), "    ");
	str_putc(to, '\n');
	str_free(&line);
}

/* All recipients of one kind, if there are any. */
static void
put_kind(struct str *to, const struct job *job, enum kind kind)
{
	bool is_open = false;

	for (size_t i = 0; i < job->reports.len; i++) {
		struct row row = row_at(job, i);

		if (kind_of_row(&row) != kind)
			continue;
		if (!is_open)
			str_puts(to, job->sender.len ? openings[kind] :
						       double_opening);
		is_open = true;
		put_reason(to, &row);
	}
	if (is_open)
		str_putc(to, '\n');
}

static void
put_words(struct str *to, const struct report *report)
{
	const struct job *job = report->job;

	boundary(to, report, "");
	part_type(to, report, "text/plain; charset=utf-8");
	str_addf(to, "This is the mail system at %s.\n\n",
	    str_c(&report->settings->me));
	for (enum kind kind = FAILED; kind < KINDS; kind++)
		put_kind(to, job, kind);
	str_addf(to, "The message's queue id was %s. ", str_c(&job->id));
	str_puts(to, report->is_whole ? "A copy is below.\n" :
					"Its header is below.\n");
}

/* ---- the part for machines ---- */

void
report_xtext(struct str *to, struct slice xtext)
{
	static const char digits[] = "0123456789ABCDEF";

	for (size_t i = 0; i < xtext.len; i++) {
		char c = xtext.s[i];

		if (c == '+' && i + 2 < xtext.len) {
			size_t high = slice_find(slice_of(digits),
			    xtext.s[i + 1]);
			size_t low = slice_find(slice_of(digits),
			    xtext.s[i + 2]);

			if (high < 16 && low < 16) {
				/* nothing declares 8 bits that came so */
				c = high < 8 ? (char)(high << 4 | low) : '?';
				i += 2;
			}
		}
		str_putc(to, ascii_is_control(c) ? '?' : c);
	}
}

/* RFC 3464 2.3.4 wants class 2, 4 or 5 to fit the action. */
static void
put_status(struct str *to, const struct row *row)
{
	str_puts(to, "Status: ");
	if (says(row->enhanced))
		str_add_slice(to, row->enhanced);
	else if (kind_of_row(row) >= RELAYED)
		str_puts(to, "2.0.0");
	else
		str_puts(to, slice_starts(row->code, "4") ||
		    slice_is(row->action, "delayed") ? "4.0.0" : "5.0.0");
	str_putc(to, '\n');
}

static void
put_diagnostic(struct str *to, const struct row *row)
{
	struct str line = {0};

	if (says(row->host)) {
		str_puts(to, "Remote-MTA: dns; ");
		str_add_slice(to, row->host);
		str_putc(to, '\n');
	}
	if (!says(row->code))
		return;
	str_add_slice(&line, row->code);
	str_putc(&line, ' ');
	if (says(row->enhanced)) {
		str_add_slice(&line, row->enhanced);
		str_putc(&line, ' ');
	}
	str_add_slice(&line, row->text);
	str_puts(to, "Diagnostic-Code: smtp; ");
	report_fold(to, str_slice(&line), " ");
	str_putc(to, '\n');
	str_free(&line);
}

static void
put_recipient(struct str *to, const struct report *report,
    const struct row *row)
{
	uint64_t lifetime_us = report->settings->queuelifetime_s * 1000000;

	str_putc(to, '\n');
	if (row->orcpt.len) {
		str_puts(to, "Original-Recipient: ");
		report_xtext(to, row->orcpt);
		str_putc(to, '\n');
	}
	str_puts(to, has_8bit(row->address) ? "Final-Recipient: utf-8; " :
					      "Final-Recipient: rfc822; ");
	str_add_slice(to, row->address);
	str_puts(to, "\nAction: ");
	str_add_slice(to, row->action);
	str_putc(to, '\n');
	put_status(to, row);
	put_diagnostic(to, row);
	if (slice_is(row->action, "delayed")) {
		str_puts(to, "Will-Retry-Until: ");
		date_add(to, report->job->arrived_us + lifetime_us);
		str_putc(to, '\n');
	}
}

static void
put_status_part(struct str *to, const struct report *report)
{
	const struct job *job = report->job;

	boundary(to, report, "");
	/* RFC 6533: the global form when an address needs it */
	part_type(to, report, report_is_8bit(report) ?
	    "message/global-delivery-status" : "message/delivery-status");
	str_addf(to, "Reporting-MTA: dns; %s\n", str_c(&report->settings->me));
	if (job->envid.len) {
		str_puts(to, "Original-Envelope-Id: ");
		report_xtext(to, str_slice(&job->envid));
		str_putc(to, '\n');
	}
	str_puts(to, "Arrival-Date: ");
	date_add(to, job->arrived_us);
	str_putc(to, '\n');
	for (size_t i = 0; i < job->reports.len; i++) {
		struct row row = row_at(job, i);

		put_recipient(to, report, &row);
	}
}

static void
put_returned(struct str *to, const struct report *report)
{
	boundary(to, report, "");
	part_type(to, report, report->is_whole ? "message/rfc822" :
						 "text/rfc822-headers");
	str_add_slice(to, report->message);
	boundary(to, report, "--");
}

void
report_write(struct str *to, const struct report *report)
{
	put_header(to, report);
	put_words(to, report);
	put_status_part(to, report);
	put_returned(to, report);
}

bool
report_is_8bit(const struct report *report)
{
	if (has_8bit(report->message) || has_8bit(report->to))
		return true;
	for (size_t i = 0; i < report->job->reports.len; i++)
		if (has_8bit(str_slice(&report->job->reports.v[i])) ||
		    has_8bit(str_slice(&report->job->rcpts.v[i])))
			return true;
	return false;
}

struct slice
report_header(struct slice message)
{
	size_t at = 0;

	while (at < message.len && message.s[at] != '\n') {
		at += slice_find(slice_after(message, at), '\n');
		if (at < message.len)
			at++;
	}
	return slice_make(message.s, at);
}
