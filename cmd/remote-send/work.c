/* work - jobs into transactions, and outcomes into verdicts; see remote.h. */
#include "cmd/remote-send/remote.h"
#include "lib/base/clock.h"
#include "lib/base/log.h"

#include <stdio.h>
#include <stdlib.h>

/* ---- verdicts ---- */

static void
add_verdict(struct agent_job *job, enum job_verdict verdict, int code,
    const char *enhanced, const char *host, const char *text)
{
	struct str words = {0};

	job_verdict(&words, verdict, code, enhanced, host, text);
	strs_add(&job->result.verdicts, str_slice(&words));
	str_free(&words);
}

static void
log_delivered(const struct remote *remote, const struct agent_job *job,
    const struct smtp_rcpt *rcpt)
{
	uint64_t now_us = clock_wall_us();
	uint64_t ms = now_us > job->job.arrived_us ?
	    (now_us - job->job.arrived_us) / 1000 : 0;
	char delay[32];

	snprintf(delay, sizeof delay, "%llu.%03llu",
	    (unsigned long long)(ms / 1000), (unsigned long long)(ms % 1000));
	log_event("deliver", "id", remote->id, "to", rcpt->address.s, "host",
	    str_c(&remote->link.host), "code",
	    log_number((uint64_t)rcpt->outcome.code).s, "tls",
	    remote->link.tls.len ? str_c(&remote->link.tls) : NULL, "delay",
	    delay, NULL);
}

void
verdicts_of_letter(struct remote *remote, struct agent_job *job,
    const struct smtp_letter *letter)
{
	const char *host = str_c(&remote->link.host);

	for (size_t i = 0; i < letter->count; i++) {
		const struct smtp_rcpt *rcpt = &letter->rcpts[i];
		const struct smtp_outcome *outcome = &rcpt->outcome;
		struct str words = {0};

		if (!outcome->is_theirs)
			str_addf(&words, "%s: ", host);
		str_add_slice(&words, str_slice(&outcome->text));
		add_verdict(job, outcome->verdict, outcome->code,
		    outcome->enhanced, outcome->is_theirs ? host : NULL,
		    str_c(&words));
		if (outcome->verdict == JOB_DONE ||
		    outcome->verdict == JOB_PASSED)
			log_delivered(remote, job, rcpt);
		str_free(&words);
	}
}

void
verdicts_of_failure(const struct remote *remote, struct agent_job *job,
    enum job_verdict verdict)
{
	const struct failure *failure = &remote->failure;

	for (size_t i = 0; i < job->job.rcpts.len; i++)
		add_verdict(job, verdict, failure->code, failure->enhanced,
		    str_c(&failure->host), str_c(&failure->text));
}

/* ---- a job ---- */

static void
make_letter(struct smtp_letter *letter, const struct agent_job *agent_job)
{
	const struct job *job = &agent_job->job;

	*letter = (struct smtp_letter){.fd = agent_job->fd,
		.start = job->head_len, .end = job->length,
		.needs_smtputf8 = job->smtputf8,
		.sender = str_slice(&job->sender),
		.ret = str_slice(&job->ret), .envid = str_slice(&job->envid),
		.count = job->rcpts.len};
	letter->rcpts = mem_alloc(letter->count * sizeof *letter->rcpts);
	for (size_t i = 0; i < letter->count; i++) {
		letter->rcpts[i].address = str_slice(&job->rcpts.v[i]);
		if (i < job->dsn.len)
			letter->rcpts[i].dsn = str_slice(&job->dsn.v[i]);
	}
}

/* True when all outcomes are there: not when the host went away before it
 * had heard of a sender, for then another may do better. */
static bool
send_letter(struct remote *remote, struct smtp_letter *letter)
{
	smtp_letter_renew(letter);
	smtp_client_send(&remote->link.client, letter);
	return !remote->link.client.is_over || !letter->is_untouched;
}

/* On a connection that was kept: it may have been closed meanwhile, and that
 * is nobody's fault. */
static bool
send_over_kept(struct remote *remote, struct smtp_letter *letter)
{
	if (!remote->link.is_open)
		return false;
	if (send_letter(remote, letter))
		return true;
	link_close(remote);
	return false;
}

/* It let us in and went away before it had taken a sender. */
static void
note_departure(struct remote *remote)
{
	const struct smtp_client *client = &remote->link.client;

	if (client->why.len)
		failure_ours(&remote->failure, 451, "4.4.2", "%s: %s",
		    str_c(&remote->link.host), str_c(&client->why));
	else
		failure_theirs(&remote->failure, &remote->link.host,
		    &client->reply);
	failure_log(remote);
}

/* The letter's outcomes, or the verdict on all in *verdict. */
static bool
send_anew(struct remote *remote, const struct job *job,
    struct smtp_letter *letter, enum job_verdict *verdict)
{
	enum reach reach = reach_plan(remote, str_slice(&job->lane));
	bool was_in = false;

	while (reach == REACHED && (reach = reach_next(remote)) == REACHED) {
		if (send_letter(remote, letter))
			return true;
		was_in = true;
		note_departure(remote);
		link_close(remote);
	}
	if (reach == UNREACHABLE)
		*verdict = JOB_FAILED;
	else
		*verdict = was_in ? JOB_LATER : JOB_UNREACHED;
	return false;
}

static void
do_job(struct remote *remote, struct agent_job *job)
{
	struct smtp_letter letter;
	enum job_verdict verdict;

	make_letter(&letter, job);
	remote->id = str_c(&job->job.id);
	if (send_over_kept(remote, &letter) ||
	    send_anew(remote, &job->job, &letter, &verdict))
		verdicts_of_letter(remote, job, &letter);
	else
		verdicts_of_failure(remote, job, verdict);
	if (remote->link.is_open && remote->link.client.is_over)
		link_close(remote);
	smtp_letter_renew(&letter);
	free(letter.rcpts);
}

void
remote_work(struct agent_job *jobs, size_t count, void *context)
{
	struct remote *remote = context;

	remote_refresh(remote);
	for (size_t i = 0; i < count; i++)
		do_job(remote, &jobs[i]);
}

void
remote_leave(void *context)
{
	link_close(context);
}
