/*
 * visit - a child for one mailbox, and when to come again; see house.h.
 *
 * The child looks its one login up and closes the tables before it locks
 * itself in: the memory that it shares with its parent holds no other.
 */
#include "cmd/pop3-fetch/house.h"

#include "lib/base/clock.h"
#include "lib/base/confine.h"
#include "lib/base/die.h"
#include "lib/base/log.h"
#include "lib/mail/sent_ids.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	RESULT_MAX = 8192,
	MORE_MS = 100
};

/* ---- in the child ---- */

static void
report(int fd, const struct visit *visit)
{
	struct str record = {0};

	record_encode(&record, visit_fields, visit);
	(void)!write(fd, record.s, record.len);
	str_free(&record);
}

/* Gives up all that is the parent's. */
static void
become_child(struct house *house)
{
	close(house->listen_fd);
	for (size_t i = 0; i < house->len; i++)
		if (house->bindings[i].result_fd >= 0)
			close(house->bindings[i].result_fd);
}

/* All that the visit needs to know.  False: the binding is gone. */
static bool
fill_session(struct session *session, struct isp_mailbox *mailbox,
    struct house *house, const struct binding *binding)
{
	if (!isp_pop3(&house->config, str_slice(&binding->name), mailbox))
		return false;
	config_close(&house->config);
	session->mailbox = mailbox;
	session->settings = &house->settings;
	str_set_slice(&session->binding, str_slice(&binding->name));
	if (mailbox->oauth2.len)
		(void)isp_token(mailbox, &session->token);
	if (mailbox->skips_sent)
		sent_ids_read(str_slice(&mailbox->address),
		    &session->sent_ids);
	session->dns = house->dns;
	session->tls = house->tls;
	session->box_fd = house->box_fd;
	session->refusals = binding->refusals;
	return true;
}

static _Noreturn void
run_child(struct house *house, const struct binding *binding, int ledger_fd,
    int scratch_fd, int result_fd)
{
	static struct session session;
	static struct isp_mailbox mailbox;

	become_child(house);
	if (!fill_session(&session, &mailbox, house, binding))
		_exit(EXIT_TEMP);
	text_init(&session.text, scratch_fd);
	confine_enter(house->domain_fd);
	if (flock(ledger_fd, LOCK_EX | LOCK_NB) < 0)
		(void)fail(&session, OUTCOME_LATER,
		    "another visit is at work");
	else if (ledger_read(&session.ledger, ledger_fd,
	    str_slice(&session.binding)) < 0)
		(void)fail(&session, OUTCOME_LATER,
		    "its ledger cannot be read");
	else
		session_run(&session);
	report(result_fd, &session.visit);
	_exit(EXIT_DONE);
}

/* ---- in the parent ---- */

static int
open_ledger(const struct binding *binding)
{
	struct slice name = str_slice(&binding->name);
	struct str path = {0};
	int fd = -1;

	ledger_path(&path, name);
	if (ledger_make(str_c(&path), name) == 0)
		fd = open(str_c(&path), O_RDWR | O_APPEND | O_CLOEXEC |
		    O_NOFOLLOW);
	str_free(&path);
	return fd;
}

/* For texts too large for memory: a file that nobody else finds. */
static int
open_scratch(void)
{
	static const char path[] = "state/pop3/.scratch";
	int fd;

	(void)unlink(path);
	fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd >= 0)
		(void)unlink(path);
	return fd;
}

static void
put_off(struct binding *binding, const char *what, int error)
{
	str_clear(&binding->why);
	str_addf(&binding->why, "%s: %s", what, strerror(error));
	log_event("alarm", "via", str_c(&binding->name), "why",
	    str_c(&binding->why), NULL);
	binding->next_ms = clock_mono_ms() + 60 * 1000;
}

