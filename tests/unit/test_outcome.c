/* test_outcome - what becomes of a message between admission and removal. */
/* links: cmd/queue-manager/admit.c cmd/queue-manager/reroute.c cmd/queue-manager/place.c cmd/queue-manager/login.c cmd/queue-manager/message.c cmd/queue-manager/kept.c cmd/queue-manager/late.c cmd/queue-manager/saving.c cmd/queue-manager/rcpt_map.c cmd/queue-manager/walk.c cmd/queue-manager/quarantine.c cmd/queue-manager/warnheld.c cmd/queue-manager/lane.c cmd/queue-manager/turn.c cmd/queue-manager/lanes.c cmd/queue-manager/reach.c cmd/queue-manager/held.c cmd/queue-manager/heap.c cmd/queue-manager/gather.c cmd/queue-manager/notice.c cmd/queue-manager/outcome.c cmd/queue-manager/learn.c cmd/queue-manager/ages.c cmd/queue-manager/sorting.c */
#include "cmd/queue-manager/ages.h"
#include "cmd/queue-manager/gather.h"
#include "cmd/queue-manager/held.h"
#include "cmd/queue-manager/quarantine.h"
#include "cmd/queue-manager/saving.h"
#include "cmd/queue-manager/warnheld.h"
#include "tests/unit/manager_fixture.h"
#include "tests/unit/unit.h"

#include <string.h>

#define WRITER "writer@local.test"

/* ---- a routing decision of our own, in place of control/route.c ---- */

/* Where an address leads, targets with "|" between them; else a local address
 * is a mailbox, "nobody@..." is unknown, and "unread...@..." not known for
 * now. */
static const char *aliases[8][2];

static const char *
hop_of(struct slice address)
{
	slice_cut(&address, '@');
	return slice_is(address, "backup.test") ? "backup backup.test" :
	    slice_is(address, "held.test") ? "etrn held.test" :
					     "mx outside.test";
}

static void
add_route(struct routes *out, enum route_kind kind, struct slice address)
{
	struct route *route = fixture_route(out, kind, address);

	if (kind == ROUTE_REMOTE)
		str_set(&route->next_hop, hop_of(address));
	if (slice_starts(address, "kept@"))
		route->keep_s = UINT64_MAX;
	if (kind == ROUTE_REFUSE)
		str_set(&route->text, "no");
	if (slice_starts(address, "unread"))
		route->code = 451;
}

static void
decide(const struct route_request *request, struct slice address, bool is_alias,
    struct routes *out)
{
	for (size_t i = 0; i < 8; i++) {
		struct slice rest = slice_of(aliases[i][1] ? aliases[i][1] :
							     "");

		if (!aliases[i][0] || !slice_is(address, aliases[i][0]))
			continue;
		while (rest.s)
			decide(request, slice_cut(&rest, '|'), true, out);
		return;
	}
	if (slice_starts(address, "nobody@") ||
	    slice_starts(address, "unread") ||
	    (!is_ours(address) && !is_alias && slice_is(request->box, "smtp")))
		add_route(out, ROUTE_REFUSE, address);
	else
		add_route(out, is_ours(address) ? ROUTE_LOCAL : ROUTE_REMOTE,
		    address);
}

void
route_decide(struct config *config, const struct route_request *request,
    const struct route_trace *trace, struct routes *out)
{
	(void)config, (void)trace;
	routes_free(out);
	decide(request, request->recipient, false, out);
}

static void
set_up(void)
{
	memset(aliases, 0, sizeof aliases);
	manager_enter("local.test");
}

static struct message *
admit_to(const char *rcpts)
{
	struct envelope envelope =
	    fixture_envelope("smtp", WRITER, rcpts);

	return admit_letter(&envelope);
}

static void
answer(struct delivery *delivery, const char *verdicts)
{
	answer_with(delivery, verdicts, "");
}

static const struct rcpt *
rcpt_of(const struct message *message, const char *address)
{
	for (size_t i = 0; i < message->count; i++)
		if (!strcmp(message->rcpts[i]->address, address))
			return message->rcpts[i];
	ck_abort_msg("no recipient %s", address);
}

/* How many rows there are to be served or settled; of one address, or all. */
static size_t
rows_of(const struct message *message, const char *address)
{
	size_t rows = 0;

	for (size_t i = 0; i < message->count; i++)
		rows += message->rcpts[i]->state != RCPT_LEANING &&
		    (!address ||
			!strcmp(message->rcpts[i]->address, address));
	return rows;
}

static void
check_ages(void)
{
	ages_check(&manager);
	walk_all();
}

/* Where an address leads, until it is changed. */
static void
alias(size_t at, const char *address, const char *targets)
{
	aliases[at][0] = address;
	aliases[at][1] = targets;
}

static const char later[] = "Z 451 4.3.0 - not now";
static const char failed[] = "D 550 5.2.2 - never";

/* The last that was to be done: the message is gone. */
static void
end_with(enum agent_number agent)
{
	answer(next(agent), done);
	ck_assert_uint_eq(manager.index.count, 0);
}

/* From 1970. */
static struct message *
admit_old(const char *sender, const char *rcpts)
{
	struct envelope envelope = fixture_envelope("smtp", sender, rcpts);

	envelope.arrived_us = 1000000;
	return admit_letter(&envelope);
}

/* ---- claims ---- */

START_TEST(delivered_to_all_is_removed)
{
	struct message *message = admit_to("a@local.test|b@local.test");
	struct delivery *delivery = next(AGENT_LOCAL);

	ck_assert_ptr_nonnull(message);
	ck_assert_uint_eq(delivery->count, 2);
	answer(delivery, done);
	ck_assert_uint_eq(manager.index.count, 0);
	ck_assert_ptr_null(next(AGENT_LOCAL));
}
END_TEST

START_TEST(deferred_comes_again_later)
{
	struct message *message = admit_to("a@local.test|b@local.test");

	answer(next(AGENT_LOCAL), "K 250 2.0.0 - ok|Z 451 4.3.0 - not now");
	ck_assert_ptr_null(next(AGENT_LOCAL));
	ck_assert(message->has_note);
	ck_assert_uint_eq(rcpt_of(message, "b@local.test")->attempts, 1);
	wake_all();
	end_with(AGENT_LOCAL);
}
END_TEST

