/* test_jobs - what is handed out, and what somebody is at still. */
/* links: cmd/queue-manager/jobs.c cmd/queue-manager/lock.c cmd/queue-manager/fill.c cmd/queue-manager/seal.c cmd/queue-manager/admit.c cmd/queue-manager/reroute.c cmd/queue-manager/place.c cmd/queue-manager/login.c cmd/queue-manager/message.c cmd/queue-manager/kept.c cmd/queue-manager/late.c cmd/queue-manager/saving.c cmd/queue-manager/rcpt_map.c cmd/queue-manager/walk.c cmd/queue-manager/quarantine.c cmd/queue-manager/warnheld.c cmd/queue-manager/lane.c cmd/queue-manager/turn.c cmd/queue-manager/lanes.c cmd/queue-manager/reach.c cmd/queue-manager/held.c cmd/queue-manager/heap.c cmd/queue-manager/gather.c cmd/queue-manager/notice.c cmd/queue-manager/outcome.c cmd/queue-manager/learn.c cmd/queue-manager/ages.c cmd/queue-manager/sorting.c */
#include "lib/base/clock.h"
#include "tests/unit/jobs_fixture.h"

#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>

enum { LONG_AGO_MS = 3600 * 1000 };

/* ---- a worker of ours, and one of an earlier manager ---- */

static struct worker worker;
static struct delivery *jobs[4];
static int worker_fd;

static void
set_up(void)
{
	int pair[2];

	manager_enter("local.test");
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair), 0);
	worker = (struct worker){.port = &manager.ports[AGENT_LOCAL],
	    .window = 4, .jobs = jobs, .source.fd = pair[0]};
	memset(jobs, 0, sizeof jobs);
	worker_fd = pair[1];
	manager.ports[AGENT_LOCAL].workers = &worker;
	manager.start_ms = clock_mono_ms();
}

/* A letter that was handed out before this manager's time. */
static struct message *
admit_handed_out(void)
{
	struct envelope envelope =
	    fixture_envelope("smtp", "writer@local.test", "a@local.test");
	struct message *message = admit_letter(&envelope);

	message->is_first = false;
	message_close(message); /* as at the turn's end */
	return message;
}

/* Its descriptor: as long as it is open, somebody is at it. */
static int
lock_as_another(const struct message *message)
{
	return spool_lock(&manager.spool, message->id, -1);
}

/* In a turn, when it is due. */
static bool
is_handed_out(void)
{
	wake_all();
	jobs_dispatch(&manager);
	return worker.in_flight > 0;
}

/* The worker's side: the message, as it came with the job. */
static int
take_job(void)
{
	static char packet[PACKET_MAX];
	int fd;

	ck_assert_int_gt(packet_receive(worker_fd, packet, sizeof packet, 0,
	    &fd), 0);
	ck_assert_int_ge(fd, 0);
	return fd;
}

static struct delivery *
give_back(void)
{
	struct delivery *delivery = jobs[0];

	jobs[0] = NULL;
	worker.in_flight = 0;
	return delivery;
}

/* ---- claims ---- */

START_TEST(a_free_one_is_handed_out)
{
	manager.start_ms -= LONG_AGO_MS;
	admit_handed_out();
	ck_assert(is_handed_out());
}
END_TEST

START_TEST(what_another_is_at_waits)
{
	int fd = lock_as_another(admit_handed_out());

	for (int i = 0; i < 3; i++)
		ck_assert(!is_handed_out());
	close(fd);
}
END_TEST

/* A captured one may keep it for ever. */
START_TEST(who_is_at_it_for_long_is_complained_of_once)
{
	struct message *message = admit_handed_out();
	int fd = lock_as_another(message);

	ck_assert(!is_handed_out());
	ck_assert_uint_gt(message->stuck_ms, clock_mono_ms());
	message->stuck_ms -= LONG_AGO_MS;
	ck_assert(!is_handed_out());
	ck_assert_uint_eq(message->stuck_ms, UINT64_MAX);
	ck_assert(!is_handed_out());
	close(fd);
	while (!is_handed_out())
		;
}
END_TEST

/* Whoever was at it reports before it lets go: its report, which has come by
 * now, is heard before anything else is done.  _i: long after the start, a
 * slow host had a letter since before. */
START_TEST(what_another_was_at_waits_for_its_report)
{
	int fd = lock_as_another(admit_handed_out());

	manager.start_ms -= _i ? LONG_AGO_MS : 0;
	ck_assert(!is_handed_out());
	close(fd);
	ck_assert(!is_handed_out());
	ck_assert(manager.turn_at_once);
	ck_assert(is_handed_out());
}
END_TEST

/* It may be captured, and the others that the letter is for are waiting. */
START_TEST(who_has_answered_keeps_no_lock)
{
	int fd;

	admit_handed_out();
	while (!is_handed_out())
		;
	fd = take_job();
	answer_with(give_back(), "Z 451 4.3.0 - not now", "");
	ck_assert(is_handed_out());
	close(fd);
}
END_TEST

/* What was done for an earlier manager is heard when all of it is routed. */
START_TEST(nothing_goes_while_others_are_routed)
{
	struct message *message = admit_handed_out();

	manager.start_ms -= LONG_AGO_MS;
	message->is_routing = true;
	ck_assert(!is_handed_out());
	message->is_routing = false;
	ck_assert(is_handed_out());
}
END_TEST

/* What it does with the letter nobody knows. */
START_TEST(who_was_lost_keeps_its_lock)
{
	struct message *message = admit_handed_out();
	int fd;

	while (!is_handed_out())
		;
	fd = take_job();
	outcome_worker_died(&manager, give_back());
	for (int i = 0; i < 3; i++)
		ck_assert(!is_handed_out());
	close(fd);
	while (!is_handed_out())
		;
	message->deaths = 0; /* or it would be alone with its worker */
	fd = take_job();
	answer_with(give_back(), "Z 451 4.3.0 - not now", "");
	ck_assert(is_handed_out());
	close(fd);
}
END_TEST

int
main(void)
{
	struct unit unit = unit_make("jobs");

	tcase_add_checked_fixture(unit.cases, set_up, fixture_leave);
	tcase_add_test(unit.cases, a_free_one_is_handed_out);
	tcase_add_test(unit.cases, what_another_is_at_waits);
	tcase_add_test(unit.cases, who_is_at_it_for_long_is_complained_of_once);
	tcase_add_loop_test(unit.cases,
	    what_another_was_at_waits_for_its_report, 0, 2);
	tcase_add_test(unit.cases, who_has_answered_keeps_no_lock);
	tcase_add_test(unit.cases, nothing_goes_while_others_are_routed);
	tcase_add_test(unit.cases, who_was_lost_keeps_its_lock);
	return unit_run(unit);
}