void
visit_begin(struct house *house, struct binding *binding)
{
	int ledger_fd = open_ledger(binding), scratch_fd = open_scratch();
	int ends[2] = {-1, -1}, error;
	pid_t pid = -1;

	if (ledger_fd >= 0 && scratch_fd >= 0 && pipe2(ends, O_CLOEXEC) == 0)
		pid = children_fork(&house->visits, &house->waiting);
	error = errno;
	if (pid == 0)
		run_child(house, binding, ledger_fd, scratch_fd, ends[1]);
	close(ledger_fd);
	close(scratch_fd);
	close(ends[1]);
	if (pid < 0) {
		close(ends[0]);
		put_off(binding, "cannot begin a visit", error);
		return;
	}
	binding->state = BINDING_RUNS;
	binding->pid = pid;
	binding->result_fd = ends[0];
}

static void
compact(const struct binding *binding)
{
	struct slice name = str_slice(&binding->name);
	struct ledger ledger = {0};
	struct str path = {0};
	int fd = open_ledger(binding);

	ledger_path(&path, name);
	if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0 &&
	    ledger_read(&ledger, fd, name) == 0)
		(void)ledger_compact(&ledger, str_c(&path), name);
	if (fd >= 0)
		close(fd);
	ledger_free(&ledger);
	str_free(&path);
}

static uint64_t
backoff_ms(const struct house *house, const struct binding *binding,
    unsigned failures)
{
	uint64_t most = house->settings.maxprobe_s * 1000;
	uint64_t every = binding->every_s * 1000;

	return clock_about(clock_doubled(every, failures,
	    most > every ? most : every));
}

static uint64_t
next_wait_ms(struct house *house, struct binding *binding,
    const struct visit *visit)
{
	uint64_t ms = clock_about(binding->every_s * 1000);

	switch ((enum outcome)visit->outcome) {
	case OUTCOME_DONE:
		binding->failures = binding->refusals = 0;
		binding->paused_s = 0;
		binding->last_s = clock_wall_s();
		/* thousands were new within a minute: from here on apart */
		if (binding->is_of_crowd)
			ms = some_time(binding->every_s * 1000);
		if (visit->is_more)
			ms = MORE_MS;
		else
			binding->is_of_crowd = false;
		break;
	case OUTCOME_LATER:
		ms = backoff_ms(house, binding, ++binding->failures);
		break;
	case OUTCOME_REFUSED:
		ms = backoff_ms(house, binding, ++binding->refusals);
		break;
	case OUTCOME_PAUSED:
		if (!binding->paused_s)
			binding->paused_s = clock_wall_s();
		break;
	}
	return ms > visit->wait_s * 1000 ? ms : visit->wait_s * 1000;
}

static void
log_visit(const struct binding *binding, const struct visit *visit)
{
	static const char *const events[] = {"visit", "defer", "refuse",
	    "alarm"};
	bool is_news = visit->fetched || visit->deleted || visit->outcome;

	if (is_news)
		log_event(events[visit->outcome], "via",
		    str_c(&binding->name), "count",
		    log_number(visit->fetched).s, "deleted",
		    log_number(visit->deleted).s, "left",
		    visit->left ? log_number(visit->left).s : NULL, "why",
		    visit->why.len ? str_c(&visit->why) : NULL, NULL);
}

static void
read_result(struct binding *binding, int status, struct visit *visit)
{
	char bytes[RESULT_MAX];
	ssize_t n = read(binding->result_fd, bytes, sizeof bytes);
	struct slice record = slice_make(bytes, n > 0 ? (size_t)n : 0);

	if (record_decode(&record, visit_fields, visit) == 0)
		return;
	visit->outcome = OUTCOME_LATER;
	str_set(&visit->why, "the visit died");
	if (WIFSIGNALED(status))
		str_addf(&visit->why, " of signal %d", WTERMSIG(status));
}

void
visit_end(struct house *house, struct binding *binding, int status)
{
	struct visit visit = {0};

	read_result(binding, status, &visit);
	close(binding->result_fd);
	binding->result_fd = -1;
	binding->pid = 0;
	binding->state = BINDING_WAITS;
	binding->fetched += visit.fetched;
	str_set_slice(&binding->why, str_slice(&visit.why));
	binding->earliest_ms = clock_mono_ms() + visit.delay_s * 1000;
	binding->next_ms = clock_mono_ms() +
	    next_wait_ms(house, binding, &visit);
	log_visit(binding, &visit);
	if (visit.is_wasteful)
		compact(binding);
	record_free(visit_fields, &visit);
}
