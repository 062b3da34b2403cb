/* test_submit_wire - netstrings on a stream, limits, and answers. */
#include "lib/mail/submit_wire.h"

#include "tests/unit/unit.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { MAX = 20 };

static const struct {
	const char *sent;
	enum stream_result result;
	const char *got;
} netstrings[] = {
    {"5:hello,", STREAM_OK, "hello"},
    {"0:,", STREAM_OK, ""},
    {"20:01234567890123456789,", STREAM_OK, "01234567890123456789"},
    {"21:012345678901234567890,", STREAM_TOO_LONG, ""},
    {"99999999:", STREAM_TOO_LONG, ""},
    {"999999999:", STREAM_TOO_LONG, ""},
    {"5:hello;", STREAM_TOO_LONG, "hello"},
    {":,", STREAM_TOO_LONG, ""},
    {"-1:,", STREAM_TOO_LONG, ""},
    {"5 :hello,", STREAM_TOO_LONG, ""},
    {"GET / HTTP/1.1", STREAM_TOO_LONG, ""},
    {"5:hel", STREAM_END, "hel"},
    {"5:hello", STREAM_END, "hello"},
    {"5", STREAM_END, ""},
    {"", STREAM_END, ""},
};

START_TEST(reads_netstrings_and_nothing_else)
{
	static struct stream stream;
	struct str got = {0};
	size_t len = strlen(netstrings[_i].sent);
	int fds[2];

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
	ck_assert_int_eq(write(fds[1], netstrings[_i].sent, len), (int)len);
	close(fds[1]);
	stream_init(&stream, fds[0]);
	stream_deadline(&stream, 1000);
	ck_assert_int_eq(submit_read(&stream, &got, MAX),
	    netstrings[_i].result);
	ck_assert_str_eq(str_c(&got), netstrings[_i].got);
	stream_free(&stream);
	str_free(&got);
	close(fds[0]);
}
END_TEST

START_TEST(a_silent_peer_is_waited_for_in_vain)
{
	static struct stream stream;
	struct str got = {0};
	int fds[2];

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
	ck_assert_int_eq(write(fds[1], "5:he", 4), 4);
	stream_init(&stream, fds[0]);
	stream_deadline(&stream, 50);
	ck_assert_int_eq(submit_read(&stream, &got, MAX), STREAM_TIMEOUT);
	stream_free(&stream);
	str_free(&got);
	close(fds[0]);
	close(fds[1]);
}
END_TEST

START_TEST(an_answer_is_cut_to_what_the_other_side_takes)
{
	struct submit_answer answer = {0};
	struct str wire = {0}, text = {0};
	struct slice record;

	for (int i = 0; i < 2000; i++)
		str_putc(&text, 'x');
	submit_answer_add(&wire, 550, str_slice(&text));
	record = str_slice(&wire);
	(void)slice_cut(&record, ':');
	ck_assert_int_eq(record_decode(&record, submit_answer_fields,
	    &answer), 0);
	ck_assert_str_eq(record.s, ",");
	ck_assert_uint_eq(answer.code, 550);
	ck_assert_uint_eq(answer.text.len, 1024);
	record_free(submit_answer_fields, &answer);
	str_free(&wire);
	str_free(&text);
}
END_TEST

START_TEST(an_answer_is_fit_for_a_terminal)
{
	struct str wire = {0};

	submit_answer_add(&wire, 501, slice_of("a\r\n\033[2J\377b"));
	ck_assert_uint_eq(wire.len, 24);
	ck_assert(!memcmp(wire.s, "20:16:c501\0ta???[2J?b\0,,", wire.len));
	str_free(&wire);
}
END_TEST

int
main(void)
{
	struct unit unit = unit_make("submit_wire");

	tcase_add_loop_test(unit.cases, reads_netstrings_and_nothing_else, 0,
	    sizeof netstrings / sizeof *netstrings);
	tcase_add_test(unit.cases, a_silent_peer_is_waited_for_in_vain);
	tcase_add_test(unit.cases,
	    an_answer_is_cut_to_what_the_other_side_takes);
	tcase_add_test(unit.cases, an_answer_is_fit_for_a_terminal);
	return unit_run(unit);
}