START_TEST(failed_is_reported_and_then_removed)
{
	struct message *message = admit_to("a@local.test|b@local.test");
	struct delivery *report;

	answer(next(AGENT_LOCAL), "D 550 5.2.2 - never|K 250 2.0.0 - ok");
	ck_assert_str_eq(rcpt_of(message, "a@local.test")->words,
	    "550 5.2.2 - never");
	report = next(AGENT_BOUNCE);
	ck_assert_int_eq(report->purpose, FOR_REPORT);
	ck_assert_uint_eq(report->count, 1);
	answer(report, "K 250 2.0.0 - b0");
	ck_assert_uint_eq(manager.index.count, 0);
}
END_TEST

START_TEST(short_verdicts_are_taken)
{
	admit_to("a@local.test");
	answer(next(AGENT_LOCAL), "D");
	answer(next(AGENT_BOUNCE), "K");
	ck_assert_uint_eq(manager.index.count, 0);
}
END_TEST

START_TEST(unknown_recipients_are_reported)
{
	struct message *message = admit_to("nobody@local.test|a@local.test");

	ck_assert_int_eq(rcpt_of(message, "nobody@local.test")->state,
	    RCPT_FAILED);
	answer(next(AGENT_BOUNCE), done);
	end_with(AGENT_LOCAL);
}
END_TEST

START_TEST(a_report_names_at_most_fifty)
{
	struct str list = {0};

	for (int i = 0; i < 120; i++)
		str_addf(&list, "%su%d@local.test", i ? "|" : "", i);
	admit_to(str_c(&list));
	answer(next(AGENT_LOCAL), failed);
	answer(next(AGENT_LOCAL), failed);
	for (size_t left = 120; left;) {
		struct delivery *report = next(AGENT_BOUNCE);

		ck_assert_uint_eq(report->count,
		    left < REPORT_RCPTS_MAX ? left : REPORT_RCPTS_MAX);
		left -= report->count;
		ck_assert_ptr_null(next(AGENT_BOUNCE));
		answer(report, done);
	}
	ck_assert_uint_eq(manager.index.count, 0);
	str_free(&list);
}
END_TEST

START_TEST(an_emptied_lane_loses_its_turn)
{
	struct message *message = admit_to("a@local.test");

	lane_withdraw(&manager, message);
	ck_assert_ptr_null(next(AGENT_LOCAL));
	gather_rcpts(&manager, message);
	answer(next(AGENT_LOCAL), done);
}
END_TEST

START_TEST(doubles_of_aliases_are_one)
{
	struct message *message;

	alias(0, "info@local.test", "a@local.test|b@local.test");
	message = admit_to("a@local.test|info@local.test|b@local.test");
	ck_assert_uint_eq(rows_of(message, NULL), 2);
	ck_assert_uint_eq(next(AGENT_LOCAL)->count, 2);
}
END_TEST

START_TEST(a_double_counts_when_the_other_goes_elsewhere)
{
	struct message *message;
	char id[32];

	alias(0, "one@local.test", "a@outside.test");
	alias(1, "two@local.test", "a@outside.test");
	message = admit_to("one@local.test|two@local.test");
	strcpy(id, message->id);
	ck_assert_uint_eq(rows_of(message, NULL), 1);
	for (int restart = 0; restart < 2; restart++) {
		aliases[0][1] = restart ? "b@local.test" : "b@outside.test";
		if (restart) {
			message_save(&manager, message);
			start_anew();
		} else {
			new_tables();
		}
		message = index_find(&manager.index, id);
		ck_assert_uint_eq(rows_of(message, NULL), 2);
		rcpt_of(message, "a@outside.test");
		aliases[0][1] = "a@outside.test";
		new_tables();
		ck_assert_uint_eq(rows_of(message, NULL), 1);
	}
}
END_TEST

/* one -> {x, y}, two -> {y, z}: y stands under one alone. */
static struct message *
admit_shared(char *id)
{
	struct message *message;

	alias(0, "one@local.test", "x@outside.test|y@outside.test");
	alias(1, "two@local.test", "y@outside.test|z@local.test");
	message = admit_to("one@local.test|two@local.test");
	strcpy(id, message->id);
	ck_assert_uint_eq(rows_of(message, "y@outside.test"), 1);
	answer(next(AGENT_LOCAL), done); /* z: two has no row left but y */
	return message;
}

/* _i: is the change noticed after a restart only? */
static struct message *
change_tables(const char *id, bool is_restart)
{
	if (is_restart)
		start_anew();
	else
		new_tables();
	return index_find(&manager.index, id);
}

START_TEST(who_loses_a_shared_address_does_not_lose_it_for_others)
{
	struct message *message;
	char id[32];

	admit_shared(id);
	aliases[0][1] = "x@outside.test";
	message = change_tables(id, _i);
	ck_assert_uint_eq(rows_of(message, "x@outside.test"), 1);
	ck_assert_uint_eq(rows_of(message, "y@outside.test"), 1);
	ck_assert_uint_eq(rows_of(message, "z@local.test"), 1);
	ck_assert_int_eq(rcpt_of(message, "z@local.test")->state, RCPT_DONE);
	ck_assert_ptr_null(next(AGENT_LOCAL));
	ck_assert_uint_eq(next(AGENT_REMOTE)->count, 2);
}
END_TEST

START_TEST(who_leans_on_others_goes_where_the_new_tables_say)
{
	struct message *message;
	char id[32];

	admit_shared(id);
	aliases[1][1] = "z@local.test|new@local.test";
	message = change_tables(id, _i);
	ck_assert_uint_eq(rows_of(message, "y@outside.test"), 1);
	ck_assert_uint_eq(rows_of(message, "z@local.test"), 1);
	ck_assert_uint_eq(rows_of(message, "new@local.test"), 1);
	/* ... and back: nothing comes twice, nobody is forgotten */
	aliases[0][1] = "x@outside.test";
	aliases[1][1] = "y@outside.test|z@local.test";
	message = change_tables(id, false);
	ck_assert_uint_eq(rows_of(message, "y@outside.test"), 1);
	ck_assert_uint_eq(rows_of(message, "z@local.test"), 1);
	ck_assert_ptr_null(next(AGENT_LOCAL));
}
END_TEST

/* As an older posthouse wrote it: it had no such rows. */
static void
make_note_old(struct message *message)
{
	struct note note = {0};
	struct str bytes = {0};

	ck_assert_int_eq(spool_note_read(&manager.spool, message->id, &note),
	    0);
	for (size_t i = note.len; i-- > 0;) {
		note.rows[i].is_shared = false;
		if (note.rows[i].state != RCPT_LEANING)
			continue;
		str_free(&note.rows[i].address);
		str_free(&note.rows[i].words);
		memmove(&note.rows[i], &note.rows[i + 1],
		    (--note.len - i) * sizeof *note.rows);
	}
	note_encode(&bytes, &note);
	bytes.s[strlen("posthouse-note ")] = '1';
	ck_assert_int_eq(spool_note_write(&manager.spool, message->id,
	    str_slice(&bytes)), 0);
	str_free(&bytes);
	note_free(&note);
}

