/* test_lane - when next, and how many at once. */
/* links: cmd/queue-manager/message.c cmd/queue-manager/kept.c cmd/queue-manager/rcpt_map.c cmd/queue-manager/saving.c cmd/queue-manager/lane.c cmd/queue-manager/turn.c cmd/queue-manager/lanes.c cmd/queue-manager/reach.c cmd/queue-manager/held.c cmd/queue-manager/heap.c cmd/queue-manager/gather.c cmd/queue-manager/notice.c */
#include "cmd/queue-manager/heap.h"
#include "cmd/queue-manager/turn.h"
#include "lib/base/clock.h"
#include "tests/unit/lane_fixture.h"

#include <stdio.h>

static size_t routed;

/* What lane_wake asks for when a recipient has no lane (any more). */
void
reroute(struct manager *m, struct message *message)
{
	(void)m, (void)message;
	routed++;
}

void
bind_renew_lane(const struct lane *lane)
{
	(void)lane;
}

static void
set_up(void)
{
	lanes_set_up(3);
	manager.ports[AGENT_REMOTE].places = 100;
}

static struct delivery *
next(enum agent_number agent)
{
	return turn_next(&manager.ports[agent]);
}

START_TEST(lanes_take_turns)
{
	static const char *const order = "abcabcaaa";
	struct message *message;

	for (int i = 0; i < 5; i++)
		add_to(i, "a.test");
	for (int i = 10; i < 12; i++)
		add_to(i, "b.test");
	for (int i = 20; i < 22; i++)
		add_to(i, "c.test");
	for (const char *c = order; *c; c++) {
		struct delivery *delivery = next(AGENT_REMOTE);

		ck_assert_ptr_nonnull(delivery);
		ck_assert_int_eq(delivery->lane->next_hop[0], *c);
		message = delivery->message;
		lane_free_delivery(&manager, delivery);
		ck_assert_uint_eq(message->in_flight, 0);
	}
	ck_assert_ptr_null(next(AGENT_REMOTE));
}
END_TEST

START_TEST(a_full_lane_waits_for_an_answer)
{
	struct delivery *first;

	for (int i = 0; i < 5; i++)
		add_to(i, "a.test");
	first = next(AGENT_REMOTE);
	first->lane->limit = 3;
	ck_assert_ptr_nonnull(next(AGENT_REMOTE));
	ck_assert_ptr_nonnull(next(AGENT_REMOTE));
	ck_assert_ptr_null(next(AGENT_REMOTE));
	ck_assert_uint_eq(first->lane->in_flight, 3);
	add_to(9, "b.test"); /* another's turn */
	ck_assert_str_eq(next(AGENT_REMOTE)->lane->next_hop, "b.test");
	lane_free_delivery(&manager, first);
	ck_assert_str_eq(next(AGENT_REMOTE)->lane->next_hop, "a.test");
	ck_assert_ptr_null(next(AGENT_REMOTE));
}
END_TEST

START_TEST(an_agent_gets_its_own_lanes_only)
{
	add_to(1, "");
	ck_assert_ptr_null(next(AGENT_REMOTE));
	ck_assert_ptr_null(next(AGENT_BOUNCE));
	ck_assert_ptr_nonnull(next(AGENT_LOCAL));
}
END_TEST

START_TEST(deliveries_wake_in_the_order_of_their_time)
{
	enum { COUNT = 2000 };
	uint64_t last = 0;

	for (int i = 0; i < COUNT; i++) {
		struct message *message = add_to(i, "");

		lane_defer(&manager, message->deliveries,
		    (uint64_t)random() % 5000);
	}
	for (int i = 0; i < COUNT; i += 7) { /* out of the middle */
		char id[32];

		snprintf(id, sizeof id, "6qw5c1zj3k%05d", i);
		lane_withdraw(&manager, index_find(&manager.index, id));
	}
	ck_assert_ptr_null(next(AGENT_LOCAL));
	for (uint64_t now = 0; now <= 5000; now += 100) {
		struct delivery *delivery;

		lane_wake(&manager, now);
		ck_assert_uint_gt(lane_next_due_ms(&manager), now);
		while ((delivery = next(AGENT_LOCAL))) {
			ck_assert_uint_ge(delivery->timed.due_ms, last);
			ck_assert_uint_le(delivery->timed.due_ms, now);
			last = delivery->timed.due_ms;
		}
	}
	ck_assert_uint_eq(manager.heap.len, 0);
	ck_assert_uint_eq(lane_next_due_ms(&manager), UINT64_MAX);
}
END_TEST

