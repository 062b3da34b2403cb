/* test_job - jobs and results keep what they hold, within their limits. */
#include "lib/mail/job.h"

#include "lib/base/local_socket.h"
#include "tests/unit/unit.h"

#include <check.h>

static void
fill(struct str *to, char c, size_t count)
{
	while (count--)
		str_putc(to, c);
}

static void
add_rcpts(struct strs *list, size_t count, size_t len)
{
	struct str text = {0};

	fill(&text, 'r', len);
	for (size_t i = 0; i < count; i++)
		strs_add(list, str_slice(&text));
	str_free(&text);
}

START_TEST(job_survives_the_wire)
{
	struct job job = {.number = 7, .arrived_us = 1793397600123456,
		.head_len = 300, .length = 4711, .first = 1, .smtputf8 = 1};
	struct job back = {0};
	struct str packet = {0};
	struct slice rest;

	str_puts(&job.id, "6qw5c1zj3k00abc");
	str_puts(&job.sender, "someone@example.org");
	strs_add(&job.rcpts, slice_of("u@local.test"));
	strs_add(&job.rcpts, slice_of("v@local.test"));
	strs_add(&job.reports, slice_of("failed\t\t\twords"));
	str_puts(&job.envid, "QQ314159");
	record_encode(&packet, job_fields, &job);
	rest = str_slice(&packet);
	ck_assert_int_eq(record_decode(&rest, job_fields, &back), 0);
	ck_assert_uint_eq(rest.len, 0);
	ck_assert_uint_eq(back.number, 7);
	ck_assert_uint_eq(back.arrived_us, 1793397600123456);
	ck_assert_uint_eq(back.length, 4711);
	ck_assert_uint_eq(back.first, 1);
	ck_assert_str_eq(str_c(&back.sender), "someone@example.org");
	ck_assert_uint_eq(back.rcpts.len, 2);
	ck_assert_str_eq(str_c(&back.rcpts.v[1]), "v@local.test");
	ck_assert_str_eq(str_c(&back.reports.v[0]), "failed\t\t\twords");
	ck_assert_str_eq(str_c(&back.lane), "");
	record_free(job_fields, &job);
	record_free(job_fields, &back);
	str_free(&packet);
}
END_TEST

/* What a job may not be. */
static const struct {
	const char *name;
	size_t rcpts, rcpt_len;
	uint64_t first;
	bool is_good;
} shapes[] = {
	{"100 recipients", 100, ADDRESS_TEXT_MAX, 0, true},
	{"101 recipients", 101, 10, 0, false},
	{"an address too long", 1, ADDRESS_TEXT_MAX + 1, 0, false},
	{"first beyond 1", 1, 10, 2, false},
};

START_TEST(limits_hold)
{
	struct job job = {.first = shapes[_i].first}, back = {0};
	struct str packet = {0};
	struct slice rest;

	add_rcpts(&job.rcpts, shapes[_i].rcpts, shapes[_i].rcpt_len);
	record_encode(&packet, job_fields, &job);
	rest = str_slice(&packet);
	ck_assert_msg((record_decode(&rest, job_fields, &back) == 0) ==
	    shapes[_i].is_good, "%s", shapes[_i].name);
	record_free(job_fields, &job);
	record_free(job_fields, &back);
	str_free(&packet);
}
END_TEST

START_TEST(full_result_fits_into_a_packet)
{
	struct job_result result = {.number = UINT64_MAX};
	struct str words = {0}, long_text = {0}, packet = {0};

	fill(&long_text, 'x', 4000);
	job_verdict(&words, JOB_LATER, 451, "4.3.0", "host.example",
	    str_c(&long_text));
	ck_assert_uint_eq(words.len, WORDS_MAX);
	fill(&result.id, 'i', 27);
	add_rcpts(&result.rcpts, JOB_RCPTS_MAX, ADDRESS_TEXT_MAX);
	for (size_t i = 0; i < JOB_RCPTS_MAX; i++)
		strs_add(&result.verdicts, str_slice(&words));
	record_encode(&packet, job_result_fields, &result);
	ck_assert_uint_le(packet.len, PACKET_MAX);
	record_free(job_result_fields, &result);
	str_free(&words);
	str_free(&long_text);
	str_free(&packet);
}
END_TEST

static const struct {
	const char *enhanced, *host, *text, *line;
} verdicts[] = {
	{"2.0.0", "mx.example", "fine", "Z 250 2.0.0 mx.example fine"},
	{NULL, NULL, "fine", "Z 250 - - fine"},
	{"", "", NULL, "Z 250 - - "},
	{"2.0.0", NULL, "two\r\nlines\t\x7f.", "Z 250 2.0.0 - two  lines  ."},
};

START_TEST(verdict_is_one_line_of_words)
{
	struct str line = {0};

	job_verdict(&line, JOB_LATER, 250, verdicts[_i].enhanced,
	    verdicts[_i].host, verdicts[_i].text);
	ck_assert_str_eq(str_c(&line), verdicts[_i].line);
	str_free(&line);
}
END_TEST

START_TEST(verdict_is_not_cut_inside_a_character)
{
	struct str line = {0}, text = {0};

	/* "D 550 5.1.1 - " is 14 bytes: é would lie across the limit */
	fill(&text, 'x', WORDS_MAX - 14 - 1);
	str_puts(&text, "\xc3\xa9");
	job_verdict(&line, JOB_FAILED, 550, "5.1.1", NULL, str_c(&text));
	ck_assert_uint_eq(line.len, WORDS_MAX - 1);
	ck_assert_int_eq(line.s[line.len - 1], 'x');
	str_free(&line);
	str_free(&text);
}
END_TEST

int
main(void)
{
	struct unit unit = unit_make("job");
	TCase *cases = unit.cases;

	tcase_add_test(cases, job_survives_the_wire);
	tcase_add_loop_test(cases, limits_hold, 0,
	    sizeof shapes / sizeof *shapes);
	tcase_add_test(cases, full_result_fits_into_a_packet);
	tcase_add_loop_test(cases, verdict_is_one_line_of_words, 0,
	    sizeof verdicts / sizeof *verdicts);
	tcase_add_test(cases, verdict_is_not_cut_inside_a_character);
	return unit_run(unit);
}
