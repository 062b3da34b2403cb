/*
 * agent - the frame that every delivery agent stands in.
 *
 * The parent keeps a number of workers alive; each connects to its agent
 * socket, takes jobs and hands them, all that are at hand, to one function
 * that fills in a verdict for every recipient.  The agent's own code never
 * sees a socket.
 */
#ifndef MAIL_AGENT_H
#define MAIL_AGENT_H

#include "lib/mail/job.h"

#include <signal.h>

struct agent_job {
	struct job job;
	int fd;                   /* the message, O_RDONLY; the frame's */
	struct job_result result; /* verdicts: one per recipient, to fill in */
};

struct agent {
	const char *socket; /* "run/agent-local/s" */
	unsigned workers;
	unsigned window;    /* jobs that work() takes at once */
	/* Jobs that are fewer than window wait so long for others, to share
	 * with them what costs once for all; 0: they do not. */
	unsigned company_ms;

	/* Handles jobs with blocking calls; the right place to notice new
	 * settings, before the first.  A recipient left without a verdict
	 * counts as JOB_LATER. */
	void (*work)(struct agent_job *jobs, size_t count, void *context);
	void *context;

	/* With leave, a worker serves one lane in its life and may keep what
	 * belongs to it (a connection) from one work() to the next.  After
	 * idle_ms without a job, or when queue-manager wants a clean worker
	 * instead, leave() is called and the worker ends; the parent forks
	 * another.  NULL: any job, for ever. */
	void (*leave)(void *context);
	unsigned idle_ms;
};

/* The verdict on recipient number at of this job; call for 0, 1, 2 … in
 * order. */
void agent_verdict(struct agent_job *job, enum job_verdict verdict, int code,
    const char *enhanced, const char *text);

/* Set once this worker was told to end: work() that waits for others may wait
 * less then (struct stream's hurry). */
const volatile sig_atomic_t *agent_is_ending(void);

/* Forks and keeps the workers, each confined by what the parent already is;
 * says ready() when the first is connected.  Returns the exit status when
 * told to end (SIGTERM): workers finish what they have.  A parent that is
 * killed takes its workers along, as if they were told to end. */
int agent_serve(const struct agent *agent);

#endif
