/* test_stream - lines, limits and deadlines over a pair of sockets. */
#include "lib/base/clock.h"
#include "lib/base/stream.h"
#include "tests/unit/unit.h"

#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static struct stream stream;
static struct str line;
static int peer;

static void
connect_pair(void)
{
	int ends[2];

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
	stream_init(&stream, ends[0]);
	stream_deadline(&stream, 5000);
	peer = ends[1];
}

static void
disconnect_pair(void)
{
	stream_free(&stream);
	str_free(&line);
	close(stream.fd);
	close(peer);
}

static void
say(const char *text)
{
	ck_assert_int_eq(write(peer, text, strlen(text)),
	    (ssize_t)strlen(text));
}

#define assert_line(text) do { \
	ck_assert_int_eq(stream_line(&stream, &line, 100), STREAM_OK); \
	ck_assert_str_eq(str_c(&line), text); \
} while (0)

START_TEST(lines_come_one_by_one)
{
	say("one\r\ntwo\n\nthr");
	assert_line("one\r\n");
	assert_line("two\n");
	assert_line("\n");
	say("ee\n");
	assert_line("three\n");
}
END_TEST

START_TEST(a_line_may_fill_its_limit)
{
	say("abcd\nabcde\nnext\n");
	ck_assert_int_eq(stream_line(&stream, &line, 5), STREAM_OK);
	ck_assert_int_eq(stream_line(&stream, &line, 5), STREAM_TOO_LONG);
	ck_assert_uint_le(line.len, 5);
	assert_line("next\n");
}
END_TEST

START_TEST(a_huge_line_costs_no_memory)
{
	pid_t pid = fork();

	if (pid == 0) {
		static char much[1 << 20];

		memset(much, 'x', sizeof much);
		for (int i = 0; i < 8; i++)
			for (size_t at = 0; at < sizeof much; )
				at += (size_t)write(peer, much + at,
				    sizeof much - at);
		_exit(write(peer, "\nend\n", 5) == 5 ? 0 : 1);
	}
	ck_assert_int_eq(stream_line(&stream, &line, 1000), STREAM_TOO_LONG);
	ck_assert_uint_le(line.cap, 4096);
	assert_line("end\n");
	waitpid(pid, NULL, 0);
}
END_TEST

START_TEST(nuls_pass)
{
	ck_assert_int_eq(write(peer, "a\0b\n", 4), 4);
	ck_assert_int_eq(stream_line(&stream, &line, 100), STREAM_OK);
	ck_assert_uint_eq(line.len, 4);
	ck_assert_mem_eq(line.s, "a\0b\n", 4);
}
END_TEST

START_TEST(the_end_is_told)
{
	say("half");
	shutdown(peer, SHUT_WR);
	ck_assert_int_eq(stream_line(&stream, &line, 100), STREAM_END);
	ck_assert_int_eq(stream_fill(&stream), STREAM_END);
}
END_TEST

START_TEST(silence_times_out)
{
	stream_deadline(&stream, 30);
	ck_assert_int_eq(stream_fill(&stream), STREAM_TIMEOUT);
	ck_assert_int_eq(stream_line(&stream, &line, 100), STREAM_TIMEOUT);
	stream_deadline(&stream, 5000);
	say("late\n");
	assert_line("late\n");
}
END_TEST

START_TEST(no_deadline_is_no_time)
{
	struct stream fresh;

	stream_init(&fresh, stream.fd);
	ck_assert_int_eq(stream_fill(&fresh), STREAM_TIMEOUT);
	stream_free(&fresh);
}
END_TEST

/* Whatever drips must not extend the wait. */
START_TEST(dripping_times_out)
{
	uint64_t begin = clock_mono_ms();
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		close(stream.fd);
		signal(SIGPIPE, SIG_IGN);
		while (write(peer, "x", 1) == 1)
			usleep(5000);
		_exit(0);
	}
	stream_deadline(&stream, 150);
	ck_assert_int_eq(stream_line(&stream, &line, 100000), STREAM_TIMEOUT);
	ck_assert_uint_ge(clock_mono_ms() - begin, 150);
	kill(pid, SIGKILL);
	waitpid(pid, &status, 0);
}
END_TEST

START_TEST(a_longer_deadline_is_taken)
{
	uint64_t begin;

	stream_deadline(&stream, 10);
	ck_assert_int_eq(stream_fill(&stream), STREAM_TIMEOUT);
	begin = clock_mono_ms();
	stream_deadline(&stream, 100);
	ck_assert_int_eq(stream_fill(&stream), STREAM_TIMEOUT);
	ck_assert_uint_ge(clock_mono_ms() - begin, 100);
}
END_TEST

START_TEST(output_waits_for_the_flush)
{
	char got[16] = "";

	str_puts(&stream.out, "one\n");
	str_puts(&stream.out, "two\n");
	ck_assert_int_lt(recv(peer, got, sizeof got, MSG_DONTWAIT), 0);
	ck_assert_int_eq(stream_flush(&stream), STREAM_OK);
	ck_assert_uint_eq(stream.out.len, 0);
	ck_assert_int_eq(recv(peer, got, sizeof got, MSG_DONTWAIT), 8);
	ck_assert_str_eq(got, "one\ntwo\n");
	ck_assert_int_eq(stream_flush(&stream), STREAM_OK);
}
END_TEST

