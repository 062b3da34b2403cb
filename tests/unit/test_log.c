/* test_log - a line per event that no value can break, and that never waits. */
#include "lib/base/clock.h"
#include "lib/base/log.h"
#include "lib/base/utf8.h"
#include "tests/unit/unit.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static const struct {
	struct slice value;
	const char *escaped;
} values[] = {
    {{"plain", 5}, "plain"},
    {{"u@local.test", 12}, "u@local.test"},
    {{"", 0}, "\"\""},
    {{NULL, 0}, "\"\""},
    {{"two words", 9}, "\"two words\""},
    {{"a=b", 3}, "\"a=b\""},
    {{"say \"hi\"", 8}, "\"say \\\"hi\\\"\""},
    {{"back\\slash", 10}, "\"back\\\\slash\""},
    {{"a\nadmit id=1", 12}, "\"a\\x0aadmit id=1\""},
    {{"a\r\t\033[2J", 7}, "\"a\\x0d\\x09\\x1b[2J\""},
    {{"a\0b", 3}, "\"a\\x00b\""},
    {{"\x7f", 1}, "\"\\x7f\""},
    {{"gr\xc3\xbc\xc3\x9f", 6}, "\"gr\xc3\xbc\xc3\x9f\""},
    {{"gr\xfc\xdf", 4}, "\"gr\\xfc\\xdf\""},
    {{"\xc3", 1}, "\"\\xc3\""},
    {{"\xc2", 1}, "\"\\xc2\""},
    {{"\xc2\x9b" "2J", 4}, "\"\\xc2\\x9b2J\""}, /* CSI as a C1 control */
    {{"\xc2\xa0", 2}, "\"\xc2\xa0\""},
    {{"\xed\xa0\x80", 3}, "\"\\xed\\xa0\\x80\""},
};

START_TEST(values_are_escaped)
{
	struct str escaped = {0};

	log_escape(&escaped, values[_i].value);
	ck_assert_str_eq(str_c(&escaped), values[_i].escaped);
	str_free(&escaped);
}
END_TEST

/* stderr becomes a pipe whose other end is read here. */
static int from_log;

static void
catch_log(void)
{
	int ends[2];

	ck_assert_int_eq(pipe(ends), 0);
	ck_assert_int_eq(dup2(ends[1], STDERR_FILENO), STDERR_FILENO);
	close(ends[1]);
	from_log = ends[0];
	ck_assert_int_eq(fcntl(from_log, F_SETFL, O_NONBLOCK), 0);
	log_open();
}

static const char *
logged(void)
{
	static char text[1 << 17];
	ssize_t n = read(from_log, text, sizeof text - 1);

	text[n > 0 ? n : 0] = '\0';
	return text;
}

START_TEST(an_event_is_one_line)
{
	errno = EXDEV;
	log_event("deliver", "id", "6qw", "to", "a b", "via", NULL, "bytes",
	    log_number(UINT64_MAX).s, NULL);
	ck_assert_int_eq(errno, EXDEV);
	ck_assert_str_eq(logged(),
	    "deliver id=6qw to=\"a b\" bytes=18446744073709551615\n");
}
END_TEST

START_TEST(a_delay_is_in_seconds)
{
	struct log_number delay = log_delay(clock_wall_us() - 61002500);

	ck_assert(slice_starts(slice_of(delay.s), "61."));
	ck_assert_uint_eq(strlen(delay.s), strlen("61.002"));
	ck_assert_str_eq(log_delay(clock_wall_us() + 1000000).s, "0.000");
}
END_TEST

START_TEST(a_long_line_is_cut)
{
	char value[3 * LOG_LINE_MAX];
	const char *line;

	memset(value, 'x', sizeof value - 1);
	value[sizeof value - 1] = '\0';
	log_event("long", "a", value, "b", value, "c", value, "d", value,
	    "e", value, NULL);
	line = logged();
	ck_assert_uint_eq(strlen(line), LOG_LINE_MAX);
	ck_assert_str_eq(line + LOG_LINE_MAX - 4, "...\n");
}
END_TEST

START_TEST(a_cut_line_is_utf8)
{
	struct str value = {0};
	const char *line;

	for (int shift = 0; shift < 4; shift++) {
		str_clear(&value);
		str_add(&value, "xyz", (size_t)shift);
		for (int i = 0; i < LOG_LINE_MAX; i++)
			str_puts(&value, "\xf0\x9f\x93\xae");
		log_event("long", "a", str_c(&value), "b", str_c(&value), "c",
		    str_c(&value), "d", str_c(&value), "e", str_c(&value),
		    NULL);
		line = logged();
		ck_assert(utf8_valid(slice_of(line)));
		ck_assert_uint_le(strlen(line), LOG_LINE_MAX);
		ck_assert_str_eq(line + strlen(line) - 4, "...\n");
	}
	str_free(&value);
}
END_TEST

