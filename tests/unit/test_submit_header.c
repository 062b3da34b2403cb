/* test_submit_header - what is added, what is taken out, and what is refused;
 * every other byte stays. */
#include "lib/mail/submit_header.h"
#include "tests/unit/unit.h"

/* anna@local.test and her alias are the writer's own. */
static bool
owns(void *context, struct slice address)
{
	++*(unsigned *)context;
	return slice_ieq(address, slice_of("anna@local.test")) ||
	    slice_is(address, "info@local.test");
}

static unsigned asked;

static struct submit_rules
rules(void)
{
	return (struct submit_rules){
		.owns = owns,
		.context = &asked,
		.from = slice_of("anna@local.test"),
		.domain = slice_of("local.test"),
		.id = slice_of("4ID"),
		.now_us = 1795292280000000, /* 21 Nov 2026 20:18 */
	};
}

#define DATE "Date: Sat, 21 Nov 2026 20:18:00 +0000\n"
#define NEW_ID "Message-ID: <4ID@local.test>\n"
#define NEW_FROM "From: anna@local.test\n"
#define OLD "From: anna@local.test\nDate: x\nMessage-ID: <y>\n"

static const struct {
	const char *header, *mended;
} letters[] = {
	{OLD "\n", OLD "\n"},
	{OLD "\n\nbody\n", OLD "\n\nbody\n"},
	{OLD, OLD "\n"},
	{"\n", NEW_FROM DATE NEW_ID "\n"},
	{"", NEW_FROM DATE NEW_ID "\n"},
	{"From: info@local.test\n\n", "From: info@local.test\n" DATE NEW_ID
	    "\n"},
	{"FROM: anna@local.test\nDATE: x\nMESSAGE-Id: y\n\n",
	    "FROM: anna@local.test\nDATE: x\nMESSAGE-Id: y\n\n"},
	{"From : anna@local.test\nDate\t: x\nMessage-ID : <y>\n\n",
	    "From : anna@local.test\nDate\t: x\nMessage-ID : <y>\n\n"},
	{"Bcc: a@b.test\n" OLD "bcc : x,\n y,\n\tz\nSubject: s\nBCC:\n\nBcc: "
	    "stays\n", OLD "Subject: s\n\nBcc: stays\n"},
	{OLD "Resent-Bcc: a@b.test\nX-Bcc: a\nBccc: b\n\n",
	    OLD "X-Bcc: a\nBccc: b\n\n"},
	{"Subject: caf\xe9 \xff\n  folded\t \n \n" OLD "X:\n\n",
	    "Subject: caf\xe9 \xff\n  folded\t \n \n" OLD "X:\n\n"},
	{"Subject: no end", "Subject: no end\n" NEW_FROM DATE NEW_ID "\n"},
	/* what is no field begins the body */
	{OLD "no field\nBcc: x\n\n", OLD "\nno field\nBcc: x\n\n"},
	{"hello\nworld\n", NEW_FROM DATE NEW_ID "\nhello\nworld\n"},
	{" hello\n", NEW_FROM DATE NEW_ID "\n hello\n"},
	{"Subject: x\nFrom", "Subject: x\n" NEW_FROM DATE NEW_ID "\nFrom"},
	{"From:\n \"Anna, B.\"\n <ANNA@local.test> (me),\n info@local.test\n"
	    "Date: x\nMessage-ID: y\n\n",
	    "From:\n \"Anna, B.\"\n <ANNA@local.test> (me),\n info@local.test"
	    "\nDate: x\nMessage-ID: y\n\n"},
};

START_TEST(mends_what_is_missing_and_no_more)
{
	struct submit_rules mine = rules();
	struct submit_text text = {0};
	struct str out = {0};

	ck_assert_int_eq(submit_take(&text, &mine,
	    slice_of(letters[_i].header), &out), SUBMIT_FINE);
	ck_assert_int_eq(submit_end(&text, &mine, &out), SUBMIT_FINE);
	ck_assert_str_eq(str_c(&out), letters[_i].mended);
	submit_text_free(&text);
	str_free(&out);
}
END_TEST

START_TEST(pieces_change_nothing)
{
	struct slice all = slice_of(letters[_i].header);
	struct submit_rules mine = rules();

	for (size_t step = 1; step <= all.len; step++) {
		struct submit_text text = {0};
		struct str out = {0};

		for (size_t at = 0; at < all.len; at += step) {
			size_t left = all.len - at;

			ck_assert_int_eq(submit_take(&text, &mine,
			    slice_make(all.s + at, left < step ? left : step),
			    &out), SUBMIT_FINE);
		}
		ck_assert_int_eq(submit_end(&text, &mine, &out), SUBMIT_FINE);
		ck_assert_str_eq(str_c(&out), letters[_i].mended);
		submit_text_free(&text);
		str_free(&out);
	}
}
END_TEST

