/* test_children - children are counted, limited, ended, and never left. */
#include "lib/base/children.h"
#include "lib/base/clock.h"
#include "lib/base/die.h"
#include "lib/base/signals.h"
#include "tests/unit/unit.h"

#include <poll.h>
#include <sys/prctl.h>

enum { FOR_EVER_MS = 60 * 1000 };

static struct children children;
static sigset_t waiting;

static void
set_up(void)
{
	signals_catch(true, &waiting);
}

static pid_t
send_out(int status, int ms)
{
	pid_t pid = children_fork(&children, &waiting);

	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		poll(NULL, 0, ms);
		_exit(status);
	}
	return pid;
}

static pid_t
await(int *status)
{
	pid_t pid;

	while (!(pid = children_reap(&children, status)))
		(void)signals_wait(&waiting, -1, clock_mono_ms() + 1000);
	return pid;
}

START_TEST(each_is_reaped_with_its_status)
{
	pid_t slow = send_out(7, FOR_EVER_MS), quick = send_out(3, 0);
	int status;

	ck_assert_uint_eq(children.len, 2);
	ck_assert_int_eq(await(&status), quick);
	ck_assert_int_eq(WEXITSTATUS(status), 3);
	ck_assert_uint_eq(children.len, 1);
	ck_assert_int_eq(children.v[0].pid, slow);
	ck_assert_int_eq(children_reap(&children, &status), 0);
	children_end(&children);
}
END_TEST

START_TEST(very_many_are_known)
{
	int status;

	for (int i = 0; i < 40; i++)
		send_out(EXIT_DONE, 0);
	ck_assert_uint_eq(children.len, 40);
	for (int i = 0; i < 40; i++)
		await(&status);
	ck_assert_uint_eq(children.len, 0);
	children_end(&children);
}
END_TEST

START_TEST(who_is_out_for_too_long_is_killed)
{
	pid_t old = send_out(EXIT_DONE, FOR_EVER_MS);
	int status;

	children.v[0].began_ms -= 5000;
	send_out(EXIT_DONE, FOR_EVER_MS);
	children_limit(&children, 4000);
	ck_assert_int_eq(await(&status), old);
	ck_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	children_limit(&children, 4000);
	ck_assert_uint_eq(children.len, 1);
	poll(NULL, 0, 50);
	ck_assert_int_eq(children_reap(&children, &status), 0);
	children_end(&children);
}
END_TEST

START_TEST(at_the_end_none_is_left)
{
	for (int i = 0; i < 3; i++)
		send_out(EXIT_DONE, FOR_EVER_MS);
	children_end(&children);
	ck_assert_uint_eq(children.len, 0);
	ck_assert_int_eq(waitpid(-1, NULL, WNOHANG), -1);
}
END_TEST

/* This process adopts it.  It was killed, or saw that it had come too late. */
START_TEST(who_loses_its_parent_ends)
{
	pid_t parent;
	int status;

	ck_assert_int_eq(prctl(PR_SET_CHILD_SUBREAPER, 1), 0);
	parent = fork();
	if (parent == 0) {
		send_out(EXIT_DONE, FOR_EVER_MS);
		poll(NULL, 0, 100); /* so that it mostly is in time */
		_exit(EXIT_DONE);
	}
	ck_assert_int_eq(waitpid(parent, &status, 0), parent);
	ck_assert_int_gt(await(&status), 0);
	ck_assert(WIFSIGNALED(status) ? WTERMSIG(status) == SIGKILL :
	    WEXITSTATUS(status) == EXIT_TEMP);
}
END_TEST

START_TEST(about_is_within_a_tenth)
{
	for (uint64_t ms = 0; ms < 1000; ms++) {
		uint64_t about = clock_about(ms);

		ck_assert_uint_ge(about, ms - ms / 10);
		ck_assert_uint_le(about, ms + ms / 10 + 1);
	}
}
END_TEST

int
main(void)
{
	struct unit unit = unit_make("children");

	tcase_add_checked_fixture(unit.cases, set_up, NULL);
	tcase_add_test(unit.cases, each_is_reaped_with_its_status);
	tcase_add_test(unit.cases, very_many_are_known);
	tcase_add_test(unit.cases, who_is_out_for_too_long_is_killed);
	tcase_add_test(unit.cases, at_the_end_none_is_left);
	tcase_add_test(unit.cases, who_loses_its_parent_ends);
	tcase_add_test(unit.cases, about_is_within_a_tenth);
	return unit_run(unit);
}
