/* test_agent - workers take jobs, answer in packets, and lose nothing when
 * they, their parent or the manager end.  The test is the manager. */
#include "lib/base/home.h"
#include "lib/base/local_socket.h"
#include "lib/mail/agent.h"
#include "tests/unit/unit.h"

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { WAIT_MS = 8000 };

static const char socket_path[] = "s", message_path[] = "message";
static int listen_fd, ready_fd;
static pid_t agent_pid;
static char buffer[PACKET_MAX];
static unsigned idle_ms; /* not 0: workers of one lane */
static unsigned company_ms;
static int left_pipe[2];
static struct job_hello hello; /* of the last worker that was met */
static struct job_result result; /* the first of the last packet heard */

/* Job ids tell the worker what to do. */
static void
work(struct agent_job *jobs, size_t count, void *context)
{
	char batch[32];

	(void)context;
	snprintf(batch, sizeof batch, "batch of %zu", count);
	for (size_t i = 0; i < count; i++) {
		const char *id = str_c(&jobs[i].job.id);

		if (!strcmp(id, "die"))
			_exit(9);
		if (!strcmp(id, "slow"))
			usleep(300 * 1000);
		if (strcmp(id, "mute") != 0)
			agent_verdict(&jobs[i], JOB_DONE, 250, "2.0.0", batch);
	}
}

/* Each worker that leaves its lane says so. */
static void
leave(void *context)
{
	(void)context;
	if (write(left_pipe[1], "l", 1) != 1)
		_exit(8);
}

static void
run_agent(const int *ready_pipe, unsigned workers)
{
	struct agent agent = {.socket = socket_path, .workers = workers,
		.window = 4, .company_ms = company_ms, .work = work};

	if (idle_ms) {
		agent.leave = leave;
		agent.idle_ms = idle_ms;
	}

	signal(SIGTERM, SIG_DFL); /* Check's own would end the test */
	close(listen_fd);
	close(ready_pipe[0]);
	dup2(ready_pipe[1], READY_FD);
	_exit(agent_serve(&agent));
}

static void
start_agent(unsigned workers)
{
	int ready_pipe[2];

	ck_assert_int_eq(pipe(ready_pipe), 0);
	agent_pid = fork();
	if (agent_pid == 0)
		run_agent(ready_pipe, workers);
	close(ready_pipe[1]);
	ready_fd = ready_pipe[0];
}

static void
set_up(void)
{
	int fd;

	unit_folder_enter();
	listen_fd = local_listen(socket_path);
	ck_assert_int_ge(listen_fd, 0);
	ck_assert_int_eq(pipe2(left_pipe, O_NONBLOCK), 0);
	fd = open(message_path, O_WRONLY | O_CREAT, 0600);
	ck_assert_int_ge(fd, 0);
	close(fd);
}

static void
tear_down(void)
{
	int status;

	if (agent_pid) {
		kill(agent_pid, SIGTERM);
		ck_assert_int_eq(waitpid(agent_pid, &status, 0), agent_pid);
		ck_assert_int_eq(status, 0);
	}
	record_free(job_result_fields, &result);
	close(listen_fd);
}

static void
wait_readable(int fd)
{
	struct pollfd waiting = {.fd = fd, .events = POLLIN};

	ck_assert_int_eq(poll(&waiting, 1, WAIT_MS), 1);
}

/* The next worker that connects, after its hello. */
static int
meet_worker(void)
{
	struct slice packet;
	ssize_t n;
	int fd;

	wait_readable(listen_fd);
	fd = accept4(listen_fd, NULL, NULL, SOCK_CLOEXEC);
	ck_assert_int_ge(fd, 0);
	wait_readable(fd);
	n = packet_receive(fd, buffer, sizeof buffer, 0, NULL);
	ck_assert_int_gt(n, 0);
	packet = slice_make(buffer, (size_t)n);
	ck_assert_int_eq(record_decode(&packet, job_hello_fields, &hello), 0);
	ck_assert_uint_eq(hello.window, 4);
	return fd;
}

static const char *lane = "";

static int
try_to_send_job(int fd, uint64_t number, const char *id)
{
	struct job job = {.number = number, .length = 1};
	struct str packet = {0};
	int message_fd = open(message_path, O_RDONLY | O_CLOEXEC), status;

	ck_assert_int_eq(flock(message_fd, LOCK_EX | LOCK_NB), 0);
	str_puts(&job.id, id);
	str_puts(&job.lane, lane);
	strs_add(&job.rcpts, slice_of("u@local.test"));
	record_encode(&packet, job_fields, &job);
	status = packet_send(fd, str_slice(&packet), message_fd);
	close(message_fd);
	record_free(job_fields, &job);
	str_free(&packet);
	return status;
}

