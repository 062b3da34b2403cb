/* test_held - lanes whose mail waits until it is asked for. */
/* links: cmd/queue-manager/message.c cmd/queue-manager/kept.c cmd/queue-manager/rcpt_map.c cmd/queue-manager/saving.c cmd/queue-manager/lane.c cmd/queue-manager/turn.c cmd/queue-manager/lanes.c cmd/queue-manager/reach.c cmd/queue-manager/held.c cmd/queue-manager/heap.c cmd/queue-manager/gather.c cmd/queue-manager/notice.c */
#include "cmd/queue-manager/held.h"
#include "cmd/queue-manager/turn.h"
#include "cmd/queue-manager/walk.h"
#include "lib/base/clock.h"
#include "tests/unit/lane_fixture.h"

#define HELD "etrn held.test"
#define HOP "etrn held.test to=[192.0.2.1]"

static const char nobody[] = "U 451 4.4.1 - nobody there";
static const char taken[] = "K 250 2.0.0 - ok";
static const char later[] = "Z 450 4.2.0 host.test later";
static const char lost[] = "Z 451 4.4.2 - host.test: closed";
static const char busy[] = "Z 421 4.3.2 host.test closing";

static size_t renewed;

void
reroute(struct manager *m, struct message *message)
{
	(void)m, (void)message;
}

void
bind_renew_lane(const struct lane *lane)
{
	(void)lane;
	renewed++;
}

static void
set_up(void)
{
	lanes_set_up(20);
	manager.settings.firstretry_s = 60;
	manager.ports[AGENT_REMOTE].places = 100;
}

static struct lane *
lane_of(const char *hop)
{
	return lanes_get(&manager, &manager.ports[AGENT_REMOTE],
	    slice_of(hop));
}

static struct message *
add(const char *hop)
{
	static int number;

	return add_to(number++, hop);
}

static struct delivery *
next(void)
{
	return turn_next(&manager.ports[AGENT_REMOTE]);
}

/* As outcome_results does it. */
static void
answer(struct delivery *delivery, const char *verdict)
{
	struct job_result result = {0};
	struct message *message = delivery->message;
	struct rcpt *rcpt = delivery->rcpts[0];

	strs_add(&result.verdicts, slice_of(verdict));
	if (!reach_hears(&manager, delivery, &result)) {
		held_note_try(delivery);
		if (*verdict == JOB_LATER)
			rcpt->next_us = clock_wall_us() + 60000000;
		else
			message_set_state(message, rcpt, RCPT_DONE);
		lane_free_delivery(&manager, delivery);
		gather_rcpts(&manager, message);
	}
	strs_free(&result.verdicts);
	held_check(&manager);
}

static struct lane *
release(const char *hop)
{
	held_start(&manager, lane_of(HELD), slice_of(hop));
	return lane_of(HELD);
}

START_TEST(nothing_goes_before_it_is_asked_for)
{
	struct lane *lane = lane_of(HELD);

	for (int i = 0; i < 10; i++)
		add(HELD);
	ck_assert_ptr_null(next());
	ck_assert(!lane->has_turn);
	ck_assert_uint_eq(lane->waiting, 10);
	lane_wake(&manager, UINT64_MAX);
	reach_try_now(&manager, lane, UINT64_MAX); /* queue retry */
	ck_assert_ptr_null(next());
	ck_assert_uint_eq(lane_next_due_ms(&manager), UINT64_MAX);
	add("mx other.test");
	ck_assert_str_eq(next()->lane->next_hop, "mx other.test");
	ck_assert(held_waits(lane));
	ck_assert(!held_waits(lane_of("mx other.test")));
}
END_TEST

