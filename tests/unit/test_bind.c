/* test_bind - which worker serves which lane. */
/* links: cmd/queue-manager/bind.c cmd/queue-manager/message.c cmd/queue-manager/kept.c cmd/queue-manager/rcpt_map.c cmd/queue-manager/saving.c cmd/queue-manager/lane.c cmd/queue-manager/turn.c cmd/queue-manager/lanes.c cmd/queue-manager/reach.c cmd/queue-manager/held.c cmd/queue-manager/heap.c cmd/queue-manager/gather.c cmd/queue-manager/notice.c */
#include "cmd/queue-manager/jobs.h"
#include "tests/unit/lane_fixture.h"

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { WORKERS_MAX = 40 };

static struct agent_port *port = &manager.ports[AGENT_REMOTE];
static struct worker workers[WORKERS_MAX];
static int their_end[WORKERS_MAX];
static size_t worker_count;
static bool is_refusing; /* jobs do not reach workers */

void
reroute(struct manager *m, struct message *message)
{
	(void)m, (void)message;
}

static struct delivery *job_of[WORKERS_MAX];

void
jobs_hand_out(struct manager *m, struct worker *worker,
    struct delivery *delivery)
{
	if (is_refusing) {
		lane_put_off(m, delivery, 100000);
		return;
	}
	ck_assert_uint_eq(worker->in_flight, 0);
	ck_assert(!worker->is_ending);
	worker->in_flight = 1;
	job_of[worker - workers] = delivery;
}

static void
set_up(void)
{
	lanes_set_up(20);
}

static struct worker *
add_worker(void)
{
	struct worker *worker = &workers[worker_count];
	int fds[2];

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, fds), 0);
	their_end[worker_count++] = fds[1];
	*worker = (struct worker){.source.fd = fds[0], .port = port,
	    .window = 1, .next = port->workers};
	port->workers = worker;
	port->places++;
	bind_welcome(port);
	return worker;
}

static void
add_workers(int count)
{
	while (count--)
		add_worker();
}

/* As agents_lose. */
static void
remove_worker(struct worker *worker)
{
	struct worker **link = &port->workers;

	while (*link != worker)
		link = &(*link)->next;
	*link = worker->next;
	bind_release(worker);
	port->places--;
}

static void
add_mail(const char *hop, int count)
{
	static int number;

	while (count--)
		add_to(number++, hop);
}

static void
turn(void)
{
	bind_dispatch(&manager, port);
	lanes_bury(&manager);
}

/* The worker's job is done. */
static void
finish(struct worker *worker)
{
	struct delivery *delivery = job_of[worker - workers];
	struct job_result result = {0};

	strs_add(&result.verdicts, slice_of("K 250 2.0.0 - ok"));
	ck_assert(!reach_hears(&manager, delivery, &result));
	strs_free(&result.verdicts);
	message_forget(&manager, delivery->message);
	worker->in_flight = 0;
}

static unsigned
busy_with(const char *hop)
{
	unsigned count = 0;

	for (const struct worker *w = port->workers; w; w = w->next)
		count += w->in_flight && !strcmp(w->lane->next_hop, hop);
	return count;
}

static unsigned
ending(void)
{
	unsigned count = 0;

	for (const struct worker *w = port->workers; w; w = w->next)
		count += w->is_ending;
	return count;
}

START_TEST(a_worker_keeps_to_its_lane)
{
	struct worker *worker = add_worker();

	add_workers(3);
	add_mail("a.test", 1);
	turn();
	ck_assert_uint_eq(busy_with("a.test"), 1);
	for (worker = port->workers; !worker->in_flight;)
		worker = worker->next;
	ck_assert_str_eq(worker->lane->next_hop, "a.test");
	finish(worker);
	add_mail("b.test", 1);
	add_mail("a.test", 1);
	turn();
	ck_assert_uint_eq(busy_with("b.test"), 1);
	ck_assert_uint_eq(worker->in_flight, 1);
	ck_assert_str_eq(worker->lane->next_hop, "a.test");
}
END_TEST

START_TEST(who_got_no_job_stays_clean)
{
	const struct worker *worker = add_worker();

	is_refusing = true;
	add_mail("a.test", 1);
	turn();
	is_refusing = false;
	ck_assert_ptr_null(worker->lane);
	add_mail("b.test", 1);
	turn();
	ck_assert_uint_eq(busy_with("b.test"), 1);
}
END_TEST

START_TEST(one_with_nothing_to_do_is_sent_home_for_another_lane)
{
	struct worker *worker = add_worker();
	char c;

	add_mail("a.test", 1);
	turn();
	finish(worker);
	turn();
	ck_assert_uint_eq(ending(), 0);
	add_mail("b.test", 1);
	turn();
	turn();
	ck_assert(worker->is_ending);
	ck_assert_int_eq(recv(their_end[0], &c, 1, 0), 0); /* it reads the end */
	remove_worker(worker);
	add_worker();
	ck_assert_uint_eq(port->awaited, 0);
	turn();
	ck_assert_uint_eq(busy_with("b.test"), 1);
}
END_TEST