START_TEST(who_shared_in_an_old_note_loses_nothing)
{
	struct message *message;
	char id[32];

	make_note_old(admit_shared(id));
	aliases[0][1] = "x@outside.test";
	message = change_tables(id, true);
	ck_assert_uint_eq(rows_of(message, "x@outside.test"), 1);
	ck_assert_uint_eq(rows_of(message, "y@outside.test"), 1);
	ck_assert_int_eq(rcpt_of(message, "z@local.test")->state, RCPT_DONE);
	ck_assert_ptr_null(next(AGENT_LOCAL));
}
END_TEST

START_TEST(a_shared_address_in_flight_comes_back_for_all)
{
	struct message *message;
	struct delivery *delivery;
	char id[32];

	admit_shared(id);
	delivery = next(AGENT_REMOTE);
	ck_assert_uint_eq(delivery->count, 2);
	aliases[0][1] = "w@outside.test";
	new_tables();
	answer(delivery, later);
	wake_all();
	message = index_find(&manager.index, id);
	ck_assert_uint_eq(rows_of(message, "w@outside.test"), 1);
	ck_assert_uint_eq(rows_of(message, "y@outside.test"), 1);
	ck_assert_uint_eq(rcpt_of(message, "y@outside.test")->attempts, 1);
}
END_TEST

/* "u0@local.test|u1@local.test...", 300 of them: three jobs. */
static struct message *
admit_many(char *id)
{
	struct message *message;
	struct str list = {0};

	for (int i = 0; i < 300; i++)
		str_addf(&list, "%su%d@local.test", i ? "|" : "", i);
	message = admit_to(str_c(&list));
	strcpy(id, message->id);
	str_free(&list);
	return message;
}

static void
check_left(size_t jobs)
{
	walk_all();
	while (jobs--)
		answer(next(AGENT_LOCAL), done);
	ck_assert_uint_eq(manager.index.count, 0);
}

/* In slices: a part at once, the rest in a walk; killed between them. */
START_TEST(who_waits_to_be_routed_is_not_lost)
{
	char id[32];

	manager.route_until_ms = 0;
	ck_assert_uint_eq(admit_many(id)->pending, 300);
	if (_i)
		start_anew();
	check_left(3);
}
END_TEST

START_TEST(what_is_answered_between_slices_is_noted)
{
	char id[32];
	struct message *message = admit_many(id);
	struct delivery *delivery = next(AGENT_LOCAL);

	manager.route_until_ms = 0;
	lane_withdraw(&manager, message);
	reroute(&manager, message);
	answer(delivery, done); /* u0 to u99 */
	ck_assert(message->is_routing);
	ck_assert_uint_eq(message->pending, 200);
	if (_i) {
		start_anew();
		ck_assert_int_eq(rcpt_of(index_find(&manager.index, id),
		    "u0@local.test")->state, RCPT_DONE);
	}
	check_left(2);
}
END_TEST

/* Each slice makes other rows: an answer between them would have all of the
 * note written anew. */
START_TEST(nothing_is_handed_out_until_all_is_routed)
{
	struct message *message;

	manager.route_until_ms = 0;
	message = admit_to("nobody@local.test|a@local.test|b@local.test");
	ck_assert(message->is_routing);
	ck_assert_uint_eq(message->untold, 1);
	ck_assert_ptr_null(next(AGENT_LOCAL));
	ck_assert_ptr_null(next(AGENT_BOUNCE));
	ck_assert(!message->has_note);
	walk_all();
	ck_assert_uint_eq(next(AGENT_LOCAL)->count, 2);
	ck_assert_uint_eq(next(AGENT_BOUNCE)->count, 1);
}
END_TEST

/* What precedes a slice costs as much as there are recipients. */
START_TEST(a_slice_is_a_share_of_the_whole)
{
	char id[32];

	manager.route_until_ms = 0;
	ck_assert_uint_eq(admit_many(id)->led_to, 300 / 8);
}
END_TEST

START_TEST(who_has_all_is_not_asked_about_again)
{
	struct message *message;
	char id[32];

	alias(0, "one@local.test", "x@outside.test|y@local.test");
	alias(1, "two@local.test", "y@local.test");
	alias(2, "three@local.test", "y@local.test|z@local.test");
	message = admit_to("one@local.test|two@local.test|three@local.test");
	strcpy(id, message->id);
	answer(next(AGENT_LOCAL), done); /* y and z: only x waits */
	aliases[1][1] = "q@local.test";
	aliases[2][1] = "r@local.test";
	message = change_tables(id, _i);
	ck_assert_ptr_null(next(AGENT_LOCAL));
	ck_assert_uint_eq(next(AGENT_REMOTE)->count, 1);
}
END_TEST

START_TEST(new_tables_are_asked_about_what_the_writer_asked)
{
	struct message *message;
	struct delivery *delivery;

	alias(0, "info@local.test", "a@outside.test");
	message = admit_to("info@local.test");
	ck_assert_ptr_null(next(AGENT_LOCAL));
	new_tables(); /* nothing changed: it goes on waiting */
	ck_assert_int_eq(rcpt_of(message, "a@outside.test")->state,
	    RCPT_PENDING);
	aliases[0][1] = "a@local.test";
	new_tables();
	delivery = next(AGENT_LOCAL);
	ck_assert_ptr_nonnull(delivery);
	ck_assert_str_eq(delivery->rcpts[0]->address, "a@local.test");
	answer(delivery, done);
	ck_assert_uint_eq(manager.index.count, 0);
}
END_TEST

START_TEST(new_tables_are_asked_about_it_after_a_restart_too)
{
	struct message *message;
	struct delivery *delivery;
	char id[32];

	alias(0, "info@local.test", "a@outside.test|b@local.test");
	message = admit_to("info@local.test");
	strcpy(id, message->id);
	answer(next(AGENT_LOCAL), done);
	ck_assert(message->has_note);
	start_anew();
	message = index_find(&manager.index, id);
	ck_assert_int_eq(rcpt_of(message, "a@outside.test")->state,
	    RCPT_PENDING);
	ck_assert_int_eq(rcpt_of(message, "b@local.test")->state, RCPT_DONE);
	aliases[0][1] = "b@local.test|c@local.test";
	new_tables();
	delivery = next(AGENT_LOCAL);
	ck_assert_uint_eq(delivery->count, 1);
	ck_assert_str_eq(delivery->rcpts[0]->address, "c@local.test");
	answer(delivery, done);
	ck_assert_uint_eq(manager.index.count, 0);
}
END_TEST