START_TEST(a_release_begins_with_one_and_ends_with_the_last)
{
	struct lane *lane;
	struct delivery *first, *second;

	for (int i = 0; i < 4; i++)
		add(HELD);
	lane = release(HOP);
	ck_assert_str_eq(held_hop(lane), HOP);
	first = next();
	ck_assert_ptr_null(next());
	answer(first, taken);
	first = next();
	second = next();
	ck_assert_ptr_null(next());
	add(HELD); /* what comes meanwhile goes, too */
	answer(first, taken);
	answer(second, taken);
	first = next();
	second = next();
	answer(first, taken);
	ck_assert(held_is_released(lane));
	answer(second, taken);
	ck_assert(!held_is_released(lane));
	ck_assert_ptr_null(manager.released);
	add(HELD);
	ck_assert_ptr_null(next());
}
END_TEST

START_TEST(a_failed_connection_ends_it)
{
	static const char *const ends[] = {nobody, lost, busy};
	struct lane *lane;

	for (int i = 0; i < 5; i++)
		add(HELD);
	lane = release(HOP);
	answer(next(), ends[_i]);
	ck_assert(!held_is_released(lane));
	ck_assert_ptr_null(next());
	ck_assert_uint_eq(lane->waiting, 5);
	ck_assert_int_eq(lane->state, LANE_UP);
	ck_assert_uint_eq(lane_next_due_ms(&manager), UINT64_MAX);
	/* the next one tries others first */
	release(HOP);
	for (int i = 0; i < 5; i++)
		answer(next(), taken);
	ck_assert(!held_is_released(lane));
	ck_assert_uint_eq(lane->waiting, 0);
}
END_TEST

START_TEST(others_that_get_through_go_on)
{
	struct delivery *out[4];
	struct lane *lane;

	for (int i = 0; i < 30; i++)
		add(HELD);
	lane = release(HOP);
	for (int i = 0; i < 3; i++)
		answer(next(), taken);
	for (int i = 0; i < 4; i++)
		ck_assert_ptr_nonnull(out[i] = next());
	ck_assert_ptr_null(next());
	answer(out[3], nobody);
	ck_assert(held_is_released(lane));
	ck_assert_ptr_null(next()); /* until one of the others is taken */
	answer(out[0], taken);
	ck_assert_ptr_nonnull(out[0] = next());
	ck_assert_ptr_null(next());
	answer(out[1], nobody);
	answer(out[2], nobody);
	ck_assert(held_is_released(lane));
	answer(out[0], nobody);
	ck_assert(!held_is_released(lane));
	ck_assert_ptr_null(next());
	ck_assert_uint_eq(lane->waiting, 30 - 4);
}
END_TEST

START_TEST(what_is_refused_for_now_waits_for_the_next_one)
{
	struct message *bad = add(HELD);
	struct lane *lane;
	struct delivery *delivery;

	add(HELD);
	lane = release(HOP);
	answer(next(), later);
	add(HELD); /* stands before it */
	for (int i = 0; i < 2; i++) {
		delivery = next();
		ck_assert_ptr_ne(delivery->message, bad);
		answer(delivery, taken);
	}
	ck_assert(!held_is_released(lane));
	ck_assert_uint_eq(lane->waiting, 1);
	ck_assert_ptr_null(next());
	release(HOP);
	delivery = next();
	ck_assert_ptr_eq(delivery->message, bad);
	answer(delivery, later);
	ck_assert(!held_is_released(lane));
	ck_assert_uint_eq(lane->waiting, 1);
}
END_TEST

START_TEST(the_last_of_those_tried_may_leave)
{
	struct message *bad[3];
	struct lane *lane;

	for (int i = 0; i < 3; i++)
		bad[i] = add(HELD);
	add(HELD);
	lane = release(HOP);
	for (int i = 0; i < 3; i++)
		answer(next(), later);
	ck_assert_ptr_eq(lane->held->tried, bad[0]->deliveries);
	lane_withdraw(&manager, bad[0]);
	ck_assert_ptr_eq(lane->held->tried, bad[1]->deliveries);
	gather_rcpts(&manager, bad[0]); /* back, and tried still */
	ck_assert_ptr_eq(lane->tail, bad[0]->deliveries);
	for (int i = 0; i < 3; i++)
		lane_withdraw(&manager, bad[i]);
	ck_assert_ptr_null(lane->held->tried);
	answer(next(), taken);
	ck_assert(!held_is_released(lane));
}
END_TEST