START_TEST(what_is_put_off_keeps_its_place)
{
	struct delivery *delivery;
	struct message *first = add_to(1, "");

	add_to(2, "");
	delivery = next(AGENT_LOCAL);
	ck_assert_ptr_eq(delivery->message, first);
	lane_put_off(&manager, delivery, 200);
	add_to(3, "");
	lane_wake(&manager, clock_mono_ms() + 1000);
	ck_assert_ptr_eq(next(AGENT_LOCAL)->message, first);
	lane_defer(&manager, delivery, 0);
	lane_wake(&manager, clock_mono_ms());
	ck_assert_ptr_ne(next(AGENT_LOCAL)->message, first);
}
END_TEST

START_TEST(a_job_has_at_most_a_hundred_recipients_of_one_lane)
{
	struct message *message = make_message(1);
	size_t jobs = 0, rcpts = 0;
	struct delivery *delivery;

	for (int i = 0; i < 250; i++) {
		add_rcpt(message, "a@local.test", "");
		if (i % 10 == 0)
			add_rcpt(message, "a@a.test", "a.test");
	}
	gather_rcpts(&manager, message);
	while ((delivery = next(AGENT_LOCAL))) {
		ck_assert_uint_le(delivery->count, JOB_RCPTS_MAX);
		jobs++;
		rcpts += delivery->count;
	}
	ck_assert_uint_eq(jobs, 3);
	ck_assert_uint_eq(rcpts, 250);
	ck_assert_uint_eq(next(AGENT_REMOTE)->count, 25);
	ck_assert_uint_eq(message->in_flight, 4);
}
END_TEST

START_TEST(different_times_are_different_jobs)
{
	struct message *message = make_message(1);

	add_rcpt(message, "a@local.test", "");
	add_rcpt(message, "b@local.test", "")->next_us = clock_wall_us() + 60000000;
	add_rcpt(message, "c@local.test", "");
	gather_rcpts(&manager, message);
	ck_assert_uint_eq(next(AGENT_LOCAL)->count, 1);
	ck_assert_uint_eq(next(AGENT_LOCAL)->count, 1);
	ck_assert_ptr_null(next(AGENT_LOCAL));
	ck_assert_uint_le(lane_next_due_ms(&manager), clock_mono_ms() + 60000);
	ck_assert_uint_ge(lane_next_due_ms(&manager), clock_mono_ms() + 55000);
}
END_TEST

START_TEST(a_wrong_clock_costs_one_wait)
{
	struct message *message = make_message(1);

	add_rcpt(message, "a@local.test", "")->next_us = UINT64_MAX;
	gather_rcpts(&manager, message);
	ck_assert_uint_le(lane_next_due_ms(&manager),
	    clock_mono_ms() + 900 * 1000);
}
END_TEST

START_TEST(the_next_stage_waits_for_the_first)
{
	struct message *message = make_message(1);
	struct delivery *delivery;
	struct copy copy = {0};
	struct rcpt *rcpt;

	add_rcpt(message, "b@local.test", "")->stage = 2;
	rcpt = add_rcpt(message, "a@local.test", "");
	rcpt->is_extra = true;
	str_set(&copy.folder, "Sent");
	rcpt_set_copy(rcpt, &copy);
	gather_rcpts(&manager, message);
	delivery = next(AGENT_LOCAL);
	ck_assert_str_eq(delivery->rcpts[0]->address, "a@local.test");
	ck_assert_ptr_null(next(AGENT_LOCAL));
	delivery->rcpts[0]->state = RCPT_DONE;
	lane_free_delivery(&manager, delivery);
	gather_rcpts(&manager, message);
	ck_assert_str_eq(next(AGENT_LOCAL)->rcpts[0]->address, "b@local.test");
}
END_TEST

START_TEST(held_is_not_gathered)
{
	struct message *message = make_message(1);

	add_rcpt(message, "a@local.test", "");
	message->is_held = true;
	gather_rcpts(&manager, message);
	ck_assert_ptr_null(message->deliveries);
}
END_TEST

