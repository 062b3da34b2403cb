/* fuzz_report - whatever a message, its envelope and an agent said, a report
 * has the header that we gave it, and ends with its own boundary. */
/* links: cmd/bounce-write/report.c cmd/bounce-write/letter.c */
#include "cmd/bounce-write/report.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Envelopes and queue-manager's words hold no control bytes, but the TABs
 * between the parts of a report. */
static bool
has_control(const struct str *text)
{
	for (size_t i = 0; i < text->len; i++)
		if ((unsigned char)text->s[i] < ' ' && text->s[i] != '\t')
			return true;
	return false;
}

static bool
is_possible(const struct job *job)
{
	if (!job->rcpts.len || job->rcpts.len != job->reports.len ||
	    has_control(&job->sender) || has_control(&job->envid) ||
	    has_control(&job->id))
		return false;
	for (size_t i = 0; i < job->rcpts.len; i++)
		if (has_control(&job->rcpts.v[i]) ||
		    has_control(&job->reports.v[i]))
			return false;
	return true;
}

static void
check_header(struct slice text)
{
	static const char *const names[] = {"From: ", "To: ", "Subject: ",
	    "Date: ", "Message-ID: ", "Auto-Submitted: ", "MIME-Version: ",
	    "Content-Type: ", "\tboundary=", "Content-Transfer-Encoding: "};
	struct slice line;

	while ((line = slice_cut(&text, '\n')).len) {
		size_t i = 0;

		while (i < sizeof names / sizeof *names &&
		    !slice_starts(line, names[i]))
			i++;
		if (i == sizeof names / sizeof *names)
			abort();
	}
}

static void
write_report(const struct job *job, struct slice message)
{
	static struct report_settings settings;
	struct report report = {.settings = &settings, .job = job,
	    .to = str_slice(&job->sender), .id = slice_of("b0"),
	    .message = report_header(message), .now_us = 1793397600123456};
	static const char end[] = "\n--=_b0--\n";
	struct str text = {0};

	report_write(&text, &report);
	check_header(str_slice(&text));
	if (text.len < sizeof end ||
	    strcmp(text.s + text.len - (sizeof end - 1), end) != 0)
		abort();
	str_free(&text);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice rest = slice_make((const char *)data, size);
	struct job job = {0};

	if (record_decode(&rest, job_fields, &job) == 0 && is_possible(&job))
		write_report(&job, rest);
	record_free(job_fields, &job);
	return 0;
}