/* One of its deliveries was due before the walk came to it; the others wait
 * elsewhere, where nobody may ever be again. */
START_TEST(new_tables_lead_all_of_it_whoever_comes_first)
{
	struct delivery *one, *other, *local;

	alias(0, "one@local.test", "x@outside.test");
	alias(1, "two@local.test", "u@backup.test");
	admit_to("one@local.test|two@local.test");
	one = next(AGENT_REMOTE);
	other = next(AGENT_REMOTE);
	ck_assert_str_eq(one->rcpts[0]->address, "x@outside.test");
	answer(one, later);
	lane_queue(&manager, other);
	aliases[1][1] = "w@local.test";
	manager.config.generation++;
	reroute_all(&manager);
	wake_all();
	walk_all();
	one = next(AGENT_REMOTE);
	ck_assert_str_eq(one->rcpts[0]->address, "x@outside.test");
	ck_assert_ptr_null(next(AGENT_REMOTE));
	local = next(AGENT_LOCAL);
	ck_assert_ptr_nonnull(local);
	ck_assert_str_eq(local->rcpts[0]->address, "w@local.test");
}
END_TEST

START_TEST(a_row_is_marked_where_the_note_has_it)
{
	struct message *message = admit_to("c@local.test");
	struct note note = {0};
	char id[32];

	(void)message;
	alias(0, "info@local.test",
	    "x@outside.test|y@local.test|z@local.test");
	message = admit_to("info@local.test");
	strcpy(id, message->id);
	answer(next(AGENT_LOCAL), done);              /* c */
	answer(next(AGENT_LOCAL), "Z 451 4.3.0 - not now|K 250 2.0.0 - ok");
	/* x waits, y is put off, z is done: a new order puts z first */
	new_tables();
	message->rcpts[2]->next_us = 0;
	wake_all();
	answer(next(AGENT_LOCAL), done);              /* y, which had words */
	ck_assert_int_eq(spool_note_read(&manager.spool, id, &note), 0);
	for (size_t i = 0; i < note.len; i++)
		ck_assert_int_eq(note.rows[i].state,
		    str_c(&note.rows[i].address)[0] == 'x' ? RCPT_PENDING :
							     RCPT_DONE);
	note_free(&note);
}
END_TEST

START_TEST(a_note_of_another_order_is_written_anew)
{
	struct message *message;
	struct note note = {0};
	char id[32];

	alias(0, "info@local.test",
	    "x@outside.test|yy@outside.test|z@local.test");
	message = admit_to("info@local.test");
	strcpy(id, message->id);
	answer(next(AGENT_LOCAL), done);  /* z */
	new_tables();        /* now z, x, yy */
	answer(next(AGENT_REMOTE), "K 250 2.0.0 - ok|Z 451 4.3.0 - not now");
	wake_all();
	answer(next(AGENT_REMOTE), later);
	ck_assert_int_eq(spool_note_read(&manager.spool, id, &note), 0);
	ck_assert_uint_eq(note.len, 3);
	for (size_t i = 0; i < note.len; i++)
		ck_assert_int_eq(note.rows[i].state,
		    str_c(&note.rows[i].address)[0] == 'y' ? RCPT_PENDING :
							     RCPT_DONE);
	note_free(&note);
}
END_TEST

/* One job for each: so the second answer marks a row in place. */
START_TEST(marking_after_rerouting_marks_nobody_else)
{
	struct message *message;
	struct str list = {0};
	struct note note = {0};
	char id[32];
	int done_on_disk = 0;

	for (int i = 0; i < 201; i++) /* three jobs, the last of one */
		str_addf(&list, "%su%03d@local.test", i ? "|" : "", i);
	message = admit_to(str_c(&list));
	strcpy(id, message->id);
	next(AGENT_LOCAL);
	answer(next(AGENT_LOCAL), done); /* u100 ... u199 */
	new_tables();       /* u100 ... come first now */
	answer(next(AGENT_LOCAL), done); /* u200, alone */
	ck_assert_int_eq(spool_note_read(&manager.spool, id, &note), 0);
	for (size_t i = 0; i < note.len; i++) {
		int number = atoi(str_c(&note.rows[i].address) + 1);

		if (note.rows[i].state == RCPT_DONE)
			done_on_disk++;
		ck_assert(number >= 100 || note.rows[i].state == RCPT_PENDING);
	}
	ck_assert_int_eq(done_on_disk, 101);
	note_free(&note);
	str_free(&list);
}
END_TEST

START_TEST(a_restart_goes_on_from_the_note)
{
	struct message *message = admit_to("a@local.test|b@local.test");
	char id[32];

	strcpy(id, message->id);
	answer(next(AGENT_LOCAL), "K 250 2.0.0 - ok|Z 451 4.3.0 - not now");
	start_anew();
	message = index_find(&manager.index, id);
	ck_assert_ptr_nonnull(message);
	ck_assert(!message->is_first);
	ck_assert_int_eq(rcpt_of(message, "a@local.test")->state, RCPT_DONE);
	ck_assert_uint_eq(rcpt_of(message, "b@local.test")->attempts, 1);
	wake_all();
	end_with(AGENT_LOCAL);
}
END_TEST

START_TEST(an_unreported_failure_is_reported_after_a_restart)
{
	admit_to("a@local.test");
	answer(next(AGENT_LOCAL), failed);
	start_anew();
	end_with(AGENT_BOUNCE);
}
END_TEST

START_TEST(a_held_message_waits_also_after_a_death)
{
	struct message *message = admit_to("a@local.test");
	struct delivery *delivery = next(AGENT_LOCAL);

	message->is_held = true; /* posthouse queue hold, while it is out */
	outcome_worker_died(&manager, delivery);
	wake_all();
	ck_assert_ptr_null(next(AGENT_LOCAL));
}
END_TEST

START_TEST(the_third_death_holds)
{
	struct message *message = admit_to("a@local.test");

	for (int i = 0; i < 3; i++) {
		ck_assert(!message->is_held);
		manager.deaths++;
		outcome_worker_died(&manager, next(AGENT_LOCAL));
		wake_all();
	}
	ck_assert(message->is_held);
	ck_assert_ptr_null(next(AGENT_LOCAL));
	ck_assert_uint_eq(message->in_flight, 0);
}
END_TEST