START_TEST(without_a_lane_it_is_routed_when_its_time_comes)
{
	struct message *message = make_message(1);
	struct rcpt *rcpt = add_rcpt(message, "a@local.test", "");

	lanes_assign(rcpt, NULL);
	rcpt->next_us = clock_wall_us() + 60000000;
	gather_rcpts(&manager, message);
	lane_wake(&manager, clock_mono_ms());
	ck_assert_uint_eq(routed, 0);
	lane_wake(&manager, clock_mono_ms() + 61000);
	ck_assert_uint_eq(routed, 1);
	ck_assert_ptr_null(rcpt->delivery);
	ck_assert_ptr_null(next(AGENT_LOCAL));
}
END_TEST

START_TEST(withdrawn_leaves_what_is_out)
{
	struct message *message = make_message(1);
	struct delivery *out;

	add_rcpt(message, "a@local.test", "");
	add_rcpt(message, "a@a.test", "a.test");
	gather_rcpts(&manager, message);
	out = next(AGENT_LOCAL);
	lane_withdraw(&manager, message);
	ck_assert_ptr_eq(message->deliveries, out);
	ck_assert_ptr_null(out->sibling);
	ck_assert_ptr_null(next(AGENT_REMOTE));
	ck_assert_uint_eq(message->in_flight, 1);
}
END_TEST

START_TEST(many_lanes_are_found_again)
{
	struct lane *lanes[1000];
	char hop[32];

	for (int round = 0; round < 2; round++) {
		for (int i = 0; i < 1000; i++) {
			struct lane *lane;

			snprintf(hop, sizeof hop, "d%d.test", i);
			lane = lanes_get(&manager,
			    &manager.ports[AGENT_REMOTE], slice_of(hop));
			if (!round)
				lanes[i] = lane;
			ck_assert_ptr_eq(lane, lanes[i]);
			ck_assert_str_eq(lane->next_hop, hop);
		}
	}
	ck_assert_uint_eq(manager.lanes.count, 1000);
}
END_TEST

/* ---- is somebody there ---- */

static const char nobody[] = "U 451 4.4.1 - nobody there";

/* As outcome_results does it: the message is done unless it waits again. */
static void
answer(struct delivery *delivery, const char *verdict)
{
	struct job_result result = {0};

	ck_assert_ptr_nonnull(delivery);
	strs_add(&result.verdicts, slice_of(verdict));
	if (!reach_hears(&manager, delivery, &result)) {
		delivery->rcpts[0]->state = RCPT_DONE;
		lane_free_delivery(&manager, delivery);
	}
	strs_free(&result.verdicts);
}

static void
add_many(int count, const char *hop)
{
	static int number = 1000;

	while (count--)
		add_to(number++, hop);
}

static struct lane *
lane_of(const char *hop)
{
	return lanes_get(&manager, &manager.ports[AGENT_REMOTE],
	    slice_of(hop));
}

/* All that may go now, at most so many. */
static unsigned
take_all(struct delivery **taken, unsigned most)
{
	unsigned count = 0;

	while (count < most && (taken[count] = next(AGENT_REMOTE)))
		count++;
	return count;
}

/* With nobody there at the first attempt; returns the lane. */
static struct lane *
break_down(const char *hop)
{
	struct delivery *taken[2];

	ck_assert_uint_eq(take_all(taken, 2), 2);
	answer(taken[0], nobody);
	answer(taken[1], nobody);
	ck_assert_int_eq(lane_of(hop)->state, LANE_DOWN);
	return lane_of(hop);
}

static uint64_t
wait_of(const struct lane *lane)
{
	uint64_t now = clock_mono_ms();

	ck_assert(lane->is_timed);
	return lane->timed.due_ms > now ? lane->timed.due_ms - now : 0;
}

