/* test_report - what a delivery report says, in words and for machines. */
/* links: cmd/bounce-write/report.c cmd/bounce-write/digest.c cmd/bounce-write/held.c cmd/bounce-write/letter.c */
#include "cmd/bounce-write/report.h"
#include "tests/unit/unit.h"

#include <string.h>

static struct report_settings settings;
static struct job job;
static struct str text;

static void
set_up(void)
{
	settings = (struct report_settings){.queuelifetime_s = 5 * 86400};
	str_puts(&settings.me, "mail.local.test");
	str_puts(&settings.bouncefrom, "MAILER-DAEMON");
	str_puts(&settings.bouncehost, "local.test");
	job = (struct job){.arrived_us = 1793397600123456};
	str_puts(&job.id, "6qw5c1zj3k00abc");
	str_puts(&job.sender, "writer@local.test");
	text = (struct str){0};
}

static void
tear_down(void)
{
	record_free(job_fields, &job);
	str_free(&settings.me);
	str_free(&settings.bouncefrom);
	str_free(&settings.bouncehost);
	str_free(&text);
}

static void
add(const char *rcpt, const char *row)
{
	strs_add(&job.rcpts, slice_of(rcpt));
	strs_add(&job.reports, slice_of(row));
}

static const char *
write_report(const char *message, bool is_whole)
{
	struct report report = {.settings = &settings, .job = &job,
	    .to = slice_of("writer@local.test"),
	    .id = slice_of("b0123456789abcdefghjkmnpqrs"),
	    .message = slice_of(message), .is_whole = is_whole,
	    .now_us = 1793397700000000};

	report_write(&text, &report);
	return str_c(&text);
}

static void
expect(const char *part)
{
	ck_assert_msg(strstr(str_c(&text), part) != NULL, "no %s in\n%s", part,
	    str_c(&text));
}

static void
expect_not(const char *part)
{
	ck_assert_msg(strstr(str_c(&text), part) == NULL, "%s in\n%s", part,
	    str_c(&text));
}

static const char failed[] =
    "failed\t\t550 5.1.1 mx.outside.test no such user here";
static const char delivered[] = "delivered\t\t250 2.0.0 - delivered";

START_TEST(a_digest_names_what_is_kept)
{
	struct report report = {.settings = &settings, .job = &job,
	    .to = slice_of("postmaster@local.test"),
	    .id = slice_of("b0123456789abcdefghjkmnpqrs"),
	    .now_us = 1793397700000000};

	str_clear(&job.sender);
	str_puts(&job.envid, "7");
	ck_assert(!digest_is_wanted(&job));
	add("u@backed.test", "quarantined\t6qw5c1zj3k00abc x@outside.test\t"
			     "550 5.1.1 mx.backed.test nobody");
	add("v@backed.test", "quarantined\t6qw5c1zj3k00abd \t- - - -");
	add("w@backed.test", "quarantined");
	ck_assert(digest_is_wanted(&job));
	digest_write(&text, &report);
	expect("To: <postmaster@local.test>\n"
	       "Subject: Mail in quarantine: 7 refused by another host\n");
	expect("\n  6qw5c1zj3k00abc  from <x@outside.test> to "
	       "<u@backed.test>\n    550 5.1.1 mx.backed.test nobody\n");
	expect("\n  6qw5c1zj3k00abd  from <> to <v@backed.test>\n");
	expect("\n  ... and 4 more\n");
	expect("Auto-Submitted: auto-generated\n");
}
END_TEST

START_TEST(a_note_of_held_mail_counts_by_domain)
{
	struct report report = {.settings = &settings, .job = &job,
	    .to = slice_of("postmaster@local.test"),
	    .id = slice_of("b0123456789abcdefghjkmnpqrs"),
	    .now_us = 1793397700000000};

	str_clear(&job.sender);
	str_puts(&job.envid, "4");
	ck_assert(!held_is_wanted(&job));
	add("a.test", "held-2968\t\t120 1036800");
	add("b.test", "held-2968\t\t1 90000");
	add("c.test", "held-");
	ck_assert(held_is_wanted(&job) && !digest_is_wanted(&job));
	held_write(&text, &report);
	expect("To: <postmaster@local.test>\n"
	       "Subject: Mail is held that nobody has asked for\n");
	expect("\n  a.test: 120 messages, the oldest for 12 days\n"
	       "  b.test: 1 message, the oldest for 25 hours\n"
	       "  c.test: 0 messages, the oldest for 0 hours\n"
	       "  ... and 1 more domain\n");
	expect("Auto-Submitted: auto-generated\n");
}
END_TEST

