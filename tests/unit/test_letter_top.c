/* test_letter_top - what local-deliver wrote is believed, and nothing below. */
#include "lib/mail/letter_top.h"
#include "tests/unit/unit.h"

#include <stdio.h>
#include <string.h>

#define OURS \
	"Return-Path: <zhangsan@office.test>\n" \
	"Delivered-To: boss@office.test\n" \
	"X-Posthouse-Staff: zhangsan@office.test\n" \
	"X-Posthouse-By: held\n" \
	"X-Posthouse-Hold: 6qw5c1zj3k00abc 0123456789abcdef\n" \
	"X-Posthouse-Recipients: a@b.test,\n c@d.test\n"

static bool
is(struct slice text, const char *expected)
{
	return slice_is(text, expected);
}

START_TEST(our_lines_are_read)
{
	struct letter_top top;

	ck_assert(letter_top_read(slice_of(OURS "Received: from x\n\nbody"),
	    true, &top));
	ck_assert(is(top.sender, "zhangsan@office.test"));
	ck_assert(is(top.staff, "zhangsan@office.test"));
	ck_assert(is(top.by, "held"));
	ck_assert(is(top.hold_id, "6qw5c1zj3k00abc"));
	ck_assert(is(top.hold_seal, "0123456789abcdef"));
	ck_assert_uint_eq(top.len, strlen(OURS));
}
END_TEST

/* A letter that says such things itself, and what must come out. */
static const struct {
	const char *text;
	size_t len;
} foreign[] = {
    /* put there by somebody else */
    {"X-Posthouse-Hold: 1 2\n\n", 0},
    {"Delivered-To: a@b\nReturn-Path: <>\n\n", 0},
    {"From: a@b\nX-Posthouse-Hold: 1 2\n\n", 0},
    {"\nX-Posthouse-Hold: 1 2\n", 0},
    {"", 0},
    {"no header at all", 0},
    {" Return-Path: <a@b>\nX-Posthouse-Hold: 1 2\n\n", 0},
    /* behind ours */
    {"Return-Path: <>\nDelivered-To: a@b\nFrom: x\nX-Posthouse-Hold: 1 2\n",
	34},
    {"Return-Path: <>\nDelivered-To: a@b\n\nX-Posthouse-Hold: 1 2\n", 34},
    /* each comes once */
    {"Return-Path: <>\nDelivered-To: a@b\nReturn-Path: <x@y>\n"
	"X-Posthouse-Hold: 1 2\n", 34},
    {"Return-Path: <>\nReturn-Path: <>\nX-Posthouse-Hold: 1 2\n", 16},
};

START_TEST(lines_of_others_are_not)
{
	struct letter_top top;

	ck_assert(letter_top_read(slice_of(foreign[_i].text), true, &top));
	ck_assert_uint_eq(top.len, foreign[_i].len);
	ck_assert_uint_eq(top.hold_id.len, 0);
	ck_assert_uint_eq(top.sender.len, 0);
}
END_TEST

static const char *const no_holds[] = {"", "1", "1 ", " 2", "1 2 3", "1/2 3",
    "1 \xff", "../x 2", "1\t2"};

START_TEST(a_seal_is_two_words)
{
	struct letter_top top;
	struct str text = {0};

	str_addf(&text, "Return-Path: <>\nX-Posthouse-Hold: %s\n\n",
	    no_holds[_i]);
	ck_assert(letter_top_read(str_slice(&text), true, &top));
	ck_assert_uint_eq(top.hold_id.len, 0);
	ck_assert_uint_eq(top.hold_seal.len, 0);
	str_free(&text);
}
END_TEST

static const char *const no_senders[] = {"", "<>", "<a>", "a@b", "<a b@c>",
    "<a@b", "<a\x01@b.test>"};

START_TEST(a_sender_is_an_address)
{
	struct letter_top top;
	struct str text = {0};

	str_addf(&text, "Return-Path: %s\n\n", no_senders[_i]);
	ck_assert(letter_top_read(str_slice(&text), true, &top));
	ck_assert_uint_eq(top.sender.len, 0);
	str_free(&text);
}
END_TEST

START_TEST(a_part_is_enough_when_it_holds_them_all)
{
	static const char text[] = OURS "Received: from x\n";
	struct letter_top top;

	for (size_t len = 0; len < strlen(OURS) + 9; len++)
		ck_assert_msg(!letter_top_read(slice_make(text, len), false,
		    &top), "%zu", len);
	ck_assert(letter_top_read(slice_of(text), false, &top) == false);
	ck_assert(letter_top_read(slice_of(OURS "Received: from x\nFrom: "),
	    false, &top));
	ck_assert_uint_eq(top.len, strlen(OURS));
}
END_TEST

/* A list of all to whom it goes may be longer than what is read at once. */
START_TEST(a_file_is_read_as_far_as_needed)
{
	FILE *file = tmpfile();
	struct str text = {0};
	struct letter_top top;
	size_t len = strlen(OURS);

	fputs(OURS, file);
	for (int i = 0; i < 20000; i++)
		len += (size_t)fprintf(file, "\tnumber%d@example.test,\n", i);
	fputs("Received: from x\nSubject: y\n\nbody\n", file);
	fflush(file);
	ck_assert_int_eq(letter_top_load(fileno(file), &text, &top), 0);
	ck_assert(is(top.hold_id, "6qw5c1zj3k00abc"));
	ck_assert_uint_eq(top.len, len);
	fclose(file);
	str_free(&text);
}
END_TEST

int
main(void)
{
	struct unit unit = unit_make("letter_top");

	tcase_add_test(unit.cases, our_lines_are_read);
	tcase_add_loop_test(unit.cases, lines_of_others_are_not, 0,
	    sizeof foreign / sizeof *foreign);
	tcase_add_loop_test(unit.cases, a_seal_is_two_words, 0,
	    sizeof no_holds / sizeof *no_holds);
	tcase_add_loop_test(unit.cases, a_sender_is_an_address, 0,
	    sizeof no_senders / sizeof *no_senders);
	tcase_add_test(unit.cases, a_part_is_enough_when_it_holds_them_all);
	tcase_add_test(unit.cases, a_file_is_read_as_far_as_needed);
	return unit_run(unit);
}
