/* agent_worker - one worker: connection and jobs; see agent_worker.h. */
#include "lib/mail/agent_worker.h"

#include "lib/base/clock.h"
#include "lib/base/home.h"
#include "lib/base/local_socket.h"
#include "lib/base/log.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum {
	PAUSE_MIN_MS = 20,
	PAUSE_MAX_MS = 2000,
	/* A worker told to end tries that long to get rid of its results. */
	FAREWELL_MS = 5000
};

struct worker {
	const struct agent *agent;
	struct agent_job *jobs; /* window of them */
	size_t count;           /* taken and not reported yet */
	bool is_over;           /* nothing more comes from this connection */
	bool is_bound;          /* has had a job, of the one lane it serves */
	bool is_lost;           /* queue-manager was gone, at the last end */
	struct job_result *past; /* what was reported last: window of them */
	size_t past_count;
	struct str lane;        /* which */
	unsigned pause_ms;      /* before the next attempt to connect */
	char *buffer;           /* PACKET_MAX bytes */
};

static volatile sig_atomic_t told_to_end;
static volatile sig_atomic_t manager_fd = -1;

const volatile sig_atomic_t *
agent_is_ending(void)
{
	return &told_to_end;
}

/* With the reading side shut, what was already sent still comes, then the
 * end: no job is lost between the last look at a flag and a blocking call. */
static void
on_end(int signal_number)
{
	int error = errno;

	(void)signal_number;
	told_to_end = 1;
	if (manager_fd >= 0)
		(void)shutdown(manager_fd, SHUT_RD);
	errno = error;
}

static void
wait_ms(unsigned ms)
{
	struct timespec pause = {ms / 1000, (long)(ms % 1000) * 1000000};

	(void)nanosleep(&pause, NULL); /* a signal may cut it short */
}

static void
wait_longer(struct worker *worker)
{
	wait_ms(worker->pause_ms);
	worker->pause_ms *= 2;
	if (worker->pause_ms > PAUSE_MAX_MS)
		worker->pause_ms = PAUSE_MAX_MS;
}

static int
say_hello(const struct worker *worker, int fd)
{
	struct job_hello hello = {.window = worker->agent->window,
	    .lane = worker->lane};
	struct str packet = {0};
	int result;

	record_encode(&packet, job_hello_fields, &hello);
	result = packet_send(fd, str_slice(&packet), -1);
	str_free(&packet);
	return result;
}

/* Whether queue-manager lived long enough to act upon what it was told last
 * nobody knows: the next one is told again, and so is the one after it. */
static void
repeat_past(struct worker *worker)
{
	struct str packet = {0};

	for (size_t i = 0; i < worker->past_count; i++) {
		worker->past[i].number = 0;
		record_encode(&packet, job_result_fields, &worker->past[i]);
		(void)packet_send(manager_fd, str_slice(&packet), -1);
		str_clear(&packet);
	}
	str_free(&packet);
}

/* Only who serves one lane of strangers: what is delivered here twice is
 * noticed here. */
static void
keep_past(struct worker *worker, size_t count)
{
	if (!worker->agent->leave)
		return;
	for (size_t i = 0; i < count; i++) {
		record_free(job_result_fields, &worker->past[i]);
		worker->past[i] = worker->jobs[i].result;
		worker->jobs[i].result = (struct job_result){0};
	}
	worker->past_count = count;
}

/* Gone, and not only done with us (lib/mail/job.h). */
static bool
is_manager_gone(void)
{
	struct pollfd end = {.fd = manager_fd};

	return poll(&end, 1, 0) > 0 && end.revents & POLLHUP;
}

static void
disconnect(void)
{
	int fd = manager_fd;

	manager_fd = -1;
	if (fd >= 0)
		close(fd);
}

static bool
connect_once(struct worker *worker)
{
	int fd = local_connect(worker->agent->socket);

	if (fd < 0)
		return false;
	manager_fd = fd;
	if (told_to_end)
		(void)shutdown(fd, SHUT_RD);
	worker->is_over = false;
	if (say_hello(worker, fd) < 0) {
		disconnect();
		return false;
	}
	if (worker->is_lost)
		repeat_past(worker);
	worker->is_lost = false;
	return true;
}

/* Until queue-manager is there.  False when told to end, at once with empty
 * hands, a little later with results to report. */
static bool
connect_patiently(struct worker *worker)
{
	uint64_t give_up_ms = 0;

	for (;;) {
		if (told_to_end && !worker->count)
			return false;
		if (told_to_end && !give_up_ms)
			give_up_ms = clock_mono_ms() + FAREWELL_MS;
		if (connect_once(worker))
			return true;
		if (told_to_end && clock_mono_ms() >= give_up_ms)
			return false;
		wait_longer(worker);
	}
}

/* What a lane leaves behind in a worker must not meet another's. */
static bool
is_of_lane(struct worker *worker, const struct job *job)
{
	if (!worker->agent->leave)
		return true;
	if (!worker->is_bound)
		str_set_slice(&worker->lane, str_slice(&job->lane));
	worker->is_bound = true;
	return slice_eq(str_slice(&worker->lane), str_slice(&job->lane));
}

static bool
is_sound(struct worker *worker, const struct agent_job *job)
{
	return job->fd >= 0 && job->job.rcpts.len &&
	    job->job.head_len <= job->job.length &&
	    is_of_lane(worker, &job->job);
}

static void
drop_job(struct agent_job *job)
{
	record_free(job_fields, &job->job);
	record_free(job_result_fields, &job->result);
	if (job->fd >= 0)
		close(job->fd);
	*job = (struct agent_job){.fd = -1};
}

