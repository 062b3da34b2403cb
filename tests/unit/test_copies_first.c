/* test_copies_first - what staff write to outside goes when the copy is there,
 * and what share-sort adds is delivered once, whatever happens between. */
/* links: cmd/queue-manager/admit.c cmd/queue-manager/reroute.c cmd/queue-manager/place.c cmd/queue-manager/login.c cmd/queue-manager/message.c cmd/queue-manager/kept.c cmd/queue-manager/late.c cmd/queue-manager/saving.c cmd/queue-manager/rcpt_map.c cmd/queue-manager/walk.c cmd/queue-manager/quarantine.c cmd/queue-manager/warnheld.c cmd/queue-manager/lane.c cmd/queue-manager/turn.c cmd/queue-manager/lanes.c cmd/queue-manager/reach.c cmd/queue-manager/held.c cmd/queue-manager/heap.c cmd/queue-manager/gather.c cmd/queue-manager/notice.c cmd/queue-manager/outcome.c cmd/queue-manager/learn.c cmd/queue-manager/ages.c cmd/queue-manager/sorting.c */
#include "cmd/queue-manager/ages.h"
#include "cmd/queue-manager/saving.h"
#include "tests/unit/manager_fixture.h"
#include "tests/unit/unit.h"

#include <string.h>

/* ---- a house of staff, in place of control/route.c ---- */

static const char *boss; /* the manager */
static bool is_audited;  /* letters wait for an approval */
static const char *alias; /* of a@house.test: "x|y" */

static struct route *
add_route(struct routes *out, enum route_kind kind, struct slice address,
    const char *copy)
{
	struct route *route = fixture_route(out, kind, address);

	str_set(&route->copy, copy);
	return route;
}

static void
add_outward(struct routes *out, struct slice address)
{
	struct route *route = add_route(out, ROUTE_LOCAL, slice_of(boss),
	    is_audited ? "folder=Approve list=yes hold=yes" :
			 "folder=Sent seen=yes list=yes");

	route->is_extra = true;
	route->sort = SORT_OUT;
	route = add_route(out, ROUTE_ISP, address, "");
	str_set(&route->next_hop, "isp sales@isp.test");
	route->stage = 2;
	route->is_held = is_audited;
}

static void
add_inside(const struct route_request *request, struct routes *out)
{
	struct slice rest = slice_of(alias ? alias : "");
	struct route *route;

	if (rest.len && slice_is(request->recipient, "a@house.test")) {
		while (rest.s)
			add_route(out, ROUTE_LOCAL, slice_cut(&rest, '|'), "");
		return;
	}
	route = add_route(out, slice_starts(request->recipient, "gone@") ?
	    ROUTE_REFUSE : ROUTE_LOCAL, request->recipient, "");
	if (slice_starts(request->recipient, "boss") &&
	    slice_is(request->sender, "c@out.test"))
		route->sort = SORT_IN;
}

void
route_decide(struct config *config, const struct route_request *request,
    const struct route_trace *trace, struct routes *out)
{
	(void)config, (void)trace;
	routes_free(out);
	if (is_ours(request->recipient))
		add_inside(request, out);
	else if (request->is_added) /* as no control/ would have it */
		add_route(out, ROUTE_REMOTE, request->recipient, "");
	else
		add_outward(out, request->recipient);
}

static void
set_up(void)
{
	boss = "boss@house.test";
	is_audited = false;
	alias = NULL;
	manager_enter("house.test");
}

static struct message *
only_message(void)
{
	for (size_t i = 0; i < manager.index.size; i++)
		if (manager.index.buckets[i])
			return manager.index.buckets[i];
	return NULL;
}

static struct message *
admit(const char *sender, const char *rcpts, bool is_old)
{
	struct envelope envelope = fixture_envelope("smtp", sender, rcpts);

	if (is_old)
		envelope.arrived_us = 1;
	return admit_letter(&envelope);
}

static const char later[] = "Z 452 4.2.2 - full";
static const char failed[] = "D 550 5.1.1 - no such user";