START_TEST(what_was_put_off_for_a_moment_keeps_it_open)
{
	struct lane *lane;

	add(HELD);
	lane = release(HOP);
	lane_put_off(&manager, next(), 1000);
	held_check(&manager);
	ck_assert(held_is_released(lane));
	ck_assert_ptr_null(next());
	lane_wake(&manager, clock_mono_ms() + 2000);
	answer(next(), taken);
	ck_assert(!held_is_released(lane));
}
END_TEST

START_TEST(while_the_queue_is_read_it_stays_open)
{
	struct walk walk = {0};
	struct lane *lane;

	manager.walks = &walk;
	lane = release(HOP);
	held_check(&manager);
	ck_assert(held_is_released(lane));
	lanes_bury(&manager); /* though nobody has a delivery in it */
	ck_assert_ptr_eq(lane_of(HELD), lane);
	add(HELD);
	answer(next(), taken);
	ck_assert(held_is_released(lane));
	manager.walks = NULL;
	held_check(&manager);
	ck_assert(!held_is_released(lane));
}
END_TEST

START_TEST(workers_go_home_when_it_leads_elsewhere)
{
	struct lane *lane;

	add(HELD);
	lane = release(HOP);
	ck_assert_uint_eq(renewed, 1);
	answer(next(), nobody);
	release(HOP);
	ck_assert_uint_eq(renewed, 1);
	held_lead(lane, slice_of(HELD));
	ck_assert_uint_eq(renewed, 2);
	ck_assert_str_eq(held_hop(lane), HELD);
	held_end(&manager, lane, "test");
	ck_assert_str_eq(held_hop(lane_of("mx other.test")), "mx other.test");
}
END_TEST

START_TEST(several_are_released_at_once)
{
	struct lane *a = lane_of("etrn a.test"), *b = lane_of("etrn b.test");
	struct lane *c = lane_of("etrn c.test");

	add("etrn a.test");
	add("etrn b.test");
	add("etrn c.test");
	held_start(&manager, a, slice_of("etrn a.test"));
	held_start(&manager, b, slice_of("etrn b.test"));
	held_start(&manager, c, slice_of("etrn c.test"));
	held_end(&manager, b, "test");
	ck_assert(held_is_released(a) && held_is_released(c));
	for (int i = 0; i < 2; i++) {
		struct delivery *delivery = next();

		ck_assert_ptr_ne(delivery->lane, b);
		answer(delivery, taken);
	}
	ck_assert_ptr_null(next());
	ck_assert_ptr_null(manager.released);
	ck_assert_uint_eq(b->waiting, 1);
}
END_TEST

int
main(void)
{
	struct unit unit = unit_make("held");

	tcase_add_checked_fixture(unit.cases, set_up, NULL);
	tcase_add_test(unit.cases, nothing_goes_before_it_is_asked_for);
	tcase_add_test(unit.cases,
	    a_release_begins_with_one_and_ends_with_the_last);
	tcase_add_loop_test(unit.cases, a_failed_connection_ends_it, 0, 3);
	tcase_add_test(unit.cases, others_that_get_through_go_on);
	tcase_add_test(unit.cases,
	    what_is_refused_for_now_waits_for_the_next_one);
	tcase_add_test(unit.cases, the_last_of_those_tried_may_leave);
	tcase_add_test(unit.cases, what_was_put_off_for_a_moment_keeps_it_open);
	tcase_add_test(unit.cases, while_the_queue_is_read_it_stays_open);
	tcase_add_test(unit.cases, workers_go_home_when_it_leads_elsewhere);
	tcase_add_test(unit.cases, several_are_released_at_once);
	return unit_run(unit);
}