START_TEST(late_results_count_before_the_message_is_read_again)
{
	struct message *message = admit_to("a@local.test|b@local.test");
	char id[32];

	strcpy(id, message->id);
	manager_begin();
	admit_begin(&manager); /* knows its name, has not read it yet */
	late(AGENT_LOCAL, id, "a@local.test");
	walk_all();
	message = index_find(&manager.index, id);
	ck_assert_ptr_nonnull(message);
	ck_assert_int_eq(rcpt_of(message, "a@local.test")->state, RCPT_DONE);
	ck_assert_uint_eq(next(AGENT_LOCAL)->count, 1);
}
END_TEST

START_TEST(late_results_count_in_the_agents_own_lanes_only)
{
	struct message *message;

	alias(0, "info@local.test", "a@outside.test");
	message = admit_to("info@local.test");
	late(AGENT_LOCAL, message->id, "a@outside.test"); /* local-deliver says so */
	ck_assert_uint_eq(manager.index.count, 1);
	ck_assert_int_eq(rcpt_of(message, "a@outside.test")->state,
	    RCPT_PENDING);
}
END_TEST

/* A manager that was killed and started again, and has begun with this one:
 * its recipients are many, and routed in slices. */
static struct message *
begin_again(const char *id)
{
	manager_begin();
	admit_begin(&manager);
	manager.route_until_ms = 0;
	return admit_find(&manager, id);
}

/* The agent of the row's lane, and the address that the tables lead to, are
 * known when it is routed. */
START_TEST(late_results_wait_until_all_is_routed)
{
	struct message *message;
	char id[32];

	alias(0, "info@local.test", "x@local.test|out@outside.test");
	message = admit_to("a@local.test|b@local.test|info@local.test|"
			   "c@local.test");
	strcpy(id, message->id);
	if (_i) /* what is left is rows of a note */
		answer(next(AGENT_LOCAL), "K 250 2.0.0 - ok|"
		    "Z 451 4.3.0 - not now");
	message = begin_again(id);
	ck_assert(message->is_routing);
	late(AGENT_LOCAL, id, "x@local.test");
	late(AGENT_LOCAL, id, "out@outside.test"); /* none of its own */
	late(AGENT_LOCAL, id, "b@local.test");
	ck_assert(message->is_routing);
	gather_rcpts(&manager, message); /* as when a job comes back */
	ck_assert_ptr_null(next(AGENT_LOCAL));
	walk_all();
	ck_assert_int_eq(rcpt_of(message, "x@local.test")->state, RCPT_DONE);
	ck_assert_int_eq(rcpt_of(message, "b@local.test")->state, RCPT_DONE);
	ck_assert_uint_eq(message->pending, _i ? 2 : 3);
	start_anew(); /* they are noted */
	wake_all();
	ck_assert_uint_eq(next(AGENT_LOCAL)->count, _i ? 1 : 2);
	ck_assert_uint_eq(next(AGENT_REMOTE)->count, 1);
}
END_TEST

/* Whoever could not be routed before. */
static void
route_the_rest(struct message *message)
{
	for (size_t i = 0; i < message->count; i++)
		if (!message->rcpts[i]->lane)
			lane_free_delivery(&manager,
			    message->rcpts[i]->delivery);
	reroute(&manager, message);
}

/* a waits in its lane, while others are routed again; _i: in slices. */
START_TEST(late_results_count_for_who_is_not_routed_again)
{
	struct message *message = admit_to("a@local.test|"
	    "unread1@local.test|unread2@local.test");

	alias(0, "unread1@local.test", "b@local.test");
	alias(1, "unread2@local.test", "b@local.test");
	manager.route_until_ms = _i ? 0 : UINT64_MAX;
	route_the_rest(message);
	ck_assert_int_eq(message->is_routing, _i);
	late(AGENT_LOCAL, message->id, "a@local.test");
	walk_all();
	ck_assert_int_eq(rcpt_of(message, "a@local.test")->state, RCPT_DONE);
	end_with(AGENT_LOCAL); /* b */
}
END_TEST

/* One who has waited too long may have been delivered to. */
START_TEST(nobody_is_given_up_while_it_is_routed)
{
	struct message *message =
	    admit_old("writer@outside.test", "a@local.test|b@local.test");

	ages_check(&manager);
	manager.route_until_ms = 0;
	lane_withdraw(&manager, message);
	reroute(&manager, message);
	ck_assert(message->is_routing);
	late(AGENT_LOCAL, message->id, "a@local.test");
	walk_all();
	ck_assert_int_eq(rcpt_of(message, "a@local.test")->state, RCPT_DONE);
}
END_TEST

/* A captured agent may make up as many as it likes. */
START_TEST(late_results_take_no_more_than_their_share)
{
	struct message *message;
	char id[32];

	strcpy(id, admit_to("a@local.test|b@local.test")->id);
	message = begin_again(id);
	for (int i = 0; i < 200 * 1000; i++)
		late(AGENT_REMOTE, id, "b@local.test");
	ck_assert_uint_lt(manager.ports[AGENT_REMOTE].kept_bytes, 17 << 20);
	late(AGENT_LOCAL, id, "a@local.test"); /* another's */
	walk_all();
	ck_assert_int_eq(rcpt_of(message, "a@local.test")->state, RCPT_DONE);
	ck_assert_uint_eq(message->pending, 1);
	for (int i = 0; i < AGENT_COUNT; i++)
		ck_assert_uint_eq(manager.ports[i].kept_bytes, 0);
}
END_TEST

START_TEST(late_results_go_with_their_message)
{
	char id[32];

	strcpy(id, admit_to("a@local.test|b@local.test")->id);
	begin_again(id);
	late(AGENT_LOCAL, id, "a@local.test");
	message_forget(&manager, index_find(&manager.index, id));
	ck_assert_uint_eq(manager.ports[AGENT_LOCAL].kept_bytes, 0);
	walk_all();
}
END_TEST

START_TEST(late_results_may_be_the_last_while_it_is_routed)
{
	char id[32];

	strcpy(id, admit_to("a@local.test|b@local.test")->id);
	ck_assert(begin_again(id)->is_routing);
	late(AGENT_LOCAL, id, "a@local.test");
	late(AGENT_LOCAL, id, "b@local.test");
	walk_all();
	ck_assert_uint_eq(manager.index.count, 0);
}
END_TEST

