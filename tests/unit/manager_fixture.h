/*
 * manager_fixture - a queue-manager without a loop, above an empty queue.
 *
 * It is for tests that link the parts of cmd/queue-manager from admission to
 * outcome.  The tables are not there: the test has a route_decide of its own,
 * which builds its answer with fixture_route.
 */
#ifndef TESTS_UNIT_MANAGER_FIXTURE_H
#define TESTS_UNIT_MANAGER_FIXTURE_H

#include "cmd/queue-manager/admit.h"
#include "cmd/queue-manager/agents.h"
#include "cmd/queue-manager/bind.h"
#include "cmd/queue-manager/lane.h"
#include "cmd/queue-manager/late.h"
#include "cmd/queue-manager/loop.h"
#include "cmd/queue-manager/manager.h"
#include "cmd/queue-manager/message.h"
#include "cmd/queue-manager/outcome.h"
#include "cmd/queue-manager/reroute.h"
#include "cmd/queue-manager/turn.h"
#include "cmd/queue-manager/walk.h"
#include "tests/unit/queue_fixture.h"

static struct manager manager;
static const char *own_domain; /* the only one that is ours */

/* What agents answer. */
static const char done[] = "K 250 2.0.0 - ok";

/* ---- in place of control/route.c ---- */

static inline struct route *
fixture_route(struct routes *out, enum route_kind kind, struct slice address)
{
	struct route *route;

	out->v = mem_grow(out->v, ++out->cap, sizeof *out->v);
	route = &out->v[out->len++];
	*route = (struct route){.kind = kind, .code = 550,
	    .enhanced = "5.1.1", .stage = 1};
	str_set_slice(&route->address, address);
	return route;
}

bool
route_domain_is_home(struct config *config, struct slice domain)
{
	(void)config;
	return slice_is(domain, own_domain);
}

bool
route_owns(struct config *config, struct slice account, struct slice address)
{
	(void)config;
	return slice_eq(account, address);
}

static inline bool
is_ours(struct slice address)
{
	slice_cut(&address, '@');
	return route_domain_is_home(NULL, address);
}

/* ---- in place of the loop ---- */

void
bind_renew_lane(const struct lane *lane)
{
	(void)lane;
}

void
loop_scan_boxes_by(struct manager *m, uint64_t when_ms)
{
	m->next_boxes_ms = when_ms;
}

static inline void
walk_all(void)
{
	while (walk_some(&manager))
		;
}

static inline void
new_tables(void)
{
	manager.config.generation++;
	reroute_all(&manager);
	walk_all();
}

static inline void
wake_all(void)
{
	lane_wake(&manager, UINT64_MAX);
}

/* ---- the life of a manager ---- */

/* What killed managers had in memory: kept, so that it is no leak. */
static struct manager killed[4];
static size_t killed_count;

static inline void
manager_begin(void)
{
	static const char *const names[AGENT_COUNT] = {[AGENT_LOCAL] = "local",
	    [AGENT_REMOTE] = "remote", [AGENT_ISP] = "isp",
	    [AGENT_SHARE] = "share", [AGENT_BOUNCE] = "bounce"};
	const char *what;

	if (manager.index.count)
		killed[killed_count++] = manager;
	memset(&manager, 0, sizeof manager);
	str_addf(&manager.settings.doublebounceto, "postmaster@%s",
	    own_domain);
	manager.settings.queuelifetime_s = 5 * 24 * 3600;
	manager.settings.warnafter_s = 4 * 3600;
	manager.settings.firstretry_s = 60;
	manager.settings.maxprobe_s = 900;
	manager.settings.concurrencyremote = 20;
	for (size_t i = 0; i < AGENT_COUNT; i++) {
		manager.ports[i].name = names[i];
		manager.ports[i].places = 20;
	}
	manager.ports[AGENT_REMOTE].is_remote = true;
	manager.ports[AGENT_ISP].is_remote = true;
	manager.config.generation = 1;
	manager.route_until_ms = UINT64_MAX;
	ck_assert_int_eq(spool_open(&manager.spool, NULL, &what), 0);
}

/* The set-up of a case, but for its routes. */
static inline void
manager_enter(const char *domain)
{
	fixture_enter();
	own_domain = domain;
	manager_begin();
}

/* As if it had been killed: only the disk stays. */
static inline void
start_anew(void)
{
	manager_begin();
	admit_begin(&manager);
	walk_all();
}

/* ---- letters in, jobs out, answers in ---- */

/* Drops it in its box and admits it. */
static inline struct message *
admit_letter(struct envelope *envelope)
{
	char id[32];

	fixture_drop(envelope, "Subject: x\n\nx\n", id);
	admit_from_box(&manager, fixture_box(str_c(&envelope->box)), id, true);
	envelope_free(envelope);
	return index_find(&manager.index, id);
}

static inline struct delivery *
next(enum agent_number agent)
{
	return turn_next(&manager.ports[agent]);
}

/* Verdicts with "|" between them, the last counts for all that follow; and
 * so the recipients that are added. */
static inline void
answer_with(struct delivery *delivery, const char *verdicts,
    const char *extras)
{
	struct slice rest = slice_of(verdicts), verdict = {0};
	struct slice added = slice_of(extras);
	struct job_result result = {0};

	ck_assert_ptr_nonnull(delivery);
	for (size_t i = 0; i < delivery->count || !i; i++) {
		if (rest.s)
			verdict = slice_cut(&rest, '|');
		strs_add(&result.verdicts, verdict);
	}
	while (added.len)
		strs_add(&result.extras, slice_cut(&added, '|'));
	outcome_results(&manager, delivery, &result);
	strs_free(&result.verdicts);
	strs_free(&result.extras);
}

/* A worker of another manager's time says what became of it. */
static inline void
late_verdict(enum agent_number agent, const char *id, const char *rcpt,
    const char *verdict)
{
	struct job_result result = {0};

	str_puts(&result.id, id);
	strs_add(&result.rcpts, slice_of(rcpt));
	strs_add(&result.verdicts, slice_of(verdict));
	late_result(&manager, &manager.ports[agent], &result);
	str_free(&result.id);
	strs_free(&result.rcpts);
	strs_free(&result.verdicts);
	late_settle(&manager);
}

static inline void
late(enum agent_number agent, const char *id, const char *rcpt)
{
	late_verdict(agent, id, rcpt, done);
}

#endif