START_TEST(a_peer_that_does_not_read_times_out)
{
	for (int i = 0; i < 1 << 16; i++)
		str_puts(&stream.out, "sixty-four bytes of text, or so, that "
		    "nobody on earth ever read\n");
	stream_deadline(&stream, 50);
	ck_assert_int_eq(stream_flush(&stream), STREAM_TIMEOUT);
}
END_TEST

START_TEST(a_peer_that_left_is_the_end)
{
	close(peer);
	str_puts(&stream.out, "hello\n");
	ck_assert_int_eq(stream_flush(&stream), STREAM_END);
	ck_assert_int_eq(stream_fill(&stream), STREAM_END);
}
END_TEST

START_TEST(unread_and_skip)
{
	say("abcdef");
	ck_assert_int_eq(stream_fill(&stream), STREAM_OK);
	ck_assert(slice_is(stream_unread(&stream), "abcdef"));
	stream_skip(&stream, 4);
	ck_assert_int_eq(stream_fill(&stream), STREAM_OK);
	ck_assert(slice_is(stream_unread(&stream), "ef"));
	stream_skip(&stream, 2);
	ck_assert_uint_eq(stream_unread(&stream).len, 0);
}
END_TEST

static bool
holds(const char *text)
{
	size_t len = strlen(text);

	for (size_t i = 0; i + len <= STREAM_BUFFER; i++)
		if (!memcmp(stream.buffer + i, text, len))
			return true;
	return false;
}

START_TEST(what_was_wiped_is_nowhere)
{
	say("a long line of secrets\r\n");
	ck_assert_int_eq(stream_line(&stream, &line, 100), STREAM_OK);
	say("short\r\nnot yet");
	ck_assert_int_eq(stream_line(&stream, &line, 100), STREAM_OK);
	ck_assert(holds("secrets") && holds("short"));
	stream_wipe(&stream);
	ck_assert(!holds("secrets") && !holds("short"));
	ck_assert(slice_is(stream_unread(&stream), "not yet"));
	say("\r\n");
	ck_assert_int_eq(stream_line(&stream, &line, 100), STREAM_OK);
	ck_assert_str_eq(str_c(&line), "not yet\r\n");
}
END_TEST

START_TEST(a_timeout_is_set_anew_only_where_it_has_to_be)
{
	stream_deadline(&stream, 40000);
	ck_assert_int_eq(stream_arm(&stream), STREAM_OK);
	ck_assert_uint_gt(stream.wait_set_ms, 39000);
	ck_assert_uint_le(stream.wait_set_ms, 40000);
	/* it ends before, and is then waited for once more */
	stream_deadline(&stream, 300000);
	ck_assert_int_eq(stream_arm(&stream), STREAM_OK);
	ck_assert_uint_le(stream.wait_set_ms, 40000);
	stream_deadline(&stream, 10000);
	ck_assert_int_eq(stream_arm(&stream), STREAM_OK);
	ck_assert_uint_le(stream.wait_set_ms, 10000);
	stream_deadline(&stream, 20000);
	ck_assert_int_eq(stream_arm(&stream), STREAM_OK);
	ck_assert_uint_gt(stream.wait_set_ms, 19000);
}
END_TEST

static volatile sig_atomic_t is_hurried;

static void
on_alarm(int number)
{
	(void)number;
	is_hurried = 1;
}

START_TEST(hurry_ends_a_wait_that_is_under_way)
{
	struct sigaction action = {.sa_handler = on_alarm};
	uint64_t began = clock_mono_ms();

	sigaction(SIGALRM, &action, NULL);
	stream_deadline(&stream, 60000);
	stream.hurry = &is_hurried;
	/* as if it had been in a hurry for most of its time */
	stream.hurried_ms = began + 1500;
	alarm(1);
	ck_assert_int_eq(stream_fill(&stream), STREAM_TIMEOUT);
	ck_assert_uint_lt(clock_mono_ms() - began, 3500);
	/* and nothing that begins now takes longer */
	stream_deadline(&stream, 60000);
	ck_assert_int_eq(stream_fill(&stream), STREAM_TIMEOUT);
	ck_assert_uint_lt(clock_mono_ms() - began, 3500);
}
END_TEST

int
main(void)
{
	struct unit unit = unit_make("stream");

	tcase_add_checked_fixture(unit.cases, connect_pair, disconnect_pair);
	tcase_add_test(unit.cases, lines_come_one_by_one);
	tcase_add_test(unit.cases, a_line_may_fill_its_limit);
	tcase_add_test(unit.cases, a_huge_line_costs_no_memory);
	tcase_add_test(unit.cases, nuls_pass);
	tcase_add_test(unit.cases, the_end_is_told);
	tcase_add_test(unit.cases, silence_times_out);
	tcase_add_test(unit.cases, no_deadline_is_no_time);
	tcase_add_test(unit.cases, dripping_times_out);
	tcase_add_test(unit.cases, a_longer_deadline_is_taken);
	tcase_add_test(unit.cases, output_waits_for_the_flush);
	tcase_add_test(unit.cases, a_peer_that_does_not_read_times_out);
	tcase_add_test(unit.cases, a_peer_that_left_is_the_end);
	tcase_add_test(unit.cases, unread_and_skip);
	tcase_add_test(unit.cases, what_was_wiped_is_nowhere);
	tcase_add_test(unit.cases,
	    a_timeout_is_set_anew_only_where_it_has_to_be);
	tcase_add_test(unit.cases, hurry_ends_a_wait_that_is_under_way);
	return unit_run(unit);
}