/* A stranger's words may not push out what we have to say about them. */
START_TEST(a_long_value_leaves_room_for_others)
{
	static const char *const units[] = {"x", "\x01", "\xc2\x9b", "\\",
		"\xf0\x9f\x93\xae", "\xff"};
	struct str value = {0};
	const char *line;

	for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
		str_clear(&value);
		while (value.len < LOG_LINE_MAX)
			str_puts(&value, units[i]);
		log_event("refuse", "helo", str_c(&value), "to",
		    str_c(&value), "code", "501", NULL);
		line = logged();
		ck_assert(utf8_valid(slice_of(line)));
		ck_assert_uint_lt(strlen(line), 2 * LOG_VALUE_MAX + 80);
		ck_assert_str_eq(strstr(line, " code="), " code=501\n");
		ck_assert_ptr_nonnull(strstr(line, "..."));
	}
	str_free(&value);
}
END_TEST

START_TEST(a_stuck_logger_is_not_waited_for)
{
	const char *said;

	for (int i = 0; i < 10000; i++)
		log_event("flood", "why", "a line of some length", NULL);
	while (*logged())
		;
	log_event("after", NULL);
	said = logged();
	ck_assert(slice_starts(slice_of(said), "log_lost count="));
	ck_assert_ptr_nonnull(strstr(said, "\nafter\n"));
	log_event("again", NULL);
	ck_assert_str_eq(logged(), "again\n");
}
END_TEST

START_TEST(gathered_lines_wait_for_the_flush)
{
	log_gather();
	log_event("first", "id", "1", NULL);
	log_event("second", NULL);
	ck_assert_str_eq(logged(), "");
	log_flush();
	ck_assert_str_eq(logged(), "first id=1\nsecond\n");
	log_flush();
	ck_assert_str_eq(logged(), "");
}
END_TEST

START_TEST(gathered_lines_leave_whole)
{
	const char *said;

	log_gather();
	for (int i = 0; i < 1000; i++)
		log_event("event", "count", log_number(1000U + (unsigned)i).s, NULL);
	said = logged();
	ck_assert_uint_gt(strlen(said), LOG_LINE_MAX);
	ck_assert_uint_eq(strlen(said) % strlen("event count=1000\n"), 0);
}
END_TEST

START_TEST(no_stderr_is_no_trouble)
{
	close(STDERR_FILENO);
	log_open();
	log_event("nobody", NULL);
}
END_TEST

START_TEST(a_crowd_is_counted_once_a_second)
{
	struct log_crowd crowd = {0};

	ck_assert_uint_eq(log_crowd(&crowd, 500), 1);
	ck_assert_uint_eq(log_crowd(&crowd, 500), 0);
	ck_assert_uint_eq(log_crowd(&crowd, 1499), 0);
	ck_assert_uint_eq(log_crowd(&crowd, 1500), 3);
	ck_assert_uint_eq(log_crowd(&crowd, 2499), 0);
	ck_assert_uint_eq(log_crowd(&crowd, 9000), 2);
}
END_TEST

int
main(void)
{
	struct unit unit = unit_make("log");

	tcase_add_checked_fixture(unit.cases, catch_log, NULL);
	tcase_add_loop_test(unit.cases, values_are_escaped, 0,
	    sizeof values / sizeof *values);
	tcase_add_test(unit.cases, an_event_is_one_line);
	tcase_add_test(unit.cases, a_delay_is_in_seconds);
	tcase_add_test(unit.cases, a_long_line_is_cut);
	tcase_add_test(unit.cases, a_cut_line_is_utf8);
	tcase_add_test(unit.cases, a_long_value_leaves_room_for_others);
	tcase_add_test(unit.cases, a_stuck_logger_is_not_waited_for);
	tcase_add_test(unit.cases, gathered_lines_wait_for_the_flush);
	tcase_add_test(unit.cases, gathered_lines_leave_whole);
	tcase_add_test(unit.cases, a_crowd_is_counted_once_a_second);
	tcase_add_test(unit.cases, no_stderr_is_no_trouble);
	return unit_run(unit);
}