static const struct {
	const char *header;
	enum submit_fault fault;
} refused[] = {
	{"From: boss@local.test\n\n", SUBMIT_FROM_NOT_OWN},
	{"from : boss@local.test\n\n", SUBMIT_FROM_NOT_OWN},
	{"From:\n boss@local.test\n\n", SUBMIT_FROM_NOT_OWN},
	{"From: anna@local.test, boss@local.test\n\n", SUBMIT_FROM_NOT_OWN},
	{"From: anna@local.test\nFrom: boss@local.test\n\n",
	    SUBMIT_FROM_NOT_OWN},
	{"From: anna@local.test\n ,boss@local.test\n\n", SUBMIT_FROM_NOT_OWN},
	{"From: anna@local.test (<boss@local.test>) <boss@local.test>\n\n",
	    SUBMIT_FROM_BAD},
	{"From: anna@local.test <boss@local.test>\n\n", SUBMIT_FROM_BAD},
	{"From: boss@local.test <anna@local.test>\n\n", SUBMIT_FROM_BAD},
	{"From: <anna@local.test> <boss@local.test>\n\n", SUBMIT_FROM_BAD},
	{"From: Anna:anna@local.test,boss@local.test;\n\n",
	    SUBMIT_FROM_NOT_OWN},
	{"From: boss@local.test: anna@local.test;\n\n", SUBMIT_FROM_BAD},
	{"From: <@local.test:anna@local.test>\n\n", SUBMIT_FROM_BAD},
	{"From: \"anna@local.test\n\n", SUBMIT_FROM_BAD},
	{"From:\n\n", SUBMIT_FROM_BAD},
	{"From: ,\n\n", SUBMIT_FROM_BAD},
	{"From: nobody:;\n\n", SUBMIT_FROM_BAD},
	{"From: <>\n\n", SUBMIT_FROM_BAD},
	{"From: anna\n\n", SUBMIT_FROM_NOT_OWN},
	{"From: anna@local.test\x01\n\n", SUBMIT_FROM_BAD},
	{"From: boss@local.test", SUBMIT_FROM_NOT_OWN},
	{"Subject: x\n y\nFROM: boss@local.test\nSubject: z\n",
	    SUBMIT_FROM_NOT_OWN},
};

START_TEST(others_cannot_be_written_as)
{
	struct submit_rules mine = rules();
	struct submit_text text = {0};
	struct str out = {0};
	enum submit_fault fault = submit_take(&text, &mine,
	    slice_of(refused[_i].header), &out);

	if (fault == SUBMIT_FINE)
		fault = submit_end(&text, &mine, &out);
	ck_assert_int_eq(fault, refused[_i].fault);
	ck_assert_uint_eq(out.len, 0);
	submit_text_free(&text);
	str_free(&out);
}
END_TEST

START_TEST(a_nul_in_from_is_refused)
{
	static const char header[] = "From: \"x\0\" <anna@local.test>\n\n";
	struct submit_rules mine = rules();
	struct str out = {0};

	ck_assert_int_eq(submit_header(&out, slice_make(header,
	    sizeof header - 1), &mine), SUBMIT_FROM_BAD);
}
END_TEST

START_TEST(without_owns_from_is_not_looked_at)
{
	struct submit_rules mine = rules();
	struct str out = {0};

	mine.owns = NULL;
	ck_assert_int_eq(submit_header(&out, slice_of("From: (\nDate: x\n"
	    "Message-ID: y\n\n"), &mine), SUBMIT_FINE);
	ck_assert_str_eq(str_c(&out), "From: (\nDate: x\nMessage-ID: y\n\n");
	str_free(&out);
}
END_TEST

static const struct {
	const char *header, *mended;
} with_sender[] = {
	{OLD "Sender: x@y.test\n\n", OLD "\n"},
	{"From: boss@local.test\nDate: x\nMessage-ID: y\nsender: x\n\n",
	    "From: boss@local.test\nDate: x\nMessage-ID: y\n"
	    "Sender: ben@local.test\n\n"},
	{"From: a@b.test <anna@local.test>\nDate: x\nMessage-ID: y\n\n",
	    "From: a@b.test <anna@local.test>\nDate: x\nMessage-ID: y\n"
	    "Sender: ben@local.test\n\n"},
};

START_TEST(a_sender_says_who_wrote)
{
	struct submit_rules mine = rules();
	struct str out = {0};

	mine.sender = slice_of("ben@local.test");
	for (size_t i = 0; i < sizeof with_sender / sizeof *with_sender;
	    i++) {
		str_clear(&out);
		ck_assert_int_eq(submit_header(&out,
		    slice_of(with_sender[i].header), &mine), SUBMIT_FINE);
		ck_assert_str_eq(str_c(&out), with_sender[i].mended);
	}
	str_free(&out);
}
END_TEST

START_TEST(no_from_is_made_of_nobody)
{
	struct submit_rules mine = rules();
	struct str out = {0};

	mine.from = slice_of("");
	ck_assert_int_eq(submit_header(&out, slice_of("Date: x\n\n"), &mine),
	    SUBMIT_FINE);
	ck_assert_str_eq(str_c(&out), "Date: x\n" NEW_ID "\n");
	str_free(&out);
}
END_TEST