START_TEST(a_lane_starts_slowly_and_grows)
{
	struct delivery *taken[10];

	manager.settings.concurrencyremote = 8;
	add_many(30, "a.test");
	ck_assert_uint_eq(take_all(taken, 10), 2);
	answer(taken[0], "K 250 2.0.0 - ok");
	ck_assert_uint_eq(take_all(taken + 2, 8), 2);
	for (int i = 1; i < 4; i++)
		answer(taken[i], "P 250 2.0.0 - ok");
	ck_assert_uint_eq(take_all(taken, 10), 6);
	for (int i = 0; i < 6; i++)
		answer(taken[i], "D 550 5.1.1 - no");
	ck_assert_uint_eq(take_all(taken, 10), 8);
	ck_assert_uint_eq(lane_of("a.test")->limit, 8);
	answer(taken[0], "K 250 2.0.0 - ok");
	ck_assert_uint_eq(lane_of("a.test")->limit, 8);
}
END_TEST

START_TEST(not_now_is_no_success)
{
	struct delivery *taken[2];

	add_many(9, "a.test");
	ck_assert_uint_eq(take_all(taken, 2), 2);
	answer(taken[0], "Z 450 4.2.0 - greylisted");
	ck_assert_uint_eq(lane_of("a.test")->limit, 2);
	ck_assert(lane_of("a.test")->is_proven);
}
END_TEST

START_TEST(some_unreached_halve_it_once_a_round)
{
	struct delivery *taken[16];
	struct lane *lane = lane_of("a.test");

	manager.settings.concurrencyremote = 16;
	add_many(60, "a.test");
	lane->limit = 16;
	ck_assert_uint_eq(take_all(taken, 16), 16);
	for (int i = 0; i < 8; i++)
		answer(taken[i], nobody);
	ck_assert_int_eq(lane->state, LANE_UP);
	ck_assert_uint_eq(lane->limit, 8);
	ck_assert_ptr_null(next(AGENT_REMOTE));
	/* one more for each round, above what was too much */
	for (int i = 8; i < 15; i++)
		answer(taken[i], "K 250 2.0.0 - ok");
	ck_assert_uint_eq(lane->limit, 8);
	answer(taken[15], "K 250 2.0.0 - ok");
	ck_assert_uint_eq(lane->limit, 9);
}
END_TEST

START_TEST(a_dead_host_costs_one_attempt_a_probe)
{
	uint64_t now = clock_mono_ms();
	unsigned attempts = 0;
	struct lane *lane;

	manager.settings.firstretry_s = 60;
	manager.settings.maxprobe_s = 900;
	add_many(2000, "a.test");
	lane = break_down("a.test");
	for (uint64_t end = now + 3600 * 1000; now < end; now += 1000) {
		struct delivery *delivery;

		lane_wake(&manager, now);
		while ((delivery = next(AGENT_REMOTE))) {
			ck_assert_ptr_eq(lane->probe, delivery);
			answer(delivery, nobody);
			attempts++;
			lane->timed.due_ms += now - clock_mono_ms();
		}
	}
	/* after 1, 3, 7, 15, 30, 45 minutes, more or less */
	ck_assert_uint_ge(attempts, 5);
	ck_assert_uint_le(attempts, 8);
	ck_assert_uint_eq(lane->waiting, 2000);
	ck_assert_str_eq(lane->words, "451 4.4.1 - nobody there");
}
END_TEST

START_TEST(pauses_grow_and_are_never_the_same)
{
	uint64_t seen[5];
	bool is_varied = false;

	manager.settings.firstretry_s = 60;
	manager.settings.maxprobe_s = 800;
	for (uint32_t n = 1; n < 9; n++) {
		uint64_t wanted = n < 5 ? 60000000ULL << (n - 1) : 800000000;

		for (int i = 0; i < 5; i++) {
			seen[i] = reach_pause_us(&manager, n);
			ck_assert_uint_ge(seen[i], wanted - wanted / 8);
			ck_assert_uint_le(seen[i], wanted + wanted / 8);
			is_varied |= seen[i] != seen[0];
		}
	}
	ck_assert(is_varied);
}
END_TEST

START_TEST(the_first_answer_opens_it_slowly)
{
	struct delivery *taken[10];
	struct lane *lane;

	manager.settings.firstretry_s = 60;
	manager.settings.concurrencyremote = 20;
	add_many(50, "a.test");
	lane = break_down("a.test");
	ck_assert_uint_ge(wait_of(lane), 52000);
	ck_assert_uint_le(wait_of(lane), 68000);
	lane_wake(&manager, clock_mono_ms() + 70000);
	ck_assert_uint_eq(take_all(taken, 10), 1);
	answer(taken[0], "Z 450 4.2.0 - not this one");
	ck_assert_int_eq(lane->state, LANE_UP);
	ck_assert_uint_eq(lane->failures, 0);
	ck_assert(!lane->is_timed);
	ck_assert_uint_eq(take_all(taken, 10), 2);
}
END_TEST