/* Workers that serve one lane repeat their last results. */
START_TEST(who_was_put_off_is_not_put_off_again)
{
	struct message *message;
	char id[32];

	alias(0, "info@local.test", "x@outside.test");
	strcpy(id, admit_to("info@local.test")->id);
	if (!_i) /* else nobody has heard it before */
		answer(next(AGENT_REMOTE), later);
	start_anew();
	late_verdict(AGENT_REMOTE, id, "x@outside.test", later);
	late_verdict(AGENT_REMOTE, id, "x@outside.test", later);
	message = index_find(&manager.index, id);
	ck_assert_uint_eq(rcpt_of(message, "x@outside.test")->attempts, 1);
	ck_assert_ptr_null(next(AGENT_REMOTE));
	late(AGENT_REMOTE, id, "x@outside.test"); /* in the end it was */
	ck_assert_uint_eq(manager.index.count, 0);
}
END_TEST

START_TEST(late_results_for_unknown_messages_are_nothing)
{
	late(AGENT_LOCAL, "6qw5c1zj3k00abc", "a@local.test");
	late(AGENT_LOCAL, "../../etc/passwd", "a@local.test");
	late(AGENT_LOCAL, "", "a@local.test");
	ck_assert_uint_eq(manager.index.count, 0);
}
END_TEST

START_TEST(never_is_never_reported)
{
	struct envelope envelope =
	    fixture_envelope("smtp", "writer@local.test", "a@local.test");

	str_puts(&envelope.rcpts[0].notify, "NEVER");
	admit_letter(&envelope);
	answer(next(AGENT_LOCAL), failed);
	ck_assert_ptr_null(next(AGENT_BOUNCE));
	ck_assert_uint_eq(manager.index.count, 0);
}
END_TEST

START_TEST(success_is_reported_if_asked_for)
{
	struct envelope envelope =
	    fixture_envelope("smtp", "writer@local.test", "a@local.test");

	str_puts(&envelope.rcpts[0].notify, "SUCCESS,FAILURE");
	admit_letter(&envelope);
	answer(next(AGENT_LOCAL), done);
	end_with(AGENT_BOUNCE);
}
END_TEST

START_TEST(success_is_not_reported_to_nobody)
{
	struct envelope envelope = fixture_envelope("smtp", "", "a@local.test");

	str_puts(&envelope.rcpts[0].notify, "SUCCESS");
	admit_letter(&envelope);
	answer(next(AGENT_LOCAL), done);
	ck_assert_ptr_null(next(AGENT_BOUNCE));
	ck_assert_uint_eq(manager.index.count, 0);
}
END_TEST

START_TEST(a_double_bounce_that_fails_is_kept_aside)
{
	struct envelope envelope =
	    fixture_envelope("bounce", "", "postmaster@local.test");

	alias(0, "postmaster@local.test", "boss@local.test");
	str_puts(&envelope.id, "b00000000000000000000000001");
	admit_letter(&envelope);
	answer(next(AGENT_LOCAL), failed);
	ck_assert_ptr_null(next(AGENT_BOUNCE));
	ck_assert_uint_eq(manager.index.count, 0);
	ck_assert(fixture_exists("queue/corrupt",
	    "b00000000000000000000000001"));
}
END_TEST

START_TEST(a_strangers_null_sender_costs_nobody_else_his_mail)
{
	struct envelope envelope = fixture_envelope("smtp", "",
	    "postmaster@local.test|a@local.test");
	struct message *message = admit_letter(&envelope);

	answer(next(AGENT_LOCAL), "D 550 5.2.2 - never|Z 451 4.3.0 - not now");
	ck_assert_uint_eq(manager.index.count, 1);
	ck_assert_int_eq(rcpt_of(message, "a@local.test")->state, RCPT_PENDING);
	answer(next(AGENT_BOUNCE), done);
	wake_all();
	end_with(AGENT_LOCAL);
}
END_TEST

/* away@ leads to a domain that we are the backup of; the primary refuses. */
static struct message *
admit_away(const char *box, const char *sender)
{
	struct envelope envelope = fixture_envelope(box, sender,
	    "away@local.test");

	alias(0, "away@local.test", "u@backup.test");
	return admit_letter(&envelope);
}

static void
hour_passes(struct message *message)
{
	message->rcpts[0]->next_us -= UINT64_C(3600) * 1000000;
	check_ages();
}

START_TEST(what_the_primary_refuses_is_not_sent_to_strangers)
{
	static const char *const senders[] = {"x@outside.test",
	    "x@backup.test", ""};
	struct message *message = admit_away("smtp", senders[_i]);
	char id[32];

	strcpy(id, message->id);
	answer(next(AGENT_REMOTE), failed);
	ck_assert_ptr_null(next(AGENT_BOUNCE));
	start_anew();
	message = index_find(&manager.index, id);
	ck_assert_ptr_nonnull(message);
	ck_assert_int_eq(message->rcpts[0]->state, RCPT_QUARANTINED);
	ck_assert_str_eq(message->rcpts[0]->words, "550 5.2.2 - never");
	new_tables();
	check_ages();
	ck_assert_ptr_null(next(AGENT_REMOTE));
	ck_assert_ptr_null(next(AGENT_BOUNCE));
}
END_TEST

START_TEST(the_postmaster_hears_of_it_once)
{
	struct message *first = admit_away("smtp", "x@outside.test");
	struct message *second = admit_away("smtp", "y@outside.test");
	struct delivery *digest;
	struct job job = {0};

	answer(next(AGENT_REMOTE), failed);
	answer(next(AGENT_REMOTE), failed);
	hour_passes(first);
	digest = next(AGENT_BOUNCE);
	ck_assert_int_eq(digest->purpose, FOR_DIGEST);
	ck_assert_ptr_null(next(AGENT_BOUNCE));
	quarantine_fill(&manager, &job);
	ck_assert_uint_eq(job.rcpts.len, 2);
	ck_assert_str_eq(str_c(&job.envid), "2");
	ck_assert_uint_eq(job.sender.len, 0);
	record_free(job_fields, &job);
	answer(digest, done);
	walk_all();
	ck_assert(!quarantine_is_news(first) && !quarantine_is_news(second));
	hour_passes(second);
	ck_assert_ptr_null(next(AGENT_BOUNCE));
	first->rcpts[0]->next_us = second->rcpts[0]->next_us = 1;
	check_ages();
	ck_assert_uint_eq(manager.index.count, 0);
}
END_TEST

START_TEST(what_is_released_is_tried_again)
{
	struct message *message = admit_away("smtp", "x@outside.test");

	answer(next(AGENT_REMOTE), failed);
	quarantine_release(message);
	reroute(&manager, message);
	outcome_settle(&manager, message);
	end_with(AGENT_REMOTE);
}
END_TEST

