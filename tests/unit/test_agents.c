/* test_agents - workers come, and report what they did for another manager. */
/* links: cmd/queue-manager/agents.c cmd/queue-manager/calls.c */
#include "cmd/queue-manager/agents.h"
#include "cmd/queue-manager/bind.h"
#include "cmd/queue-manager/held.h"
#include "cmd/queue-manager/lanes.h"
#include "cmd/queue-manager/late.h"
#include "cmd/queue-manager/loop.h"
#include "cmd/queue-manager/manager.h"
#include "cmd/queue-manager/outcome.h"
#include "tests/unit/unit.h"

#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

static struct manager manager;
static struct agent_port *port = &manager.ports[AGENT_LOCAL];
static size_t heard;

/* ---- in place of the rest ---- */

void
late_result(struct manager *m, struct agent_port *from,
    const struct job_result *result)
{
	(void)m, (void)from, (void)result;
	heard++;
}

void
outcome_results(struct manager *m, struct delivery *delivery,
    const struct job_result *result)
{
	(void)m, (void)delivery, (void)result;
	ck_abort_msg("no job was handed out");
}

void
outcome_worker_died(struct manager *m, struct delivery *delivery)
{
	(void)m, (void)delivery;
	ck_abort_msg("no job was handed out");
}

struct lane *
lanes_get(struct manager *m, struct agent_port *of, struct slice next_hop)
{
	(void)m, (void)of, (void)next_hop;
	return NULL;
}

const char *
held_hop(const struct lane *lane)
{
	(void)lane;
	return "";
}

void
bind_worker(struct worker *worker, struct lane *lane)
{
	worker->lane = lane;
}

void
bind_release(struct worker *worker)
{
	worker->lane = NULL;
}

void
bind_renew_lane(const struct lane *lane)
{
	(void)lane;
}

void
bind_welcome(struct agent_port *of)
{
	(void)of;
}

int
loop_watch(struct manager *m, struct source *source)
{
	(void)m, (void)source;
	return 0;
}

void
loop_unwatch(struct manager *m, struct source *source)
{
	(void)m;
	close(source->fd);
	source->fd = -1;
}

/* ---- a worker's side ---- */

static void
set_up(void)
{
	static const char *const dirs[] = {"run", "run/agent-local",
	    "run/agent-remote", "run/agent-isp", "run/agent-share",
	    "run/agent-bounce"};

	unit_folder_enter();
	for (size_t i = 0; i < sizeof dirs / sizeof *dirs; i++)
		ck_assert_int_eq(mkdir(dirs[i], 0700), 0);
	ck_assert_int_eq(agents_listen(&manager, NULL), 0);
}

static int
call(void)
{
	int fd = local_connect("run/agent-local/s");

	ck_assert_int_ge(fd, 0);
	return fd;
}

static void
say_hello(int fd, uint64_t window)
{
	struct job_hello hello = {.window = window};
	struct str packet = {0};

	record_encode(&packet, job_hello_fields, &hello);
	ck_assert_int_eq(packet_send(fd, str_slice(&packet), -1), 0);
	str_free(&packet);
}

static void
report(int fd, int packets)
{
	struct job_result result = {0};
	struct str packet = {0};

	str_puts(&result.id, "6zzzzzzzzzzzzzz");
	record_encode(&packet, job_result_fields, &result);
	while (packets--)
		ck_assert_int_eq(packet_send(fd, str_slice(&packet), -1), 0);
	record_free(job_result_fields, &result);
	str_free(&packet);
}

static void
look(struct source *source)
{
	source->ready(&manager, source);
}

/* ---- claims ---- */

/* Its last results, and those that it had reported before. */
START_TEST(all_that_was_done_for_another_is_heard_at_once)
{
	int fd = call();

	if (_i)
		look(&port->source); /* it says nothing yet */
	say_hello(fd, 4);
	report(fd, 8);
	look(_i ? &port->workers->source : &port->source);
	ck_assert_uint_eq(heard, 8);
}
END_TEST

START_TEST(who_goes_on_and_on_waits_for_the_next_turn)
{
	int fd = call();

	say_hello(fd, _i ? JOB_WINDOW_MAX : 1);
	report(fd, 100);
	look(&port->source);
	ck_assert_uint_eq(heard, _i ? 64 : 2);
	look(&port->workers->source);
	ck_assert_uint_eq(heard, _i ? 65 : 3);
}
END_TEST

START_TEST(there_are_no_more_workers_than_there_can_be)
{
	struct rlimit limit;

	ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &limit), 0);
	limit.rlim_cur = limit.rlim_max;
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
	if (limit.rlim_max < 5000)
		return;
	for (int i = 0; i < 2100; i++) {
		call();
		look(&port->source);
	}
	ck_assert_uint_eq(port->places, 2048);
	agents_lose(&manager, port->workers, "gone");
	call();
	look(&port->source);
	ck_assert_uint_eq(port->places, 2048);
}
END_TEST

int
main(void)
{
	struct unit unit = unit_make("agents");

	tcase_set_timeout(unit.cases, 60);
	tcase_add_checked_fixture(unit.cases, set_up, NULL);
	tcase_add_loop_test(unit.cases,
	    all_that_was_done_for_another_is_heard_at_once, 0, 2);
	tcase_add_loop_test(unit.cases,
	    who_goes_on_and_on_waits_for_the_next_turn, 0, 2);
	tcase_add_test(unit.cases,
	    there_are_no_more_workers_than_there_can_be);
	return unit_run(unit);
}