/* A header of len bytes, in pieces, and a body behind it. */
static enum submit_fault
take_long(size_t len, size_t step, struct str *out, size_t *most_held)
{
	struct submit_rules mine = rules();
	struct submit_text text = {0};
	enum submit_fault fault = SUBMIT_FINE;
	struct str all = {0};

	str_puts(&all, OLD "X: ");
	while (all.len < len - 1)
		str_putc(&all, all.len % 70 ? 'x' :
		    all.len + 2 < len ? '\n' : 'y');
	for (size_t i = sizeof OLD; i < all.len; i++)
		if (all.s[i - 1] == '\n')
			all.s[i] = ' ';
	str_putc(&all, '\n');
	all.s[all.len - 2] = '\n';
	str_puts(&all, "body\n");
	*most_held = 0;
	for (size_t at = 0; at < all.len && fault == SUBMIT_FINE;
	    at += step) {
		size_t left = all.len - at;

		fault = submit_take(&text, &mine, slice_make(all.s + at,
		    left < step ? left : step), out);
		if (text.header.len > *most_held)
			*most_held = text.header.len;
	}
	submit_text_free(&text);
	str_free(&all);
	return fault;
}

START_TEST(a_header_has_a_limit)
{
	static const size_t steps[] = {1, 100, 16384};
	struct str out = {0};
	size_t held;

	ck_assert_int_eq(take_long(SUBMIT_HEADER_MAX, steps[_i], &out, &held),
	    SUBMIT_FINE);
	ck_assert_uint_eq(out.len, SUBMIT_HEADER_MAX + 5);
	str_clear(&out);
	ck_assert_int_eq(take_long(SUBMIT_HEADER_MAX + 1, steps[_i], &out,
	    &held), SUBMIT_TOO_LONG);
	ck_assert_uint_eq(out.len, 0);
	ck_assert_int_eq(take_long(8 * 1024 * 1024, steps[_i], &out, &held),
	    SUBMIT_TOO_LONG);
	ck_assert_uint_le(held, SUBMIT_HEADER_MAX + steps[_i]);
	str_free(&out);
}
END_TEST

START_TEST(the_body_flows_through)
{
	struct submit_rules mine = rules();
	struct submit_text text = {0};
	struct str out = {0};

	ck_assert_int_eq(submit_take(&text, &mine, slice_of(OLD "\nbo"),
	    &out), SUBMIT_FINE);
	ck_assert_str_eq(str_c(&out), OLD "\nbo");
	ck_assert_int_eq(submit_take(&text, &mine, slice_of("dy\nFrom: boss"),
	    &out), SUBMIT_FINE);
	ck_assert_str_eq(str_c(&out), OLD "\nbody\nFrom: boss");
	ck_assert_uint_eq(text.header.len, 0);
	ck_assert_int_eq(submit_end(&text, &mine, &out), SUBMIT_FINE);
	ck_assert_str_eq(str_c(&out), OLD "\nbody\nFrom: boss");
	submit_text_free(&text);
	str_free(&out);
}
END_TEST

START_TEST(every_address_is_asked_about_but_not_thousands)
{
	struct submit_rules mine = rules();
	struct str header = {0}, out = {0};

	asked = 0;
	str_puts(&header, "From: ");
	for (int i = 0; i < 98; i++)
		str_puts(&header, "info@local.test,\n ");
	str_puts(&header, "anna@local.test\nFrom: anna@local.test\n");
	ck_assert_int_eq(submit_header(&out, str_slice(&header), &mine),
	    SUBMIT_FINE);
	ck_assert_uint_eq(asked, 100);
	str_puts(&header, "From: anna@local.test\n\n");
	ck_assert_int_eq(submit_header(&out, str_slice(&header), &mine),
	    SUBMIT_FROM_BAD);
	str_free(&header);
	str_free(&out);
}
END_TEST

int
main(void)
{
	struct unit unit = unit_make("submit_header");
	int count = sizeof letters / sizeof *letters;

	tcase_add_loop_test(unit.cases, mends_what_is_missing_and_no_more, 0,
	    count);
	tcase_add_loop_test(unit.cases, pieces_change_nothing, 0, count);
	tcase_add_loop_test(unit.cases, others_cannot_be_written_as, 0,
	    sizeof refused / sizeof *refused);
	tcase_add_test(unit.cases, a_nul_in_from_is_refused);
	tcase_add_test(unit.cases, without_owns_from_is_not_looked_at);
	tcase_add_test(unit.cases, no_from_is_made_of_nobody);
	tcase_add_loop_test(unit.cases, a_header_has_a_limit, 0, 3);
	tcase_add_test(unit.cases, the_body_flows_through);
	tcase_add_test(unit.cases, a_sender_says_who_wrote);
	tcase_add_test(unit.cases,
	    every_address_is_asked_about_but_not_thousands);
	return unit_run(unit);
}
