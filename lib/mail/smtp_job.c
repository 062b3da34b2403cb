/* smtp_job - jobs as letters, and outcomes as verdicts; see smtp_job.h. */
#include "lib/mail/smtp_job.h"

#include "lib/base/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void
smtp_job_letter(struct smtp_letter *letter, const struct agent_job *agent_job)
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

void
smtp_job_free(struct smtp_letter *letter)
{
	smtp_letter_renew(letter);
	free(letter->rcpts);
	*letter = (struct smtp_letter){0};
}

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
log_delivered(const struct job *job, const struct smtp_rcpt *rcpt,
    const struct smtp_job_host *host)
{
	log_event("deliver", "id", str_c(&job->id), "to", rcpt->address.s,
	    "via", host->via, "host", host->name, "code",
	    log_number((uint64_t)rcpt->outcome.code).s, "tls",
	    *host->tls ? host->tls : NULL, "delay",
	    log_delay(job->arrived_us).s, NULL);
}

void
smtp_job_verdicts(struct agent_job *job, const struct smtp_letter *letter,
    const struct smtp_job_host *host)
{
	for (size_t i = 0; i < letter->count; i++) {
		const struct smtp_rcpt *rcpt = &letter->rcpts[i];
		const struct smtp_outcome *outcome = &rcpt->outcome;
		struct str words = {0};

		if (!outcome->is_theirs)
			str_addf(&words, "%s: ", host->name);
		str_add_slice(&words, str_slice(&outcome->text));
		add_verdict(job, outcome->verdict, outcome->code,
		    outcome->enhanced, outcome->is_theirs ? host->name : NULL,
		    str_c(&words));
		if (outcome->verdict == JOB_DONE ||
		    outcome->verdict == JOB_PASSED)
			log_delivered(&job->job, rcpt, host);
		str_free(&words);
	}
}

/* ---- failures ---- */

void
smtp_failure_ours(struct smtp_failure *failure, int code,
    const char *enhanced, const char *format, ...)
{
	char words[512];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(words, sizeof words, format, arguments);
	va_end(arguments);
	failure->code = code;
	snprintf(failure->enhanced, sizeof failure->enhanced, "%s", enhanced);
	str_clear(&failure->host);
	str_set(&failure->text, words);
}

void
smtp_failure_theirs(struct smtp_failure *failure, const struct str *host,
    const struct smtp_reply *reply)
{
	failure->code = reply->code;
	memcpy(failure->enhanced, reply->enhanced, sizeof failure->enhanced);
	str_set_slice(&failure->host, str_slice(host));
	str_clear(&failure->text);
	smtp_reply_words(&failure->text, reply);
}

void
smtp_failure_log(const struct smtp_failure *failure, const char *event,
    const char *id, const char *via)
{
	log_event(event, "id", id, "via", via, "host", failure->host.len ?
	    str_c(&failure->host) : NULL, "code",
	    log_number((uint64_t)failure->code).s, "why",
	    str_c(&failure->text), NULL);
}

void
smtp_job_failed(struct agent_job *job, enum job_verdict verdict,
    const struct smtp_failure *failure)
{
	for (size_t i = 0; i < job->job.rcpts.len; i++)
		add_verdict(job, verdict, failure->code, failure->enhanced,
		    str_c(&failure->host), str_c(&failure->text));
}
