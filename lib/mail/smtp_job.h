/*
 * smtp_job - an agent's job as an SMTP letter, and what became of it as
 * verdicts.
 */
#ifndef MAIL_SMTP_JOB_H
#define MAIL_SMTP_JOB_H

#include "lib/mail/agent.h"
#include "lib/mail/smtp_client.h"

/* The letter borrows from the job.  smtp_job_free ends it. */
void smtp_job_letter(struct smtp_letter *letter, const struct agent_job *job);
void smtp_job_free(struct smtp_letter *letter);

/* Who was spoken to, for verdicts and the log. */
struct smtp_job_host {
	const char *name; /* "mx.example.org[192.0.2.1]" */
	const char *tls;  /* "TLSv1.3 ...", or empty */
	const char *via;  /* by whose login, or NULL */
};

/* A verdict for each recipient, from the letter's outcomes; logs what was
 * delivered. */
void smtp_job_verdicts(struct agent_job *job,
    const struct smtp_letter *letter, const struct smtp_job_host *host);

/* Why nobody could be spoken to. */
struct smtp_failure {
	int code;
	char enhanced[12];
	struct str host; /* who said so; empty: the words are ours */
	struct str text;
};

void smtp_failure_ours(struct smtp_failure *failure, int code,
    const char *enhanced, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
void smtp_failure_theirs(struct smtp_failure *failure, const struct str *host,
    const struct smtp_reply *reply);
/* One line in the log; via as in smtp_job_host. */
void smtp_failure_log(const struct smtp_failure *failure, const char *event,
    const char *id, const char *via);

/* The same verdict on all recipients. */
void smtp_job_failed(struct agent_job *job, enum job_verdict verdict,
    const struct smtp_failure *failure);

#endif
