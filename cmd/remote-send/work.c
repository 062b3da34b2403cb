/* work - jobs into transactions, and outcomes into verdicts; see remote.h. */
#include "cmd/remote-send/remote.h"


/* ---- a job ---- */

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
	smtp_link_close(&remote->link);
	return false;
}

/* It let us in and went away before it had taken a sender. */
static void
note_departure(struct remote *remote)
{
	smtp_link_departed(&remote->link, &remote->failure);
	smtp_failure_log(&remote->failure, "unreached",
	    remote->id, NULL);
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
		smtp_link_close(&remote->link);
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

	smtp_job_letter(&letter, job);
	remote->id = str_c(&job->job.id);
	if (send_over_kept(remote, &letter) ||
	    send_anew(remote, &job->job, &letter, &verdict))
		smtp_job_verdicts(job, &letter, &(struct smtp_job_host){
		    str_c(&remote->link.host), str_c(&remote->link.tls),
		    NULL});
	else
		smtp_job_failed(job, verdict, &remote->failure);
	if (remote->link.is_open && remote->link.client.is_over)
		smtp_link_close(&remote->link);
	smtp_job_free(&letter);
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
	struct remote *remote = context;

	smtp_link_close(&remote->link);
}