static void
answer(enum agent_number agent, const char *verdict)
{
	answer_with(next(agent), verdict, "");
}

/* The row of an address and folder, in any state but leaning. */
static const struct rcpt *
row(const char *address, const char *folder)
{
	const struct message *message = only_message();

	for (size_t i = 0; message && i < message->count; i++)
		if (message->rcpts[i]->state != RCPT_LEANING &&
		    !strcmp(message->rcpts[i]->address, address) &&
		    !strcmp(rcpt_folder(message->rcpts[i]), folder))
			return message->rcpts[i];
	return NULL;
}

/* ---- copies first ---- */

START_TEST(the_copy_is_sorted_and_delivered_before_the_rest_goes)
{
	struct delivery *delivery;

	admit("a@house.test", "c@out.test|d@out.test|b@house.test|"
	    "boss@house.test", false);
	ck_assert_ptr_null(next(AGENT_ISP));
	delivery = next(AGENT_LOCAL);
	ck_assert_uint_eq(delivery->count, 2);
	answer_with(delivery, done, "");
	ck_assert_ptr_null(next(AGENT_LOCAL));
	ck_assert_ptr_null(next(AGENT_ISP));
	answer(AGENT_SHARE, done);
	ck_assert_ptr_null(next(AGENT_SHARE));
	ck_assert_ptr_null(next(AGENT_ISP));
	delivery = next(AGENT_LOCAL);
	ck_assert_uint_eq(delivery->count, 1);
	ck_assert_str_eq(rcpt_folder(delivery->rcpts[0]), "Sent");
	answer_with(delivery, done, "");
	delivery = next(AGENT_ISP);
	ck_assert_uint_eq(delivery->count, 2);
	answer_with(delivery, done, "");
	ck_assert_uint_eq(manager.index.count, 0);
}
END_TEST

START_TEST(a_full_manager_keeps_it_a_full_colleague_does_not)
{
	admit("a@house.test", "b@house.test|c@out.test", false);
	answer(AGENT_LOCAL, later);
	answer(AGENT_SHARE, done);
	answer(AGENT_LOCAL, later);
	ck_assert_ptr_null(next(AGENT_ISP));
	start_anew();
	wake_all();
	ck_assert_ptr_null(next(AGENT_ISP));
	/* it was sorted, says the note */
	ck_assert_ptr_null(next(AGENT_SHARE));
	for (struct delivery *one; (one = next(AGENT_LOCAL));)
		answer_with(one, *rcpt_folder(one->rcpts[0]) ? done : later,
		    "");
	answer(AGENT_ISP, done);
	ck_assert_uint_eq(only_message()->pending, 1);
}
END_TEST

START_TEST(a_copy_that_is_refused_holds_it)
{
	admit("a@house.test", "c@out.test", false);
	answer(AGENT_SHARE, done);
	answer(AGENT_LOCAL, failed);
	ck_assert(only_message()->is_held);
	ck_assert_int_eq(row(boss, "Sent")->state, RCPT_PENDING);
	ck_assert_ptr_null(next(AGENT_BOUNCE));
	start_anew();
	wake_all();
	ck_assert(only_message()->is_held);
	ck_assert_ptr_null(next(AGENT_ISP));
	ck_assert_ptr_null(next(AGENT_LOCAL));
	/* mended tables, then posthouse queue release */
	boss = "boss2@house.test";
	new_tables();
	only_message()->is_held = false;
	reroute(&manager, only_message());
	answer(AGENT_SHARE, done);
	ck_assert_ptr_null(next(AGENT_ISP));
	answer(AGENT_LOCAL, done);
	answer(AGENT_ISP, done);
	ck_assert_uint_eq(manager.index.count, 0);
}
END_TEST