START_TEST(no_more_are_sent_home_than_are_wanted)
{
	add_workers(20);
	for (int i = 0; i < 20; i++) {
		char hop[32];

		snprintf(hop, sizeof hop, "%d.test", i);
		lanes_get(&manager, port, slice_of(hop))->is_proven = true;
		add_mail(hop, 1);
	}
	turn();
	for (size_t i = 0; i < 20; i++)
		finish(&workers[i]);
	add_mail("x.test", 1);
	add_mail("y.test", 2);
	for (int i = 0; i < 5; i++)
		turn();
	ck_assert_uint_eq(ending(), 2);
}
END_TEST

START_TEST(a_lane_with_more_keeps_its_worker_for_a_while)
{
	struct worker *worker = add_worker();

	add_mail("a.test", 100);
	turn();
	add_mail("b.test", 1);
	for (int i = 0; i < 20; i++) {
		finish(worker);
		turn();
		ck_assert_uint_eq(busy_with("a.test"), 1);
	}
	/* its time is over; whose turn it is now, gets the clean one */
	for (int i = 0; i < 3 && !busy_with("b.test"); i++) {
		worker->bound_ms -= 1000;
		finish(worker);
		turn();
		ck_assert(worker->is_ending);
		ck_assert_uint_eq(busy_with("a.test"), 0);
		remove_worker(worker);
		worker = add_worker();
		turn();
	}
	ck_assert_uint_eq(busy_with("b.test"), 1);
}
END_TEST

START_TEST(nobody_else_wants_it_so_it_stays)
{
	struct worker *worker = add_worker();

	add_mail("a.test", 5);
	turn();
	worker->bound_ms -= 5000;
	for (int i = 0; i < 4; i++) {
		finish(worker);
		turn();
		ck_assert_uint_eq(busy_with("a.test"), 1);
	}
	ck_assert_uint_eq(ending(), 0);
}
END_TEST

START_TEST(a_busy_lane_leaves_room_for_who_comes)
{
	unsigned served = 0;

	add_workers(20);
	add_mail("bulk.test", 200);
	for (int i = 0; i < 10; i++) {
		turn();
		for (size_t k = 0; k < worker_count; k++)
			if (workers[k].in_flight)
				finish(&workers[k]);
	}
	add_mail("bulk.test", 100);
	turn();
	ck_assert_uint_eq(busy_with("bulk.test"), 16);
	add_mail("late.test", 1);
	for (int i = 0; i < 3 && !served; i++) {
		turn();
		served = busy_with("late.test");
	}
	ck_assert_uint_eq(served, 1);
}
END_TEST

START_TEST(lanes_live_as_long_as_their_workers)
{
	struct worker *worker = add_worker();

	add_mail("a.test", 1);
	turn();
	finish(worker);
	turn();
	ck_assert_uint_eq(manager.lanes.count, 1);
	ck_assert_uint_gt(worker->lane->limit, 2); /* the ramp is remembered */
	remove_worker(worker);
	turn();
	ck_assert_uint_eq(manager.lanes.count, 0);
}
END_TEST

START_TEST(ten_thousand_lanes_all_get_their_turn)
{
	enum { LANES = 10000 };
	unsigned done = 0, rounds = 0;

	for (int i = 0; i < LANES; i++) {
		char hop[32];

		snprintf(hop, sizeof hop, "%d.test", i);
		add_mail(hop, 1);
	}
	for (; done < LANES && rounds < LANES; rounds++) {
		worker_count = 0;
		add_workers(20);
		turn();
		for (size_t k = 0; k < 20; k++) {
			if (workers[k].in_flight) {
				finish(&workers[k]);
				done++;
			}
			close(workers[k].source.fd);
			close(their_end[k]);
			remove_worker(&workers[k]);
		}
	}
	ck_assert_uint_eq(done, LANES);
	ck_assert_uint_le(rounds, LANES / 15 + 1);
	lanes_bury(&manager);
	ck_assert_uint_eq(manager.lanes.count, 0);
}
END_TEST

int
main(void)
{
	struct unit unit = unit_make("bind");

	tcase_set_timeout(unit.cases, 60);
	tcase_add_checked_fixture(unit.cases, set_up, NULL);
	tcase_add_test(unit.cases, a_worker_keeps_to_its_lane);
	tcase_add_test(unit.cases, who_got_no_job_stays_clean);
	tcase_add_test(unit.cases,
	    one_with_nothing_to_do_is_sent_home_for_another_lane);
	tcase_add_test(unit.cases, no_more_are_sent_home_than_are_wanted);
	tcase_add_test(unit.cases,
	    a_lane_with_more_keeps_its_worker_for_a_while);
	tcase_add_test(unit.cases, nobody_else_wants_it_so_it_stays);
	tcase_add_test(unit.cases, a_busy_lane_leaves_room_for_who_comes);
	tcase_add_test(unit.cases, lanes_live_as_long_as_their_workers);
	tcase_add_test(unit.cases, ten_thousand_lanes_all_get_their_turn);
	return unit_run(unit);
}
