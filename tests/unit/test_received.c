/* test_received - our trace line, and counting those of others. */
#include "lib/mail/received.h"
#include "tests/unit/unit.h"

#include <string.h>

static struct received
example(void)
{
	return (struct received){
		.helo = slice_of("mail.example.org"),
		.client = slice_of("[192.0.2.1]"),
		.by = slice_of("mx.local.test"),
		.protocol = "ESMTP",
		.id = slice_of("6qw5c1zj3k00abc"),
		.recipient = slice_of("u@local.test"),
	};
}

START_TEST(line_is_that_of_rfc_5321)
{
	struct received received = example();
	struct str line = {0};

	received_add(&line, &received);
	ck_assert_str_eq(str_c(&line),
	    "Received: from mail.example.org ([192.0.2.1])\n"
	    "\tby mx.local.test with ESMTP id 6qw5c1zj3k00abc\n"
	    "\tfor <u@local.test>;\n"
	    "\tThu, 1 Jan 1970 00:00:00 +0000\n");
	str_free(&line);
}
END_TEST

START_TEST(several_recipients_are_not_named)
{
	struct received received = example();
	struct str line = {0};

	received.recipient = slice_of("");
	received_add(&line, &received);
	ck_assert_ptr_null(strstr(str_c(&line), "for"));
	str_free(&line);
}
END_TEST

START_TEST(hostile_helo_is_escaped)
{
	struct received received = example();
	struct str line = {0};

	received.helo = slice_of("a\r\nX: y\x80(;");
	received_add(&line, &received);
	ck_assert_int_eq(strncmp(str_c(&line),
	    "Received: from a\\x0d\\x0aX:\\x20y\\x80\\x28\\x3b (", 45), 0);
	str_free(&line);
}
END_TEST

START_TEST(protocol_tells_what_was_used)
{
	ck_assert_str_eq(received_protocol(false, false, false, false), "SMTP");
	ck_assert_str_eq(received_protocol(true, false, false, false), "ESMTP");
	ck_assert_str_eq(received_protocol(true, false, true, false), "ESMTPS");
	ck_assert_str_eq(received_protocol(true, false, true, true),
	    "ESMTPSA");
	ck_assert_str_eq(received_protocol(true, true, false, false),
	    "UTF8SMTP");
	ck_assert_str_eq(received_protocol(true, true, true, true),
	    "UTF8SMTPSA");
}
END_TEST

static const struct {
	const char *header;
	unsigned count;
} headers[] = {
	{"Received: a\nReceived: b\n\nReceived: c\n", 2},
	{"\nReceived: c\n", 0},
	{"RECEIVED: a\n\tReceived: folded\nreceived:b\n", 2},
	{"X-Received: a\nReceivedx: b\nReceived : c\n Received: d\n", 0},
	{"Received:\n\n", 1},
	{"Rec\n\nReceived: a\n", 0},
	{"", 0},
};

START_TEST(fields_are_counted_however_they_come)
{
	struct slice text = slice_of(headers[_i].header);

	for (size_t step = 1; step <= text.len + 1; step++) {
		struct hops hops = {0};

		for (size_t at = 0; at < text.len; at += step)
			hops_count(&hops, slice_make(text.s + at,
			    at + step < text.len ? step : text.len - at));
		ck_assert_uint_eq(hops.count, headers[_i].count);
	}
}
END_TEST

int
main(void)
{
	struct unit unit = unit_make("received");

	tcase_add_test(unit.cases, line_is_that_of_rfc_5321);
	tcase_add_test(unit.cases, several_recipients_are_not_named);
	tcase_add_test(unit.cases, hostile_helo_is_escaped);
	tcase_add_test(unit.cases, protocol_tells_what_was_used);
	tcase_add_loop_test(unit.cases, fields_are_counted_however_they_come, 0,
	    (int)(sizeof headers / sizeof *headers));
	return unit_run(unit);
}
