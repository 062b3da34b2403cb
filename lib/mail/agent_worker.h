/*
 * agent_worker - one worker of an agent: its connection and its jobs.
 *
 * Connects to queue-manager, takes the jobs at hand, has them done, reports
 * them in one packet.  What it could not report it keeps, locks included,
 * until queue-manager is there again.
 */
#ifndef MAIL_AGENT_WORKER_H
#define MAIL_AGENT_WORKER_H

#include "lib/mail/agent.h"

/* Serves until SIGTERM (which must not be blocked), or until the one lane it
 * has is left (agent->leave), and returns then, with nothing left undone. */
void agent_worker(const struct agent *agent);

#endif