/* One packet into the next free place.  False when none is there. */
static bool
take_job(struct worker *worker, int flags)
{
	struct agent_job *job = &worker->jobs[worker->count];
	ssize_t n = packet_receive(manager_fd, worker->buffer, PACKET_MAX,
	    flags, &job->fd);
	struct slice packet = {worker->buffer, n > 0 ? (size_t)n : 0};

	if (n < 0 && errno == EAGAIN)
		return false;
	if (n > 0 && record_decode(&packet, job_fields, &job->job) == 0 &&
	    !packet.len && is_sound(worker, job)) {
		worker->count++;
		return true;
	}
	worker->is_over = true;
	if (n > 0 || (n < 0 && errno == EMSGSIZE))
		log_event("alarm", "why", "bad job from queue-manager; "
		    "connecting anew", "path", worker->agent->socket, NULL);
	drop_job(job);
	return false;
}

/* Who has had nothing to do for long says so by shutting its reading side:
 * what was sent meanwhile still comes, then the end. */
static void
wait_for_job(const struct worker *worker)
{
	struct pollfd waiting = {.fd = manager_fd, .events = POLLIN};

	if (worker->is_bound &&
	    poll(&waiting, 1, (int)worker->agent->idle_ms) == 0)
		(void)shutdown(manager_fd, SHUT_RD);
}

static void
take_waiting(struct worker *worker)
{
	while (worker->count < worker->agent->window &&
	    take_job(worker, worker->count ? MSG_DONTWAIT : 0))
		;
}

/* Waits for the first job, and takes what else is at hand.  Where there is
 * room they wait a moment for company. */
static void
take_jobs(struct worker *worker)
{
	wait_for_job(worker);
	take_waiting(worker);
	if (!worker->agent->company_ms || worker->is_over ||
	    worker->count == worker->agent->window)
		return;
	wait_ms(worker->agent->company_ms);
	take_waiting(worker);
}

/* The answer to each job: what queue-manager needs to know it again, and a
 * verdict for everyone. */
static void
complete(struct agent_job *job)
{
	struct job_result *result = &job->result;

	result->number = job->job.number;
	while (result->verdicts.len < job->job.rcpts.len)
		agent_verdict(job, JOB_LATER, 451, "4.3.0",
		    "the delivery agent came to no verdict");
	result->id = job->job.id;
	result->rcpts = job->job.rcpts;
	job->job.id = (struct str){0};
	job->job.rcpts = (struct strs){0};
}

static void
do_jobs(struct worker *worker)
{
	if (!worker->count)
		return;
	worker->pause_ms = PAUSE_MIN_MS;
	worker->agent->work(worker->jobs, worker->count,
	    worker->agent->context);
	log_flush();
	for (size_t i = 0; i < worker->count; i++)
		complete(&worker->jobs[i]);
}

/* As many results, from the first on, as fit into one packet: how many. */
static size_t
pack(struct str *packet, const struct agent_job *jobs, size_t count)
{
	str_clear(packet);
	for (size_t i = 0; i < count; i++) {
		size_t before = packet->len;

		record_encode(packet, job_result_fields, &jobs[i].result);
		if (packet->len > PACKET_MAX) {
			packet->len = before;
			return i;
		}
	}
	return count;
}

/* Sends the results; the message, and with it its lock, is let go only then.
 * 0, or -1: the rest is kept for the next connection. */
static int
report(struct worker *worker)
{
	struct str packet = {0};
	int result = 0;

	while (worker->count && result == 0) {
		size_t n = pack(&packet, worker->jobs, worker->count);

		result = packet_send(manager_fd, str_slice(&packet), -1);
		if (result < 0)
			break;
		keep_past(worker, n);
		for (size_t i = 0; i < n; i++)
			drop_job(&worker->jobs[i]);
		worker->count -= n;
		memmove(worker->jobs, worker->jobs + n,
		    worker->count * sizeof *worker->jobs);
	}
	str_free(&packet);
	return result;
}

static void
serve_connection(struct worker *worker)
{
	while (report(worker) == 0 && !worker->is_over) {
		take_jobs(worker);
		do_jobs(worker);
	}
	worker->is_lost = is_manager_gone();
	disconnect();
	log_flush();
	/* Their numbers meant something to this connection's manager only. */
	for (size_t i = 0; i < worker->count; i++)
		worker->jobs[i].result.number = 0;
}

/* A clean one is to take its place: its time is over, or queue-manager wants
 * another lane served. */
static bool
is_leaving(const struct worker *worker)
{
	return worker->is_bound && !worker->count &&
	    !(worker->is_lost && worker->past_count);
}

void
agent_worker(const struct agent *agent)
{
	struct worker worker = {.agent = agent, .pause_ms = PAUSE_MIN_MS};
	struct sigaction action = {.sa_handler = on_end};
	bool is_known = false;

	log_gather();
	sigaction(SIGTERM, &action, NULL);
	worker.jobs = mem_alloc(agent->window * sizeof *worker.jobs);
	worker.past = mem_alloc(agent->window * sizeof *worker.past);
	worker.buffer = mem_alloc(PACKET_MAX);
	while (connect_patiently(&worker)) {
		if (!is_known)
			ready();
		is_known = true;
		serve_connection(&worker);
		if (is_leaving(&worker))
			break;
		if (!told_to_end)
			wait_longer(&worker);
	}
	if (worker.is_bound)
		agent->leave(agent->context);
}