START_TEST(who_is_known_gets_his_bounce)
{
	static const char *const writers[][2] = {{"relay", "x@outside.test"},
	    {"local-submit", "x@outside.test"}, {"smtp", "x@local.test"}};

	admit_away(writers[_i][0], writers[_i][1]);
	answer(next(AGENT_REMOTE), failed);
	end_with(AGENT_BOUNCE);
}
END_TEST

START_TEST(what_else_was_accepted_in_good_faith_bounces)
{
	struct message *message;

	if (_i == 0) { /* the primary was never there */
		message = admit_away("smtp", "x@outside.test");
		message->arrived_us = 1000000;
		check_ages();
	} else {       /* we passed it on by an alias, or it is our own */
		admit_away("smtp", "x@outside.test");
		aliases[0][1] = _i == 1 ? "u@outside.test" : "u@local.test";
		new_tables();
		answer(next(_i == 1 ? AGENT_REMOTE : AGENT_LOCAL), failed);
	}
	end_with(AGENT_BOUNCE);
}
END_TEST

START_TEST(too_old_is_given_up)
{
	struct message *message = admit_old(WRITER, "a@local.test");

	check_ages();
	ck_assert_int_eq(message->rcpts[0]->state, RCPT_FAILED);
	ck_assert_ptr_null(next(AGENT_LOCAL));
	end_with(AGENT_BOUNCE);
}
END_TEST

/* Old mail of a writer of ours for a domain that does not ask for it. */
static struct message *
admit_held(const char *final)
{
	alias(0, "h@local.test", final);
	return admit_old(WRITER, "h@local.test");
}

START_TEST(held_mail_is_neither_late_nor_given_up)
{
	struct message *message = admit_held("kept@held.test");
	char id[32];

	strcpy(id, message->id);
	for (int round = 0; round < 2; round++) {
		check_ages();
		wake_all();
		new_tables();
		message = index_find(&manager.index, id);
		ck_assert_int_eq(message->rcpts[0]->state, RCPT_PENDING);
		ck_assert_ptr_null(next(AGENT_REMOTE));
		ck_assert_ptr_null(next(AGENT_BOUNCE));
		ck_assert(!message->has_note);
		start_anew();
	}
	message = index_find(&manager.index, id);
	held_start(&manager, message->rcpts[0]->lane, slice_of("etrn x"));
	answer(next(AGENT_REMOTE), later);
	held_check(&manager);
	wake_all();
	ck_assert_ptr_null(next(AGENT_REMOTE));
	held_start(&manager, message->rcpts[0]->lane, slice_of("etrn x"));
	end_with(AGENT_REMOTE);
}
END_TEST

START_TEST(held_mail_goes_back_after_its_time)
{
	struct message *message = admit_held("u@held.test");

	check_ages();
	ck_assert_int_eq(message->rcpts[0]->state, RCPT_FAILED);
	ck_assert_ptr_nonnull(strstr(message->rcpts[0]->words,
	    "which did not ask for it"));
	end_with(AGENT_BOUNCE);
}
END_TEST

START_TEST(the_postmaster_hears_of_held_mail_once)
{
	struct message *first, *second;
	struct delivery *note;
	struct job job = {0};

	manager.settings.warnheld_s = 7 * 86400;
	first = admit_held("kept@held.test");
	second = admit_held("kept@held.test");
	check_ages();
	note = next(AGENT_BOUNCE);
	ck_assert_int_eq(note->purpose, FOR_WARNHELD);
	ck_assert_ptr_null(next(AGENT_BOUNCE));
	warnheld_fill(&manager, &job);
	ck_assert_uint_eq(job.rcpts.len, 1);
	ck_assert_str_eq(str_c(&job.rcpts.v[0]), "held.test");
	ck_assert_ptr_nonnull(strstr(str_c(&job.reports.v[0]), "\t\t2 "));
	ck_assert_str_eq(str_c(&job.envid), "1");
	ck_assert_uint_eq(job.sender.len, 0);
	record_free(job_fields, &job);
	answer(note, done);
	check_ages();
	ck_assert_ptr_null(next(AGENT_BOUNCE));
	manager.next_warnheld_ms = 0; /* a week later */
	check_ages();
	note = next(AGENT_BOUNCE);
	ck_assert_int_eq(note->purpose, FOR_WARNHELD);
	ck_assert(warnheld_is_news(&manager, first));
	held_start(&manager, first->rcpts[0]->lane, slice_of("etrn x"));
	ck_assert(!warnheld_is_news(&manager, second));
}
END_TEST

START_TEST(what_is_kept_for_ever_is_never_too_old)
{
	struct message *message;

	alias(0, "k@local.test", "kept@outside.test");
	message = admit_old(WRITER, "a@local.test|k@local.test");
	check_ages();
	ck_assert_int_eq(rcpt_of(message, "a@local.test")->state, RCPT_FAILED);
	answer(next(AGENT_BOUNCE), done);
	answer(next(AGENT_REMOTE), later);
	ck_assert_int_eq(rcpt_of(message, "kept@outside.test")->state,
	    RCPT_PENDING);
	wake_all();
	end_with(AGENT_REMOTE);
}
END_TEST

/* Nobody is there: the lane's last words are everybody's. */
START_TEST(who_gives_up_has_the_words_of_its_lane)
{
	struct message *messages[2];
	struct delivery *one, *other;

	alias(0, "o@local.test", "x@outside.test");
	messages[0] = admit_to("o@local.test");
	messages[1] = admit_to("o@local.test");
	one = next(AGENT_REMOTE);
	other = next(AGENT_REMOTE);
	answer(one, "U 451 4.4.1 - nobody there");
	answer(other, "U 451 4.4.1 - nobody there");
	ck_assert_ptr_null(next(AGENT_REMOTE));
	for (int i = 0; i < 2; i++) {
		ck_assert_uint_eq(messages[i]->rcpts[0]->attempts, 0);
		ck_assert(!messages[i]->has_note);
		messages[i]->arrived_us = 1000000;
	}
	check_ages();
	for (int i = 0; i < 2; i++)
		ck_assert_str_eq(messages[i]->rcpts[0]->words,
		    "451 4.4.1 - nobody there (given up after 120 hours)");
	answer(next(AGENT_BOUNCE), done);
	end_with(AGENT_BOUNCE);
}
END_TEST

START_TEST(new_tables_lead_elsewhere_what_waits_in_a_dead_lane)
{
	struct delivery *delivery;

	alias(0, "o@local.test", "x@outside.test");
	admit_to("o@local.test");
	delivery = next(AGENT_REMOTE);
	aliases[0][1] = "a@local.test"; /* while it is tried */
	new_tables();
	answer(delivery, "U 451 4.4.1 - nobody there");
	ck_assert_ptr_null(next(AGENT_REMOTE));
	end_with(AGENT_LOCAL);
}
END_TEST