START_TEST(a_failure_says_who_and_why)
{
	str_puts(&job.envid, "QQ+203");
	add("a@local.test", "failed\trfc822;A+2B@Local.test\t"
			    "550 5.1.1 mx.outside.test no such user here");
	write_report("Subject: x\n\nbody\n", true);
	expect("From: Mail Delivery System <MAILER-DAEMON@local.test>\n"
	       "To: <writer@local.test>\n");
	expect("Subject: Undelivered mail: returned to sender\n");
	expect("Auto-Submitted: auto-replied\n");
	expect("report-type=delivery-status;\n");
	expect("  <a@local.test>\n"
	       "    mx.outside.test said: no such user here (550 5.1.1)\n");
	expect("Content-Type: message/delivery-status\n\n"
	       "Reporting-MTA: dns; mail.local.test\n"
	       "Original-Envelope-Id: QQ 3\nArrival-Date: ");
	expect("\n\nOriginal-Recipient: rfc822;A+@Local.test\n"
	       "Final-Recipient: rfc822; a@local.test\nAction: failed\n"
	       "Status: 5.1.1\nRemote-MTA: dns; mx.outside.test\n"
	       "Diagnostic-Code: smtp; 550 5.1.1 no such user here\n");
	expect("Content-Type: message/rfc822\n\nSubject: x\n\nbody\n\n"
	       "--=_b0123456789abcdefghjkmnpqrs--\n");
	expect_not("8bit");
}
END_TEST

START_TEST(a_delay_says_until_when)
{
	add("a@outside.test", "delayed\t\t451 4.4.1 - no connection");
	write_report("Subject: x\n", false);
	expect("Subject: Delayed mail: still being tried\n");
	expect("you need not send it again");
	expect("Action: delayed\nStatus: 4.4.1\n");
	expect("Will-Retry-Until: ");
	expect("Content-Type: text/rfc822-headers\n\nSubject: x\n\n--=_");
}
END_TEST

START_TEST(what_was_delivered_is_not_among_the_failed)
{
	const char *bad, *good;

	add("good@local.test", delivered);
	add("bad@local.test", failed);
	write_report("Subject: x\n", false);
	expect("Subject: Undelivered mail");
	bad = strstr(str_c(&text), "could not be delivered");
	good = strstr(str_c(&text), "was delivered");
	ck_assert_ptr_nonnull(bad);
	ck_assert_ptr_nonnull(good);
	ck_assert(bad < strstr(str_c(&text), "<bad@local.test>"));
	ck_assert(strstr(str_c(&text), "<bad@local.test>") < good);
	ck_assert(good < strstr(str_c(&text), "<good@local.test>"));
	expect("Action: delivered\nStatus: 2.0.0\n");
}
END_TEST

START_TEST(nobodys_message_is_a_double_bounce)
{
	str_clear(&job.sender);
	add("a@local.test", failed);
	write_report("Subject: x\n", false);
	expect("Subject: Undelivered mail from nobody");
	expect("no one else can be told");
}
END_TEST

START_TEST(status_follows_from_the_code_if_need_be)
{
	add("a@local.test", "failed\t\t550 - - no");
	add("b@local.test", "failed\t\t- - - -");
	add("c@local.test", "delivered\t\t250 - - -");
	add("d@local.test", "failed\t\t");
	add("e@local.test", "failed");
	add("f@local.test", "failed\t\t451 - - given up");
	add("g@local.test", "delayed\t\t- - - -");
	write_report("", false);
	expect("rfc822; a@local.test\nAction: failed\nStatus: 5.0.0\n"
	       "Diagnostic-Code: smtp; 550 no\n");
	expect("rfc822; b@local.test\nAction: failed\nStatus: 5.0.0\n\n");
	expect("rfc822; c@local.test\nAction: delivered\nStatus: 2.0.0\n");
	expect("rfc822; f@local.test\nAction: failed\nStatus: 4.0.0\n");
	expect("rfc822; g@local.test\nAction: delayed\nStatus: 4.0.0\n");
	expect("rfc822; e@local.test\nAction: failed\nStatus: 5.0.0\n");
}
END_TEST