static void
send_job(int fd, uint64_t number, const char *id)
{
	ck_assert_int_eq(try_to_send_job(fd, number, id), 0);
	/* so that the next job can lock the one message that we have */
	unlink(message_path);
	close(open(message_path, O_WRONLY | O_CREAT, 0600));
}

/* One packet of results; how many there were. */
static size_t
hear_results(int fd)
{
	struct job_result other = {0};
	struct slice packet;
	size_t count = 1;
	ssize_t n;

	wait_readable(fd);
	n = packet_receive(fd, buffer, sizeof buffer, 0, NULL);
	ck_assert_int_gt(n, 0);
	packet = slice_make(buffer, (size_t)n);
	ck_assert_int_eq(record_decode(&packet, job_result_fields, &result), 0);
	for (; packet.len; count++)
		ck_assert_int_eq(record_decode(&packet, job_result_fields,
		    &other), 0);
	record_free(job_result_fields, &other);
	return count;
}

/* What comes of one job alone. */
static void
do_job(int fd, uint64_t number, const char *id)
{
	send_job(fd, number, id);
	ck_assert_uint_eq(hear_results(fd), 1);
	ck_assert_uint_eq(result.number, number);
	ck_assert_str_eq(str_c(&result.id), id);
}

/* A job that an earlier manager had given, told to another. */
static void
expect_earlier(int fd, const char *id)
{
	ck_assert_uint_eq(hear_results(fd), 1);
	ck_assert_uint_eq(result.number, 0);
	ck_assert_str_eq(str_c(&result.id), id);
	ck_assert_int_eq(str_c(&result.verdicts.v[0])[0], 'K');
}

/* An agent of one worker. */
static int
start_one(void)
{
	start_agent(1);
	return meet_worker();
}

static void
expect_end(int fd)
{
	wait_readable(fd);
	ck_assert_int_le(packet_receive(fd, buffer, sizeof buffer, 0, NULL),
	    0);
	close(fd);
}

START_TEST(ready_comes_with_the_first_connection)
{
	char c;

	start_agent(1);
	close(meet_worker());
	wait_readable(ready_fd);
	ck_assert_int_eq(read(ready_fd, &c, 1), 1);
	ck_assert_int_eq(c, '\n');
}
END_TEST

START_TEST(job_is_answered)
{
	int fd;

	start_agent(2);
	fd = meet_worker();
	close(meet_worker());
	do_job(fd, 17, "one");
	ck_assert_uint_eq(result.verdicts.len, 1);
	ck_assert_str_eq(str_c(&result.verdicts.v[0]),
	    "K 250 2.0.0 - batch of 1");
	ck_assert_str_eq(str_c(&result.rcpts.v[0]), "u@local.test");
	close(fd);
}
END_TEST

START_TEST(jobs_at_hand_are_one_batch_and_one_packet)
{
	int fd = start_one();

	send_job(fd, 1, "slow");
	usleep(50 * 1000);
	for (uint64_t i = 2; i <= 6; i++)
		send_job(fd, i, "x");
	ck_assert_uint_eq(hear_results(fd), 1);
	/* five were waiting, but the window is four */
	ck_assert_uint_eq(hear_results(fd), 4);
	ck_assert_str_eq(str_c(&result.verdicts.v[0]),
	    "K 250 2.0.0 - batch of 4");
	ck_assert_uint_eq(hear_results(fd), 1);
	close(fd);
}
END_TEST

/* A worker that has taken job 1, and waits so long for company. */
static int
start_gathering(unsigned ms)
{
	int fd;

	company_ms = ms;
	fd = start_one();
	send_job(fd, 1, "a");
	usleep(100 * 1000); /* by now it has taken that one */
	return fd;
}

START_TEST(jobs_wait_for_company_while_there_is_room)
{
	int fd = start_gathering(1000);

	send_job(fd, 2, "b");
	ck_assert_uint_eq(hear_results(fd), 2);
	/* the window is four: these are enough at once, and the next are not */
	for (uint64_t i = 3; i <= 6; i++)
		send_job(fd, i, "slow");
	usleep(50 * 1000);
	for (uint64_t i = 7; i <= 9; i++)
		send_job(fd, i, "c");
	ck_assert_uint_eq(hear_results(fd), 4);
	usleep(100 * 1000);
	send_job(fd, 10, "d");
	ck_assert_uint_eq(hear_results(fd), 4);
	close(fd);
}
END_TEST

START_TEST(end_does_not_wait_for_company)
{
	int fd = start_gathering(3600 * 1000);

	send_job(fd, 2, "b");
	kill(agent_pid, SIGTERM);
	ck_assert_uint_eq(hear_results(fd), 2);
	expect_end(fd);
}
END_TEST

START_TEST(manager_lost_while_waiting_for_company_is_told_later)
{
	int fd = start_gathering(300);

	close(fd);
	fd = meet_worker();
	expect_earlier(fd, "a");
	do_job(fd, 2, "b");
	close(fd);
}
END_TEST