START_TEST(a_delay_is_warned_of_once)
{
	struct delivery *warning;

	manager.settings.queuelifetime_s = UINT32_MAX;
	admit_old(WRITER, "a@local.test");
	check_ages();
	check_ages();
	warning = next(AGENT_BOUNCE);
	ck_assert_int_eq(warning->purpose, FOR_WARNING);
	answer(warning, done);
	check_ages();
	ck_assert_ptr_null(next(AGENT_BOUNCE));
	end_with(AGENT_LOCAL);
}
END_TEST

START_TEST(strangers_are_not_warned_of_a_delay)
{
	manager.settings.queuelifetime_s = UINT32_MAX;
	admit_old("writer@outside.test", "a@local.test");
	check_ages();
	ck_assert_ptr_null(next(AGENT_BOUNCE));
}
END_TEST

static void
add_routing(struct unit *unit)
{
	tcase_add_test(unit->cases, doubles_of_aliases_are_one);
	tcase_add_test(unit->cases,
	    a_double_counts_when_the_other_goes_elsewhere);
	tcase_add_loop_test(unit->cases,
	    who_loses_a_shared_address_does_not_lose_it_for_others, 0, 2);
	tcase_add_loop_test(unit->cases,
	    who_leans_on_others_goes_where_the_new_tables_say, 0, 2);
	tcase_add_test(unit->cases,
	    who_shared_in_an_old_note_loses_nothing);
	tcase_add_test(unit->cases,
	    a_shared_address_in_flight_comes_back_for_all);
	tcase_add_loop_test(unit->cases, who_waits_to_be_routed_is_not_lost,
	    0, 2);
	tcase_add_loop_test(unit->cases,
	    what_is_answered_between_slices_is_noted, 0, 2);
	tcase_add_test(unit->cases,
	    nothing_is_handed_out_until_all_is_routed);
	tcase_add_test(unit->cases, a_slice_is_a_share_of_the_whole);
	tcase_add_loop_test(unit->cases, who_has_all_is_not_asked_about_again,
	    0, 2);
	tcase_add_test(unit->cases,
	    new_tables_are_asked_about_what_the_writer_asked);
	tcase_add_test(unit->cases,
	    new_tables_are_asked_about_it_after_a_restart_too);
	tcase_add_test(unit->cases,
	    new_tables_lead_all_of_it_whoever_comes_first);
	tcase_add_test(unit->cases, a_row_is_marked_where_the_note_has_it);
	tcase_add_test(unit->cases, a_note_of_another_order_is_written_anew);
	tcase_add_test(unit->cases, marking_after_rerouting_marks_nobody_else);
}

static void
add_quarantine(struct unit *unit)
{
	tcase_add_loop_test(unit->cases,
	    what_the_primary_refuses_is_not_sent_to_strangers, 0, 3);
	tcase_add_test(unit->cases, the_postmaster_hears_of_it_once);
	tcase_add_test(unit->cases, what_is_released_is_tried_again);
	tcase_add_loop_test(unit->cases, who_is_known_gets_his_bounce, 0, 3);
	tcase_add_loop_test(unit->cases,
	    what_else_was_accepted_in_good_faith_bounces, 0, 3);
}

int
main(void)
{
	struct unit unit = unit_make("outcome");

	tcase_set_timeout(unit.cases, 60);
	tcase_add_checked_fixture(unit.cases, set_up, fixture_leave);
	tcase_add_test(unit.cases, delivered_to_all_is_removed);
	tcase_add_test(unit.cases, deferred_comes_again_later);
	tcase_add_test(unit.cases, failed_is_reported_and_then_removed);
	tcase_add_test(unit.cases, short_verdicts_are_taken);
	tcase_add_test(unit.cases, unknown_recipients_are_reported);
	tcase_add_test(unit.cases, a_report_names_at_most_fifty);
	tcase_add_test(unit.cases, an_emptied_lane_loses_its_turn);
	add_routing(&unit);
	tcase_add_test(unit.cases, a_restart_goes_on_from_the_note);
	tcase_add_test(unit.cases,
	    an_unreported_failure_is_reported_after_a_restart);
	tcase_add_test(unit.cases, a_held_message_waits_also_after_a_death);
	tcase_add_test(unit.cases, the_third_death_holds);
	tcase_add_test(unit.cases,
	    late_results_count_before_the_message_is_read_again);
	tcase_add_loop_test(unit.cases, late_results_wait_until_all_is_routed,
	    0, 2);
	tcase_add_test(unit.cases, nobody_is_given_up_while_it_is_routed);
	tcase_add_loop_test(unit.cases,
	    late_results_count_for_who_is_not_routed_again, 0, 2);
	tcase_add_test(unit.cases, late_results_take_no_more_than_their_share);
	tcase_add_test(unit.cases, late_results_go_with_their_message);
	tcase_add_test(unit.cases,
	    late_results_may_be_the_last_while_it_is_routed);
	tcase_add_loop_test(unit.cases, who_was_put_off_is_not_put_off_again,
	    0, 2);
	tcase_add_test(unit.cases,
	    late_results_for_unknown_messages_are_nothing);
	tcase_add_test(unit.cases,
	    late_results_count_in_the_agents_own_lanes_only);
	tcase_add_test(unit.cases, never_is_never_reported);
	tcase_add_test(unit.cases, success_is_reported_if_asked_for);
	tcase_add_test(unit.cases, success_is_not_reported_to_nobody);
	tcase_add_test(unit.cases, a_double_bounce_that_fails_is_kept_aside);
	tcase_add_test(unit.cases,
	    a_strangers_null_sender_costs_nobody_else_his_mail);
	add_quarantine(&unit);
	tcase_add_test(unit.cases, too_old_is_given_up);
	tcase_add_test(unit.cases, what_is_kept_for_ever_is_never_too_old);
	tcase_add_test(unit.cases, held_mail_is_neither_late_nor_given_up);
	tcase_add_test(unit.cases, held_mail_goes_back_after_its_time);
	tcase_add_test(unit.cases, the_postmaster_hears_of_held_mail_once);
	tcase_add_test(unit.cases, who_gives_up_has_the_words_of_its_lane);
	tcase_add_test(unit.cases,
	    new_tables_lead_elsewhere_what_waits_in_a_dead_lane);
	tcase_add_test(unit.cases, a_delay_is_warned_of_once);
	tcase_add_test(unit.cases, strangers_are_not_warned_of_a_delay);
	return unit_run(unit);
}