START_TEST(a_copy_that_is_given_up_takes_the_rest_along)
{
	struct delivery *report;

	admit("a@house.test", "c@out.test", true);
	answer(AGENT_SHARE, done);
	answer(AGENT_LOCAL, later);
	ages_check(&manager);
	walk_all();
	ck_assert_ptr_null(next(AGENT_ISP));
	report = next(AGENT_BOUNCE);
	ck_assert_uint_eq(report->count, 1);
	ck_assert_str_eq(report->rcpts[0]->address, "c@out.test");
	answer_with(report, done, "");
	ck_assert_uint_eq(manager.index.count, 0);
}
END_TEST

START_TEST(a_new_manager_has_a_copy_first)
{
	admit("a@house.test", "c@out.test", false);
	answer(AGENT_SHARE, done);
	answer(AGENT_LOCAL, done);
	answer(AGENT_ISP, later);
	boss = "boss2@house.test";
	new_tables();
	wake_all();
	ck_assert_ptr_null(next(AGENT_ISP));
	answer(AGENT_SHARE, done);
	answer(AGENT_LOCAL, done);
	wake_all();
	answer(AGENT_ISP, done);
	ck_assert_uint_eq(manager.index.count, 0);
}
END_TEST

START_TEST(a_late_answer_tells_no_two_copies_apart)
{
	struct message *message =
	    admit("a@house.test", "boss@house.test|c@out.test", false);

	answer(AGENT_SHARE, done);
	message_save(&manager, message);
	start_anew();
	late(AGENT_LOCAL, only_message()->id, boss);
	ck_assert_int_eq(row(boss, "")->state, RCPT_PENDING);
	ck_assert_int_eq(row(boss, "Sent")->state, RCPT_PENDING);
	ck_assert_ptr_null(next(AGENT_ISP));
	/* the provider's is of nobody else */
	late(AGENT_ISP, only_message()->id, "c@out.test");
	ck_assert_int_eq(row("c@out.test", "")->state, RCPT_DONE);
}
END_TEST

START_TEST(an_approval_is_waited_for_and_kept)
{
	is_audited = true;
	admit("a@house.test", "c@out.test", false);
	answer(AGENT_SHARE, done);
	answer(AGENT_LOCAL, done);
	ck_assert_ptr_null(next(AGENT_ISP));
	ck_assert_int_eq(only_message()->approval, APPROVAL_AWAITED);
	start_anew();
	is_audited = false;
	new_tables();
	ck_assert_ptr_null(next(AGENT_ISP));
	ck_assert_int_eq(only_message()->approval, APPROVAL_AWAITED);
	only_message()->approval = APPROVAL_GIVEN;
	message_save(&manager, only_message());
	is_audited = true;
	start_anew();
	ck_assert_int_eq(only_message()->approval, APPROVAL_GIVEN);
	wake_all();
	ck_assert_ptr_nonnull(next(AGENT_ISP));
}
END_TEST

START_TEST(what_is_not_sorted_yet_is_noted_by_a_line)
{
	struct message *message =
	    admit("c@out.test", "boss@house.test|boss+1@house.test", false);

	answer(AGENT_SHARE, later);
	ck_assert_uint_eq(message->note_added, 0);
	answer(AGENT_SHARE, later);
	ck_assert_uint_gt(message->note_added, 0);
	start_anew();
	ck_assert_uint_eq(row("boss@house.test", "")->attempts, 1);
	ck_assert_uint_eq(row("boss+1@house.test", "")->attempts, 1);
}
END_TEST

START_TEST(what_is_sorted_and_delivered_is_noted_by_a_line)
{
	struct message *message = admit("c@out.test",
	    "boss@house.test|boss+1@house.test|boss+2@house.test", false);

	answer(AGENT_SHARE, done);
	answer(AGENT_LOCAL, done);
	answer(AGENT_SHARE, done);
	ck_assert_uint_eq(message->note_added, 0);
	answer(AGENT_LOCAL, done);
	ck_assert_uint_gt(message->note_added, 0);
	answer(AGENT_SHARE, done);
	answer(AGENT_LOCAL, later);
	start_anew();
	ck_assert_int_eq(row("boss+1@house.test", "")->state, RCPT_DONE);
	wake_all();
	ck_assert_ptr_null(next(AGENT_SHARE)); /* it was sorted */
	answer(AGENT_LOCAL, done);
	ck_assert_uint_eq(manager.index.count, 0);
}
END_TEST