START_TEST(an_answer_to_what_was_under_way_opens_it_too)
{
	struct delivery *probe;
	struct lane *lane;

	add_many(9, "a.test");
	lane = break_down("a.test");
	reach_try_now(&manager, lane, UINT64_MAX);
	probe = next(AGENT_REMOTE);
	ck_assert_ptr_nonnull(probe);
	ck_assert_ptr_null(next(AGENT_REMOTE));
	lane_put_off(&manager, probe, 1000); /* its worker died */
	ck_assert_int_eq(lane->state, LANE_DOWN);
	ck_assert_uint_le(wait_of(lane), 1000);
	lane_wake(&manager, clock_mono_ms() + 2000);
	answer(next(AGENT_REMOTE), "K 250 2.0.0 - ok");
	ck_assert_int_eq(lane->state, LANE_UP);
}
END_TEST

START_TEST(new_mail_for_a_dead_host_only_waits)
{
	struct lane *lane;

	add_many(2, "a.test");
	lane = break_down("a.test");
	add_many(5, "a.test");
	ck_assert_ptr_null(next(AGENT_REMOTE));
	ck_assert_uint_eq(lane->waiting, 7);
	add_many(1, "b.test");
	ck_assert_str_eq(next(AGENT_REMOTE)->lane->next_hop, "b.test");
}
END_TEST

START_TEST(the_probe_may_come_before_its_message)
{
	struct delivery *taken[2];
	struct lane *lane;

	add_many(2, "a.test");
	lane = break_down("a.test");
	while (lane->head)
		lane_defer(&manager, lane->head, UINT64_MAX - 1);
	lane_wake(&manager, clock_mono_ms() + 70000);
	ck_assert(lane->may_probe);
	ck_assert_ptr_null(next(AGENT_REMOTE));
	add_many(3, "a.test");
	ck_assert_uint_eq(take_all(taken, 2), 1);
}
END_TEST

START_TEST(retried_once_for_each_order)
{
	uint64_t ordered_ms = clock_mono_ms() + 1;
	struct lane *lane;

	add_many(5, "a.test");
	lane = break_down("a.test");
	lane->failed_ms = ordered_ms - 1;
	reach_try_now(&manager, lane, ordered_ms);
	answer(next(AGENT_REMOTE), nobody);
	lane->failed_ms = ordered_ms;
	reach_try_now(&manager, lane, ordered_ms);
	ck_assert_ptr_null(next(AGENT_REMOTE));
	ck_assert_uint_eq(lane->failures, 2);
}
END_TEST

START_TEST(a_refused_login_pauses_until_told_otherwise)
{
	struct delivery *taken[2];
	struct lane *lane = lane_of("a.test");

	add_many(5, "a.test");
	ck_assert_uint_eq(take_all(taken, 2), 2);
	answer(taken[0], "B 535 5.7.8 - bad password");
	answer(taken[1], "B 535 5.7.8 - bad password");
	ck_assert_int_eq(lane->state, LANE_PAUSED);
	ck_assert_uint_eq(lane->waiting, 5);
	lane_wake(&manager, clock_mono_ms() + 7 * 24 * 3600 * 1000ULL);
	ck_assert_ptr_null(next(AGENT_REMOTE));
	reach_try_now(&manager, lane, UINT64_MAX);
	ck_assert_uint_eq(take_all(taken, 2), 1);
	answer(taken[0], "K 250 2.0.0 - ok");
	ck_assert_int_eq(lane->state, LANE_UP);
	ck_assert_uint_eq(take_all(taken, 2), 2);
}
END_TEST

