/* test_lane - when next, and how many at once. */
/* links: cmd/queue-manager/message.c cmd/queue-manager/lane.c cmd/queue-manager/lanes.c cmd/queue-manager/reach.c cmd/queue-manager/heap.c cmd/queue-manager/gather.c */
#include "cmd/queue-manager/manager.h"
#include "lib/base/clock.h"
#include "tests/unit/unit.h"

#include <stdio.h>
#include <string.h>

static struct manager manager;
static size_t routed;

/* What lane_wake asks for when a recipient has no lane (any more). */
void
reroute(struct manager *m, struct message *message)
{
	(void)m, (void)message;
	routed++;
}

void
outcome_settle(struct manager *m, struct message *message)
{
	(void)m, (void)message;
}

static void
set_up(void)
{
	manager.settings.concurrencyremote = 3;
	manager.settings.maxprobe_s = 800;
	manager.config.generation = 1;
	for (size_t i = 0; i < AGENT_COUNT; i++)
		manager.ports[i].source.fd = -1;
	manager.ports[AGENT_REMOTE].is_remote = true;
	manager.ports[AGENT_REMOTE].places = 100;
}

static struct message *
make_message(int number)
{
	struct spool_letter letter = {.fd = -1};
	struct message *message;

	str_addf(&letter.envelope.id, "6qw5c1zj3k%05d", number);
	str_puts(&letter.envelope.sender, "a@b.test");
	message = message_make(&letter, 0);
	message->generation = 1;
	envelope_free(&letter.envelope);
	index_add(&manager.index, message);
	return message;
}

static struct rcpt *
add(struct message *message, const char *address, const char *hop)
{
	struct rcpt *rcpt = message_add_rcpt(message, slice_of(address));

	lanes_assign(rcpt, lanes_get(&manager,
	    &manager.ports[*hop ? AGENT_REMOTE : AGENT_LOCAL],
	    slice_of(hop)));
	return rcpt;
}

/* One message to one recipient in one lane, waiting. */
static struct message *
add_to(int number, const char *hop)
{
	struct message *message = make_message(number);

	add(message, "a@b.test", hop);
	gather_rcpts(&manager, message);
	return message;
}

static struct delivery *
next(enum agent_number agent)
{
	return lane_next(&manager.ports[agent]);
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
		add(message, "a@local.test", "");
		if (i % 10 == 0)
			add(message, "a@a.test", "a.test");
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

	add(message, "a@local.test", "");
	add(message, "b@local.test", "")->next_us = clock_wall_us() + 60000000;
	add(message, "c@local.test", "");
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

	add(message, "a@local.test", "")->next_us = UINT64_MAX;
	gather_rcpts(&manager, message);
	ck_assert_uint_le(lane_next_due_ms(&manager),
	    clock_mono_ms() + 900 * 1000);
}
END_TEST

START_TEST(the_next_stage_waits_for_the_first)
{
	struct message *message = make_message(1);
	struct delivery *delivery;

	add(message, "b@local.test", "")->stage = 2;
	add(message, "a@local.test", "")->stage = 1;
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

	add(message, "a@local.test", "");
	message->is_held = true;
	gather_rcpts(&manager, message);
	ck_assert_ptr_null(message->deliveries);
}
END_TEST

START_TEST(without_a_lane_it_is_routed_when_its_time_comes)
{
	struct message *message = make_message(1);
	struct rcpt *rcpt = add(message, "a@local.test", "");

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

	add(message, "a@local.test", "");
	add(message, "a@a.test", "a.test");
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
	return unit_run(unit);
}