/* ---- who was added ---- */

START_TEST(who_was_added_is_served_once)
{
	struct delivery *delivery;

	admit("c@out.test", "boss@house.test", false);
	answer_with(next(AGENT_SHARE), done, "a@house.test by=name|"
	    "b@house.test by=name|a@house.test by=name|"
	    "boss@house.test staff=a@house.test by=name");
	delivery = next(AGENT_LOCAL);
	ck_assert_uint_eq(delivery->count, 3);
	ck_assert_str_eq(str_c(&row(boss, "")->copy->by), "name");
	answer_with(delivery, done, "");
	ck_assert_uint_eq(manager.index.count, 0);
}
END_TEST

/* After a restart, and with new tables, each by his own address. */
START_TEST(who_was_added_is_kept)
{
	admit("c@out.test", "boss@house.test", false);
	answer_with(next(AGENT_SHARE), done,
	    "a@house.test by=name|b@house.test by=thread");
	answer(AGENT_LOCAL, later);
	start_anew();
	ck_assert_ptr_nonnull(row("a@house.test", ""));
	ck_assert_str_eq(str_c(&row("b@house.test", "")->copy->by), "thread");
	alias = "x@house.test|b@house.test|y@house.test";
	new_tables();
	ck_assert_ptr_null(row("a@house.test", ""));
	ck_assert_str_eq(str_c(&row("x@house.test", "")->copy->by), "name");
	start_anew();
	ck_assert_ptr_nonnull(row("x@house.test", ""));
	ck_assert_ptr_nonnull(row("y@house.test", ""));
	new_tables();
	wake_all();
	ck_assert_ptr_null(next(AGENT_SHARE));
	for (struct delivery *one; (one = next(AGENT_LOCAL));)
		answer_with(one, done, "");
	ck_assert_uint_eq(manager.index.count, 0);
}
END_TEST

/* The tables change while share-sort has it: another manager gets it. */
START_TEST(what_is_sorted_meanwhile_is_decided_anew)
{
	struct delivery *delivery;

	admit("a@house.test", "c@out.test", false);
	delivery = next(AGENT_SHARE);
	boss = "boss2@house.test";
	new_tables();
	answer_with(delivery, done, "");
	answer(AGENT_SHARE, done);
	ck_assert_ptr_null(row("boss@house.test", "Sent"));
	delivery = next(AGENT_LOCAL);
	ck_assert_str_eq(delivery->rcpts[0]->address, boss);
	answer_with(delivery, done, "");
	answer(AGENT_ISP, done);
	ck_assert_uint_eq(manager.index.count, 0);
}
END_TEST

START_TEST(of_whom_was_added_nobody_is_told)
{
	admit("c@out.test", "boss@house.test", false);
	answer_with(next(AGENT_SHARE), done,
	    "gone@house.test by=name|far@out.test by=name|b@house.test");
	ck_assert_int_eq(row("gone@house.test", "")->state, RCPT_BOUNCED);
	ck_assert_int_eq(row("far@out.test", "")->state, RCPT_BOUNCED);
	ck_assert_ptr_null(next(AGENT_REMOTE));
	answer(AGENT_LOCAL, failed);
	ck_assert_int_eq(row("b@house.test", "")->state, RCPT_BOUNCED);
	/* of the manager's own copy he is, as always */
	ck_assert_uint_eq(next(AGENT_BOUNCE)->count, 1);
}
END_TEST

static const char *const no_answers[] = {"D 550 5.7.1 - no", "B 535 - - no",
    "U 451 - - no", "P 250 - - no", "Z", "", "KK"};