START_TEST(a_sender_refused_three_times_pauses)
{
	static const char refusal[] = "S 553 5.7.1 - not you";
	struct lane *lane = lane_of("a.test");

	add_many(5, "a.test");
	answer(next(AGENT_REMOTE), refusal);
	answer(next(AGENT_REMOTE), refusal);
	answer(next(AGENT_REMOTE), "K 250 2.0.0 - ok");
	answer(next(AGENT_REMOTE), refusal);
	ck_assert_uint_eq(lane->senders_refused, 1);
	add_many(5, "a.test");
	answer(next(AGENT_REMOTE), refusal);
	ck_assert_int_eq(lane->state, LANE_UP);
	answer(next(AGENT_REMOTE), refusal);
	ck_assert_int_eq(lane->state, LANE_PAUSED);
	ck_assert_ptr_null(next(AGENT_REMOTE));
	/* and again at once, when somebody tried too early */
	reach_try_now(&manager, lane, UINT64_MAX);
	answer(next(AGENT_REMOTE), refusal);
	ck_assert_int_eq(lane->state, LANE_PAUSED);
	reach_try_now(&manager, lane, UINT64_MAX);
	answer(next(AGENT_REMOTE), "K 250 2.0.0 - ok");
	ck_assert_int_eq(lane->state, LANE_UP);
	ck_assert_uint_eq(lane->senders_refused, 0);
}
END_TEST

START_TEST(an_agent_at_home_is_never_unreached)
{
	struct job_result result = {0};

	add_to(1, "");
	strs_add(&result.verdicts, slice_of(nobody));
	ck_assert(!reach_hears(&manager, next(AGENT_LOCAL), &result));
	strs_free(&result.verdicts);
}
END_TEST

/* ---- who gets how many workers ---- */

/* A captured one may take as many as there are, and answer none. */
START_TEST(an_agent_at_home_leaves_descriptors_to_others)
{
	unsigned *taken =
	    &manager.ports[AGENT_LOCAL].lines[LINE_PROVEN].in_flight;

	add_many(1, "");
	*taken = 32 * 1024;
	ck_assert_ptr_null(next(AGENT_LOCAL));
	*taken -= 1;
	ck_assert_ptr_nonnull(next(AGENT_LOCAL));
}
END_TEST

START_TEST(one_lane_leaves_a_fifth)
{
	struct delivery *taken[30];

	manager.ports[AGENT_REMOTE].places = 20;
	manager.settings.concurrencyremote = 20;
	lane_of("a.test")->limit = 20;
	lane_of("a.test")->is_proven = true;
	add_many(40, "a.test");
	ck_assert_uint_eq(take_all(taken, 30), 16);
	lane_of("b.test")->is_proven = true;
	add_many(1, "b.test");
	ck_assert_str_eq(next(AGENT_REMOTE)->lane->next_hop, "b.test");
	answer(taken[0], "K 250 2.0.0 - ok");
	ck_assert_uint_eq(take_all(taken, 30), 1);
}
END_TEST

START_TEST(a_single_worker_is_had_by_whoever_comes)
{
	struct delivery *taken[3];

	manager.ports[AGENT_REMOTE].places = 1;
	add_many(3, "a.test");
	ck_assert_uint_eq(take_all(taken, 3), 1);
	answer(taken[0], "K 250 2.0.0 - ok");
	ck_assert_uint_eq(take_all(taken, 3), 1);
}
END_TEST

START_TEST(the_dead_leave_workers_to_the_living)
{
	struct delivery *taken[60];
	char hop[32];

	manager.ports[AGENT_REMOTE].places = 20;
	for (int i = 0; i < 100; i++) {
		snprintf(hop, sizeof hop, "d%d.test", i);
		add_many(1, hop);
	}
	/* never seen before: three quarters */
	ck_assert_uint_eq(take_all(taken, 60), 15);
	lane_of("alive.test")->is_proven = true;
	add_many(10, "alive.test");
	ck_assert_str_eq(next(AGENT_REMOTE)->lane->next_hop, "alive.test");
	for (int i = 0; i < 15; i++)
		answer(taken[i], nobody);
	for (int rounds = 0; rounds < 20; rounds++) {
		unsigned count = take_all(taken, 60);

		for (unsigned i = 0; i < count; i++)
			if (taken[i]->lane->next_hop[0] == 'd')
				answer(taken[i], nobody);
	}
	/* down: a quarter */
	lane_wake(&manager, clock_mono_ms() + 2000 * 1000);
	ck_assert_uint_eq(take_all(taken, 60), 5);
}
END_TEST

/* ---- lanes come and go ---- */

