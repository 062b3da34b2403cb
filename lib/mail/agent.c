/* agent - the frame that every delivery agent stands in; see agent.h. */
#include "lib/mail/agent.h"

#include "lib/base/pool.h"
#include "lib/mail/agent_worker.h"

void
agent_verdict(struct agent_job *job, enum job_verdict verdict, int code,
    const char *enhanced, const char *text)
{
	struct str words = {0};

	job_verdict(&words, verdict, code, enhanced, NULL, text);
	strs_add(&job->result.verdicts, str_slice(&words));
	str_free(&words);
}

static void
work(void *context)
{
	agent_worker(context);
}

int
agent_serve(const struct agent *agent)
{
	struct agent copy = *agent;

	return pool_serve(agent->workers, work, &copy);
}