START_TEST(missing_verdict_is_later)
{
	int fd = start_one();

	do_job(fd, 1, "mute");
	ck_assert(slice_starts(str_slice(&result.verdicts.v[0]),
	    "Z 451 4.3.0 - "));
	close(fd);
}
END_TEST

START_TEST(lost_manager_is_told_first_by_another_connection)
{
	int fd = start_one();

	send_job(fd, 5, "slow");
	usleep(50 * 1000);
	close(fd);
	fd = meet_worker();
	expect_earlier(fd, "slow");
	do_job(fd, 6, "one");
	close(fd);
}
END_TEST

START_TEST(lock_is_held_until_the_result_is_sent)
{
	int message_fd = open(message_path, O_RDONLY | O_CLOEXEC);
	int fd = start_one();

	ck_assert_int_eq(try_to_send_job(fd, 1, "slow"), 0);
	usleep(100 * 1000);
	ck_assert_int_lt(flock(message_fd, LOCK_EX | LOCK_NB), 0);
	hear_results(fd);
	usleep(100 * 1000);
	ck_assert_int_eq(flock(message_fd, LOCK_EX | LOCK_NB), 0);
	close(message_fd);
	close(fd);
}
END_TEST

static const char *const bad_packets[] = {"", "garbage", "3:n1,", "1:x,"};

START_TEST(bad_packet_ends_the_connection_only)
{
	int message_fd = open(message_path, O_RDONLY | O_CLOEXEC);
	int fd = start_one();

	ck_assert_int_eq(packet_send(fd, slice_of(bad_packets[_i]),
	    message_fd), 0);
	expect_end(fd);
	fd = meet_worker();
	do_job(fd, 1, "one");
	close(message_fd);
	close(fd);
}
END_TEST

START_TEST(dead_worker_is_replaced)
{
	int fd;

	start_agent(1);
	for (int i = 0; i < 2; i++) {
		fd = meet_worker();
		send_job(fd, 1, "die");
		expect_end(fd);
	}
	close(meet_worker());
}
END_TEST

START_TEST(end_comes_after_all_that_was_sent)
{
	int fd = start_one();

	send_job(fd, 1, "slow");
	send_job(fd, 2, "slow");
	usleep(50 * 1000);
	send_job(fd, 3, "x");
	kill(agent_pid, SIGTERM);
	usleep(50 * 1000);
	ck_assert_int_lt(try_to_send_job(fd, 4, "x"), 0);
	ck_assert_int_eq(errno, EPIPE);
	for (size_t heard = 0; heard < 3;)
		heard += hear_results(fd);
	expect_end(fd);
}
END_TEST

START_TEST(killed_parent_takes_its_workers_along)
{
	int fd = start_one();

	send_job(fd, 1, "slow");
	usleep(50 * 1000);
	kill(agent_pid, SIGKILL);
	waitpid(agent_pid, NULL, 0);
	agent_pid = 0;
	ck_assert_uint_eq(hear_results(fd), 1);
	expect_end(fd);
}
END_TEST

START_TEST(absent_manager_is_waited_for)
{
	close(listen_fd);
	unlink(socket_path);
	start_agent(1);
	usleep(200 * 1000);
	listen_fd = local_listen(socket_path);
	close(meet_worker());
}
END_TEST

/* How many workers have left their lane so far. */
static int
left(void)
{
	char said[16];
	ssize_t n = read(left_pipe[0], said, sizeof said);

	return n > 0 ? (int)n : 0;
}

/* A worker that has had a job of that lane. */
static int
bind_worker(const char *its_lane)
{
	int fd = meet_worker();

	lane = its_lane;
	ck_assert_str_eq(str_c(&hello.lane), "");
	do_job(fd, 1, "one");
	return fd;
}

/* An agent of one worker, whose lane is a.test. */
static int
start_bound(unsigned its_idle_ms)
{
	idle_ms = its_idle_ms;
	start_agent(1);
	return bind_worker("a.test");
}

/* The worker is gone, and a clean one serves any lane. */
static void
expect_clean_one(int fd)
{
	expect_end(fd);
	fd = bind_worker("b.test");
	ck_assert_int_eq(left(), 1);
	close(fd);
}

START_TEST(a_lane_is_served_again_and_again)
{
	int fd = start_bound(5000);

	for (int i = 0; i < 5; i++)
		do_job(fd, 1, "one");
	ck_assert_int_eq(left(), 0);
	close(fd);
}
END_TEST

START_TEST(idle_for_long_it_leaves_and_a_clean_one_comes)
{
	expect_clean_one(start_bound(100));
}
END_TEST