START_TEST(nobodys_lanes_are_freed)
{
	struct message *message = add_to(1, "a.test");

	lanes_bury(&manager);
	ck_assert_uint_eq(manager.lanes.count, 1);
	message_forget(&manager, message);
	ck_assert_uint_eq(manager.lanes.count, 1);
	lanes_bury(&manager);
	/* it stood in a line */
	ck_assert_ptr_null(next(AGENT_REMOTE));
	lanes_bury(&manager);
	ck_assert_uint_eq(manager.lanes.count, 0);
	add_to(2, "a.test");
	ck_assert_ptr_nonnull(next(AGENT_REMOTE));
}
END_TEST

START_TEST(that_a_host_is_dead_is_remembered_for_a_while)
{
	struct lane *lane;

	add_many(2, "a.test");
	lane = break_down("a.test");
	while (lane->head)
		message_forget(&manager, lane->head->message);
	lanes_bury(&manager);
	ck_assert_ptr_null(next(AGENT_REMOTE));
	lanes_bury(&manager);
	ck_assert_uint_eq(manager.lanes.count, 1);
	add_many(1, "a.test");
	ck_assert_ptr_null(next(AGENT_REMOTE));
	message_forget(&manager, lane->head->message);
	lane_wake(&manager, clock_mono_ms() + 2000 * 1000);
	lanes_bury(&manager);
	ck_assert_uint_eq(manager.lanes.count, 0);
}
END_TEST

int
main(void)
{
	struct unit unit = unit_make("lane");

	tcase_set_timeout(unit.cases, 60);
	tcase_add_checked_fixture(unit.cases, set_up, NULL);
	tcase_add_test(unit.cases, lanes_take_turns);
	tcase_add_test(unit.cases, a_full_lane_waits_for_an_answer);
	tcase_add_test(unit.cases, an_agent_gets_its_own_lanes_only);
	tcase_add_test(unit.cases, deliveries_wake_in_the_order_of_their_time);
	tcase_add_test(unit.cases, what_is_put_off_keeps_its_place);
	tcase_add_test(unit.cases,
	    a_job_has_at_most_a_hundred_recipients_of_one_lane);
	tcase_add_test(unit.cases, different_times_are_different_jobs);
	tcase_add_test(unit.cases, a_wrong_clock_costs_one_wait);
	tcase_add_test(unit.cases, the_next_stage_waits_for_the_first);
	tcase_add_test(unit.cases, held_is_not_gathered);
	tcase_add_test(unit.cases,
	    without_a_lane_it_is_routed_when_its_time_comes);
	tcase_add_test(unit.cases, withdrawn_leaves_what_is_out);
	tcase_add_test(unit.cases, many_lanes_are_found_again);
	tcase_add_test(unit.cases, a_lane_starts_slowly_and_grows);
	tcase_add_test(unit.cases, not_now_is_no_success);
	tcase_add_test(unit.cases, some_unreached_halve_it_once_a_round);
	tcase_add_test(unit.cases, a_dead_host_costs_one_attempt_a_probe);
	tcase_add_test(unit.cases, pauses_grow_and_are_never_the_same);
	tcase_add_test(unit.cases, the_first_answer_opens_it_slowly);
	tcase_add_test(unit.cases,
	    an_answer_to_what_was_under_way_opens_it_too);
	tcase_add_test(unit.cases, new_mail_for_a_dead_host_only_waits);
	tcase_add_test(unit.cases, the_probe_may_come_before_its_message);
	tcase_add_test(unit.cases, retried_once_for_each_order);
	tcase_add_test(unit.cases, a_refused_login_pauses_until_told_otherwise);
	tcase_add_test(unit.cases, a_sender_refused_three_times_pauses);
	tcase_add_test(unit.cases, an_agent_at_home_is_never_unreached);
	tcase_add_test(unit.cases,
	    an_agent_at_home_leaves_descriptors_to_others);
	tcase_add_test(unit.cases, one_lane_leaves_a_fifth);
	tcase_add_test(unit.cases, a_single_worker_is_had_by_whoever_comes);
	tcase_add_test(unit.cases, the_dead_leave_workers_to_the_living);
	tcase_add_test(unit.cases, nobodys_lanes_are_freed);
	tcase_add_test(unit.cases,
	    that_a_host_is_dead_is_remembered_for_a_while);
	return unit_run(unit);
}
