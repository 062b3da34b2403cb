/* test_workers - which worker gets the next job. */
/* links: cmd/queue-manager/jobs.c cmd/queue-manager/lock.c cmd/queue-manager/fill.c cmd/queue-manager/seal.c cmd/queue-manager/admit.c cmd/queue-manager/reroute.c cmd/queue-manager/place.c cmd/queue-manager/login.c cmd/queue-manager/message.c cmd/queue-manager/kept.c cmd/queue-manager/late.c cmd/queue-manager/saving.c cmd/queue-manager/rcpt_map.c cmd/queue-manager/walk.c cmd/queue-manager/quarantine.c cmd/queue-manager/warnheld.c cmd/queue-manager/lane.c cmd/queue-manager/turn.c cmd/queue-manager/lanes.c cmd/queue-manager/reach.c cmd/queue-manager/held.c cmd/queue-manager/heap.c cmd/queue-manager/gather.c cmd/queue-manager/notice.c cmd/queue-manager/outcome.c cmd/queue-manager/learn.c cmd/queue-manager/ages.c cmd/queue-manager/sorting.c */
#include "tests/unit/jobs_fixture.h"

#include <sys/socket.h>

enum { WORKERS = 3, WINDOW = 100 };

static struct agent_port *port = &manager.ports[AGENT_LOCAL];
static struct worker workers[WORKERS];
static int their_end[WORKERS];

/* ---- the fixture ---- */

static void
set_up(void)
{
	static struct delivery *jobs[WORKERS][WINDOW];

	manager_enter("local.test");
	for (size_t i = 0; i < WORKERS; i++) {
		int fds[2];

		ck_assert_int_eq(socketpair(AF_UNIX,
		    SOCK_SEQPACKET | SOCK_NONBLOCK, 0, fds), 0);
		their_end[i] = fds[1];
		workers[i] = (struct worker){.source.fd = fds[0],
			.port = port, .window = WINDOW, .jobs = jobs[i],
			.next = port->workers};
		port->workers = &workers[i];
	}
}

static void
add_letter(int rcpts)
{
	struct envelope envelope = {0};

	str_puts(&envelope.box, "smtp");
	str_puts(&envelope.sender, "writer@local.test");
	for (int i = 0; i < rcpts; i++)
		str_addf(&envelope_add_rcpt(&envelope)->address,
		    "a%d@local.test", i);
	admit_letter(&envelope);
}

/* In one turn of the loop. */
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

/* ---- claims ---- */

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

/* It has shut its reading side, and reports what it has. */
START_TEST(what_one_takes_no_more_goes_to_another)
{
	add_letters(1, 1);
	ck_assert_uint_eq(workers[WORKERS - 1].in_flight, 1);
	ck_assert_int_eq(shutdown(their_end[WORKERS - 1], SHUT_RD), 0);
	add_letters(5, 1);
	ck_assert(workers[WORKERS - 1].is_ending);
	ck_assert_uint_eq(workers[WORKERS - 1].in_flight, 1);
	ck_assert_uint_eq(workers[WORKERS - 2].in_flight, 5);
}
END_TEST

/* It takes nothing out of its socket. */
START_TEST(what_one_has_no_room_for_goes_to_another)
{
	int small = 1; /* the kernel makes it 4 KB or so */

	ck_assert_int_eq(setsockopt(workers[WORKERS - 1].source.fd,
	    SOL_SOCKET, SO_SNDBUF, &small, sizeof small), 0);
	add_letters(20, 1);
	ck_assert(workers[WORKERS - 1].is_full);
	ck_assert_uint_gt(workers[WORKERS - 1].in_flight, 0);
	ck_assert_uint_eq(workers[WORKERS - 1].in_flight +
	    workers[WORKERS - 2].in_flight, 20);
}
END_TEST

int
main(void)
{
	struct unit unit = unit_make("workers");

	tcase_add_checked_fixture(unit.cases, set_up, fixture_leave);
	tcase_add_test(unit.cases, a_few_letters_meet_in_one_worker);
	tcase_add_test(unit.cases, many_letters_are_shared_out);
	tcase_add_test(unit.cases, each_letter_to_many_has_a_worker);
	tcase_add_test(unit.cases, what_one_takes_no_more_goes_to_another);
	tcase_add_test(unit.cases, what_one_has_no_room_for_goes_to_another);
	return unit_run(unit);
}
