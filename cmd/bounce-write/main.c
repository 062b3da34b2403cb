/*
 * bounce-write - write delivery reports into the queue.
 *
 * Started by s6 as phqueue.  An agent of queue-manager: it gets the message
 * as a descriptor and what became of its recipients, and drops the report
 * (failure, delay, or delivery as asked for) into queue/drop/bounce.  The
 * report's id follows from the message's id, the action and the recipients:
 * told twice, it writes one report.  RFC 3461, 3464.
 */
#include "cmd/bounce-write/report.h"

#include "control/config.h"
#include "lib/base/clock.h"
#include "lib/base/confine.h"
#include "lib/base/die.h"
#include "lib/base/home.h"
#include "lib/base/io.h"
#include "lib/base/log.h"
#include "lib/mail/agent.h"
#include "lib/base/utf8.h"
#include "queue/drop.h"
#include "queue/id.h"

#include <errno.h>
#include <string.h>

/* RFC 3461 6.2: a failure report may return the message; a long one is
 * returned by its header only. */
enum { RETURN_MAX = 64 * 1024 };

struct bounce_writer {
	struct report_settings settings;
	struct config config;
	int box_fd;
};

static const struct setting schema[] = {
    SETTING(report_settings, me, SETTING_TEXT, "me"),
    SETTING(report_settings, bouncefrom, SETTING_TEXT, "bouncefrom"),
    SETTING(report_settings, bouncehost, SETTING_TEXT, "bouncehost"),
    SETTING(report_settings, doublebounceto, SETTING_TEXT, "doublebounceto"),
    SETTING(report_settings, queuelifetime_s, SETTING_SECONDS,
	"queuelifetime"),
    {0}};

/* The same report has the same id, whoever asks for it how often; a note of
 * held mail is the week's. */
static void
report_id(struct str *id, const struct job *job)
{
	struct str seed = {0};
	bool is_of_week = held_is_wanted(job);

	if (!is_of_week)
		str_add_slice(&seed, str_slice(&job->id));
	for (size_t i = 0; i < (is_of_week ? 1 : job->rcpts.len); i++) {
		struct slice row = str_slice(&job->reports.v[i]);

		str_putc(&seed, '\n');
		str_add_slice(&seed, slice_cut(&row, '\t'));
		str_putc(&seed, ' ');
		if (!is_of_week)
			str_add_slice(&seed, str_slice(&job->rcpts.v[i]));
	}
	queue_id_once(id, 'b', str_slice(&seed));
	str_free(&seed);
}

/* The first bytes of the message.  0 or -1, errno. */
static int
read_start(const struct agent_job *job, struct str *to)
{
	ssize_t n = 1;

	while (n > 0 && to->len < RETURN_MAX)
		n = read_at(job->fd, to, RETURN_MAX - to->len,
		    job->job.head_len + to->len);
	return n < 0 ? -1 : 0;
}

static bool
returns_whole(const struct agent_job *job)
{
	struct slice first = str_slice(&job->job.reports.v[0]);

	return slice_starts(first, "failed") &&
	    !slice_ieq(str_slice(&job->job.ret), slice_of("hdrs")) &&
	    job->job.length - job->job.head_len < RETURN_MAX;
}

static int
drop_report(struct bounce_writer *writer, const struct report *report,
    struct envelope *envelope)
{
	struct drop drop = {.fd = -1};
	struct str text = {0};
	int result = drop_begin(&drop, writer->box_fd, envelope);

	/* EEXIST: written before, or begun and torn; nobody here can tell.
	 * It counts as later: queue-manager clears the box meanwhile. */
	if (result == 0) {
		if (digest_is_wanted(report->job))
			digest_write(&text, report);
		else if (notice_is_wanted(report->job))
			notice_write(&text, report);
		else if (held_is_wanted(report->job))
			held_write(&text, report);
		else
			report_write(&text, report);
		drop_write(&drop, str_slice(&text));
		result = drop_commit(&drop);
	}
	drop_abort(&drop);
	str_free(&text);
	return result;
}

static void
address_report(struct bounce_writer *writer, const struct agent_job *job,
    struct envelope *envelope)
{
	const struct str *to = job->job.sender.len ? &job->job.sender :
	    &writer->settings.doublebounceto;

	str_puts(&envelope->box, "bounce");
	report_id(&envelope->id, &job->job);
	str_set_slice(&envelope_add_rcpt(envelope)->address, str_slice(to));
}

static int
write_report(struct bounce_writer *writer, const struct agent_job *job,
    struct envelope *envelope)
{
	struct str start = {0};
	struct report report = {.settings = &writer->settings,
	    .job = &job->job,
	    .to = str_slice(&envelope->rcpts[0].address),
	    .id = str_slice(&envelope->id),
	    .is_whole = returns_whole(job),
	    .now_us = clock_wall_us()};
	bool is_letter = digest_is_wanted(&job->job) ||
	    notice_is_wanted(&job->job) || held_is_wanted(&job->job);
	int result = is_letter ? 0 : read_start(job, &start);

	report.message = report.is_whole ? str_slice(&start) :
					   report_header(str_slice(&start));
	envelope->is_8bit = report_is_8bit(&report);
	envelope->is_smtputf8 = job->job.smtputf8 || has_8bit(report.to);
	if (result == 0)
		result = drop_report(writer, &report, envelope);
	str_free(&start);
	return result;
}

static void
answer(struct agent_job *job, const struct envelope *envelope, int result)
{
	const char *error = result < 0 ? strerror(errno) : NULL;

	log_event(error ? "alarm" : "bounce", "id", str_c(&envelope->id),
	    "of", str_c(&job->job.id), "to",
	    str_c(&envelope->rcpts[0].address), "why", error, NULL);
	for (size_t i = 0; i < job->job.rcpts.len; i++)
		agent_verdict(job, error ? JOB_LATER : JOB_DONE,
		    error ? 451 : 250, error ? "4.3.0" : "2.0.0",
		    error ? error : str_c(&envelope->id));
}

static void
work(struct agent_job *jobs, size_t count, void *context)
{
	struct bounce_writer *writer = context;

	if (config_refresh(&writer->config))
		config_settings_or_die(&writer->config, schema,
		    &writer->settings);
	for (size_t i = 0; i < count; i++) {
		struct envelope envelope = {0};

		if (jobs[i].job.rcpts.len != jobs[i].job.reports.len ||
		    !jobs[i].job.rcpts.len)
			continue; /* not a report's job: counts as later */
		address_report(writer, &jobs[i], &envelope);
		answer(&jobs[i], &envelope,
		    write_report(writer, &jobs[i], &envelope));
		envelope_free(&envelope);
	}
}

static const struct confine_path paths[] = {
    {"queue/drop/bounce", DIR_ADD},
    {"control/cdb/routing", DIR_READ},
    {0}};
static const struct confine needs = {
    .promises = MAY_OPEN | MAY_CREATE | MAY_FORK | MAY_LOCAL | MAY_PASS,
    .paths = paths};

int
main(int argc, char *argv[])
{
	static struct bounce_writer writer;
	const struct agent agent = {.socket = "run/agent-bounce/s",
	    .workers = 1, .window = 8, .work = work, .context = &writer};

	(void)argv;
	die_name = "bounce-write";
	if (argc != 1)
		die_usage("bounce-write");
	home_enter();
	log_open();
	config_open_or_die(&writer.config, "routing");
	config_settings_or_die(&writer.config, schema, &writer.settings);
	writer.box_fd = drop_box_open("bounce");
	if (writer.box_fd < 0)
		die_temp("cannot open queue/drop/bounce");
	confine(&needs);
	return agent_serve(&agent);
}
