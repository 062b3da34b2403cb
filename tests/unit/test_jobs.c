/* test_jobs - which worker of local-deliver gets the next job. */
/* links: cmd/queue-manager/jobs.c cmd/queue-manager/message.c cmd/queue-manager/kept.c cmd/queue-manager/rcpt_map.c cmd/queue-manager/saving.c cmd/queue-manager/lane.c cmd/queue-manager/turn.c cmd/queue-manager/lanes.c cmd/queue-manager/reach.c cmd/queue-manager/held.c cmd/queue-manager/heap.c cmd/queue-manager/gather.c cmd/queue-manager/notice.c */
#include "cmd/queue-manager/agents.h"
#include "cmd/queue-manager/bind.h"
#include "cmd/queue-manager/fill.h"
#include "cmd/queue-manager/gather.h"
#include "cmd/queue-manager/jobs.h"
#include "cmd/queue-manager/lanes.h"
#include "cmd/queue-manager/manager.h"
#include "cmd/queue-manager/message.h"
#include "cmd/queue-manager/outcome.h"
#include "cmd/queue-manager/quarantine.h"
#include "cmd/queue-manager/reroute.h"
#include "cmd/queue-manager/warnheld.h"
#include "tests/unit/unit.h"

#include <sys/socket.h>

enum { WORKERS = 3 };

static struct manager manager;
static struct agent_port *port = &manager.ports[AGENT_LOCAL];
static struct worker workers[WORKERS];

/* ---- in place of what needs a queue and tables ---- */

void
fill_job(struct manager *m, struct job *job, const struct delivery *delivery,
    uint64_t number)
{
	(void)m, (void)number;
	for (size_t i = 0; i < delivery->count; i++)
		strs_add(&job->rcpts, slice_of("a@local.test"));
}

bool
reroute_stale(struct manager *m, struct delivery *delivery)
{
	(void)m, (void)delivery;
	return false;
}

void
reroute(struct manager *m, struct message *message)
{
	(void)m, (void)message;
}

void
outcome_settle(struct manager *m, struct message *message)
{
	(void)m, (void)message;
}

void
agents_lose(struct manager *m, struct worker *worker, const char *why)
{
	(void)m, (void)worker;
	ck_abort_msg("lost a worker: %s", why);
}

void
bind_dispatch(struct manager *m, struct agent_port *remote)
{
	(void)m, (void)remote;
}

void
bind_release(struct worker *worker)
{
	(void)worker;
}

void
bind_renew_lane(const struct lane *lane)
{
	(void)lane;
}

bool
quarantine_is_news(const struct message *message)
{
	(void)message;
	return false;
}

bool
warnheld_is_news(const struct manager *m, const struct message *message)
{
	(void)m, (void)message;
	return false;
}

/* ---- the fixture ---- */

static void
set_up(void)
{
	static struct delivery *jobs[WORKERS][100];

	for (size_t i = 0; i < WORKERS; i++) {
		int fds[2];

		ck_assert_int_eq(socketpair(AF_UNIX,
		    SOCK_SEQPACKET | SOCK_NONBLOCK, 0, fds), 0);
		workers[i] = (struct worker){.source.fd = fds[0],
			.port = port, .window = 100, .jobs = jobs[i],
			.next = port->workers};
		port->workers = &workers[i];
		port->places++;
	}
}

static void
add_letter(int rcpts)
{
	struct spool_letter letter = {.fd = -1};
	static int number;
	struct message *message;

	str_addf(&letter.envelope.id, "6qw5c1zj3k%05d", number++);
	message = message_make(&letter, 0);
	message->is_locked = true;
	envelope_free(&letter.envelope);
	index_add(&manager.index, message);
	while (rcpts--)
		lanes_assign(message_add_rcpt(message,
		    slice_of("a@local.test")),
		    lanes_get(&manager, port, slice_of("")));
	gather_rcpts(&manager, message);
}

static void
add_letters(int count, int rcpts)
{
	while (count--)
		add_letter(rcpts);
	jobs_dispatch(&manager);
}

static size_t
busy_workers(void)
{
	size_t count = 0;

	for (size_t i = 0; i < WORKERS; i++)
		count += workers[i].in_flight > 0;
	return count;
}

START_TEST(a_few_letters_meet_in_one_worker)
{
	add_letters(5, 1);
	ck_assert_uint_eq(busy_workers(), 1);
}
END_TEST

START_TEST(many_letters_are_shared_out)
{
	add_letters(50, 1);
	ck_assert_uint_eq(busy_workers(), 2);
}
END_TEST

/* One worker would write their copies one after the other. */
START_TEST(each_letter_to_many_has_a_worker)
{
	add_letters(WORKERS, 50);
	ck_assert_uint_eq(busy_workers(), WORKERS);
}
END_TEST

int
main(void)
{
	struct unit unit = unit_make("jobs");

	tcase_add_checked_fixture(unit.cases, set_up, NULL);
	tcase_add_test(unit.cases, a_few_letters_meet_in_one_worker);
	tcase_add_test(unit.cases, many_letters_are_shared_out);
	tcase_add_test(unit.cases, each_letter_to_many_has_a_worker);
	return unit_run(unit);
}