START_TEST(without_a_job_it_never_leaves)
{
	struct pollfd waiting = {.events = POLLIN};

	idle_ms = 50;
	waiting.fd = start_one();
	ck_assert_int_eq(poll(&waiting, 1, 300), 0);
	close(waiting.fd);
}
END_TEST

START_TEST(what_comes_while_it_leaves_is_done)
{
	int fd, sent = 0, heard = 0;

	idle_ms = 1;
	start_agent(1);
	for (int round = 0; round < 20; round++) {
		fd = bind_worker("a.test");
		usleep((useconds_t)random() % 2000);
		if (try_to_send_job(fd, 2, "one") == 0) {
			sent++;
			heard += (int)hear_results(fd);
		} else {
			ck_assert_int_eq(errno, EPIPE);
		}
		unlink(message_path);
		close(open(message_path, O_WRONLY | O_CREAT, 0600));
		expect_end(fd);
	}
	ck_assert_int_eq(sent, heard);
}
END_TEST

START_TEST(retired_it_leaves)
{
	int fd = start_bound(60000);

	shutdown(fd, SHUT_WR);
	expect_clean_one(fd);
}
END_TEST

START_TEST(another_lane_is_refused)
{
	int fd = start_bound(60000);

	lane = "b.test";
	send_job(fd, 2, "one");
	expect_end(fd);
	close(bind_worker("b.test"));
}
END_TEST

/* _i: killed between hearing a result and acting upon it? */
START_TEST(another_manager_is_told_lane_and_last_result)
{
	int fd;

	idle_ms = 60000;
	fd = start_one();
	lane = "a.test";
	if (_i) {
		do_job(fd, 5, "slow");
	} else {
		send_job(fd, 5, "slow");
		usleep(50 * 1000);
	}
	close(fd);
	fd = meet_worker();
	ck_assert_str_eq(str_c(&hello.lane), "a.test");
	expect_earlier(fd, "slow");
	do_job(fd, 6, "one");
	ck_assert_int_eq(left(), 0);
	close(fd);
}
END_TEST

/* The second may have been killed before it acted, too. */
START_TEST(every_other_manager_is_told_the_last_result)
{
	int fd;

	idle_ms = 60000;
	fd = start_one();
	lane = "a.test";
	do_job(fd, 5, "one");
	for (int i = 0; i < 3; i++) {
		close(fd);
		fd = meet_worker();
		expect_earlier(fd, "one");
	}
	do_job(fd, 6, "one more");
	close(fd);
	fd = meet_worker();
	expect_earlier(fd, "one more");
	close(fd);
}
END_TEST

START_TEST(told_to_end_it_leaves)
{
	int fd = start_bound(60000);

	kill(agent_pid, SIGTERM);
	expect_end(fd);
	wait_readable(left_pipe[0]);
	ck_assert_int_eq(left(), 1);
}
END_TEST

int
main(void)
{
	struct unit unit = unit_make("agent");
	TCase *cases = unit.cases;

	tcase_set_timeout(cases, 20);
	tcase_add_checked_fixture(cases, set_up, tear_down);
	tcase_add_test(cases, ready_comes_with_the_first_connection);
	tcase_add_test(cases, job_is_answered);
	tcase_add_test(cases, jobs_at_hand_are_one_batch_and_one_packet);
	tcase_add_test(cases, jobs_wait_for_company_while_there_is_room);
	tcase_add_test(cases, end_does_not_wait_for_company);
	tcase_add_test(cases,
	    manager_lost_while_waiting_for_company_is_told_later);
	tcase_add_test(cases, missing_verdict_is_later);
	tcase_add_test(cases, lost_manager_is_told_first_by_another_connection);
	tcase_add_test(cases, lock_is_held_until_the_result_is_sent);
	tcase_add_loop_test(cases, bad_packet_ends_the_connection_only, 0,
	    sizeof bad_packets / sizeof *bad_packets);
	tcase_add_test(cases, dead_worker_is_replaced);
	tcase_add_test(cases, end_comes_after_all_that_was_sent);
	tcase_add_test(cases, killed_parent_takes_its_workers_along);
	tcase_add_test(cases, absent_manager_is_waited_for);
	tcase_add_test(cases, a_lane_is_served_again_and_again);
	tcase_add_test(cases, idle_for_long_it_leaves_and_a_clean_one_comes);
	tcase_add_test(cases, without_a_job_it_never_leaves);
	tcase_add_test(cases, what_comes_while_it_leaves_is_done);
	tcase_add_test(cases, retired_it_leaves);
	tcase_add_test(cases, another_lane_is_refused);
	tcase_add_loop_test(cases,
	    another_manager_is_told_lane_and_last_result, 0, 2);
	tcase_add_test(cases, every_other_manager_is_told_the_last_result);
	tcase_add_test(cases, told_to_end_it_leaves);
	return unit_run(unit);
}