START_TEST(long_words_are_folded)
{
	struct str row = {0};

	str_puts(&row, "failed\t\t550 5.0.0 mx.outside.test ");
	for (int i = 0; i < 950; i++)
		str_puts(&row, i % 10 == 9 ? " " : "\xc3\xa4");
	add("a@local.test", str_c(&row));
	row.len = 0;
	str_puts(&row, "failed\t\t550 5.0.0 mx.outside.test ");
	for (int i = 0; i < 950; i++)
		str_puts(&row, "\xc3\xa4");
	add("b@local.test", str_c(&row));
	write_report("", false);
	for (struct slice rest = str_slice(&text); rest.s;) {
		struct slice line = slice_cut(&rest, '\n');

		ck_assert_uint_le(line.len, 998);
		ck_assert(!line.len || ((unsigned char)line.s[0] & 0xc0) != 0x80);
	}
	str_free(&row);
}
END_TEST

START_TEST(eight_bits_are_declared)
{
	add("\xe7\x94\xa8\xe6\x88\xb7@local.test", failed);
	write_report("Subject: x\n", false);
	expect("Final-Recipient: utf-8; \xe7\x94\xa8");
	expect("Content-Type: message/global-delivery-status\n");
	expect("Content-Transfer-Encoding: 8bit\n\nThis is a delivery report");
}
END_TEST

static const struct {
	const char *xtext, *plain;
} xtexts[] = {
    {"abc", "abc"},
    {"a+2Bb", "a+b"},
    {"a+3Db", "a=b"},
    {"a+2bb", "a+2bb"}, /* RFC 3461 4: upper case */
    {"a+", "a+"},
    {"a+2", "a+2"},
    {"+2B", "+"},
    {"a+0Ab", "a?b"},
    {"a+0D+0ABcc:x", "a??Bcc:x"},
    {"a+7Fb", "a?b"},
    {"a+FF+C3+A4b", "a???b"}, /* RFC 3461 4.4, 6533 3: no way to say 8 bits */
    {"", ""},
};

START_TEST(xtext_is_decoded_to_what_is_harmless)
{
	report_xtext(&text, slice_of(xtexts[_i].xtext));
	ck_assert_str_eq(str_c(&text), xtexts[_i].plain);
}
END_TEST

static const struct {
	const char *message, *header;
} headers[] = {
    {"A: b\nC: d\n\nbody\n", "A: b\nC: d\n"},
    {"A: b\nC: d\n", "A: b\nC: d\n"},
    {"A: b\nC: d", "A: b\nC: d"},
    {"\nbody\n", ""},
    {"", ""},
};

START_TEST(the_header_ends_at_the_first_empty_line)
{
	struct slice header = report_header(slice_of(headers[_i].message));

	ck_assert(slice_is(header, headers[_i].header));
}
END_TEST

int
main(void)
{
	struct unit unit = unit_make("report");

	tcase_add_checked_fixture(unit.cases, set_up, tear_down);
	tcase_add_test(unit.cases, a_failure_says_who_and_why);
	tcase_add_test(unit.cases, a_delay_says_until_when);
	tcase_add_test(unit.cases, what_was_delivered_is_not_among_the_failed);
	tcase_add_test(unit.cases, nobodys_message_is_a_double_bounce);
	tcase_add_test(unit.cases, status_follows_from_the_code_if_need_be);
	tcase_add_test(unit.cases, long_words_are_folded);
	tcase_add_test(unit.cases, eight_bits_are_declared);
	tcase_add_test(unit.cases, a_digest_names_what_is_kept);
	tcase_add_test(unit.cases, a_note_of_held_mail_counts_by_domain);
	tcase_add_loop_test(unit.cases, xtext_is_decoded_to_what_is_harmless,
	    0, sizeof xtexts / sizeof *xtexts);
	tcase_add_loop_test(unit.cases,
	    the_header_ends_at_the_first_empty_line, 0,
	    sizeof headers / sizeof *headers);
	return unit_run(unit);
}