START_TEST(sorting_never_fails_a_letter)
{
	admit("c@out.test", "boss@house.test", false);
	answer_with(next(AGENT_SHARE), no_answers[_i], "a@house.test by=x");
	ck_assert_ptr_null(row("a@house.test", ""));
	ck_assert_int_eq(row(boss, "")->state, RCPT_PENDING);
	ck_assert_ptr_null(next(AGENT_LOCAL));
	start_anew();
	wake_all();
	answer(AGENT_SHARE, done);
	answer(AGENT_LOCAL, done);
	ck_assert_uint_eq(manager.index.count, 0);
}
END_TEST

START_TEST(what_is_not_sorted_in_time_is_delivered)
{
	admit("c@out.test", "boss@house.test", true);
	if (_i)
		answer(AGENT_SHARE, later);
	ages_check(&manager);
	walk_all();
	ck_assert_ptr_null(next(AGENT_SHARE));
	ck_assert_ptr_null(next(AGENT_BOUNCE));
	answer(AGENT_LOCAL, done);
	ck_assert_uint_eq(manager.index.count, 0);
}
END_TEST

START_TEST(a_staff_letter_adds_nobody)
{
	admit("a@house.test", "c@out.test", false);
	answer_with(next(AGENT_SHARE), done,
	    "b@house.test by=name|boss@house.test staff=b@house.test by=x");
	ck_assert_ptr_null(row("b@house.test", ""));
	ck_assert_uint_eq(row(boss, "Sent")->copy->staff.len, 0);
}
END_TEST

/* Nobody had copies or was sorted when it was written. */
START_TEST(an_older_note_is_read)
{
	static const char note[] = "posthouse-note 2 0 0 0\n"
	    "K 00001 0000000000000000 1 0 b@house.test\t\n"
	    "P 00001 0000000000000000 1 1 d@house.test\t452 4.2.2 - full\n"
	    "end 2\n";
	struct message *message =
	    admit("a@house.test", "b@house.test|d@house.test", false);

	ck_assert_int_eq(spool_note_write(&manager.spool, message->id,
	    slice_of(note)), 0);
	start_anew();
	ck_assert_int_eq(row("b@house.test", "")->state, RCPT_DONE);
	ck_assert_uint_eq(row("d@house.test", "")->attempts, 1);
	wake_all();
	answer(AGENT_LOCAL, done);
	ck_assert_uint_eq(manager.index.count, 0);
}
END_TEST

int
main(void)
{
	struct unit unit = unit_make("copies_first");
	TCase *cases = unit.cases;

	tcase_add_checked_fixture(cases, set_up, fixture_leave);
	tcase_add_test(cases,
	    the_copy_is_sorted_and_delivered_before_the_rest_goes);
	tcase_add_test(cases,
	    a_full_manager_keeps_it_a_full_colleague_does_not);
	tcase_add_test(cases, a_copy_that_is_refused_holds_it);
	tcase_add_test(cases, a_copy_that_is_given_up_takes_the_rest_along);
	tcase_add_test(cases, a_new_manager_has_a_copy_first);
	tcase_add_test(cases, a_late_answer_tells_no_two_copies_apart);
	tcase_add_test(cases, an_approval_is_waited_for_and_kept);
	tcase_add_test(cases, what_is_not_sorted_yet_is_noted_by_a_line);
	tcase_add_test(cases,
	    what_is_sorted_and_delivered_is_noted_by_a_line);
	tcase_add_test(cases, who_was_added_is_served_once);
	tcase_add_test(cases, who_was_added_is_kept);
	tcase_add_test(cases, what_is_sorted_meanwhile_is_decided_anew);
	tcase_add_test(cases, of_whom_was_added_nobody_is_told);
	tcase_add_loop_test(cases, sorting_never_fails_a_letter, 0,
	    sizeof no_answers / sizeof *no_answers);
	tcase_add_loop_test(cases, what_is_not_sorted_in_time_is_delivered,
	    0, 2);
	tcase_add_test(cases, a_staff_letter_adds_nobody);
	tcase_add_test(cases, an_older_note_is_read);
	return unit_run(unit);
}
