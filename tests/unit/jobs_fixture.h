/*
 * jobs_fixture - for tests that link jobs.c: all mail is local, and no worker
 * is lost.
 */
#ifndef TESTS_UNIT_JOBS_FIXTURE_H
#define TESTS_UNIT_JOBS_FIXTURE_H

#include "cmd/queue-manager/jobs.h"
#include "tests/unit/manager_fixture.h"
#include "tests/unit/unit.h"

/* ---- in place of control/route.c, agents.c and bind.c ---- */

void
route_decide(struct config *config, const struct route_request *request,
    const struct route_trace *trace, struct routes *out)
{
	(void)config, (void)trace;
	routes_free(out);
	fixture_route(out, ROUTE_LOCAL, request->recipient);
}

void
agents_lose(struct manager *m, struct worker *worker, const char *why)
{
	(void)m, (void)worker;
	ck_abort_msg("lost a worker: %s", why);
}

void
bind_release(struct worker *worker)
{
	(void)worker;
}

void
bind_dispatch(struct manager *m, struct agent_port *remote)
{
	(void)m, (void)remote;
}

#endif
