/* test_sweep - finished messages go, without the manager's waiting. */
#include "queue/sweep.h"
#include "tests/unit/queue_fixture.h"
#include "tests/unit/unit.h"

#include <fcntl.h>
#include <sys/wait.h>

#define ID "6qw5c1zj3k00abc"

static struct sweep sweep = {.fd = -1};
static int active_fd;

static void
set_up(void)
{
	fixture_enter();
	active_fd = open("queue/active", O_RDONLY | O_DIRECTORY);
	ck_assert_int_ge(active_fd, 0);
	ck_assert_int_eq(mkdir("queue/active/3k", 0700), 0);
	ck_assert_int_eq(sweep_start(&sweep, active_fd), 0);
}

static void
tear_down(void)
{
	sweep_let_go(&sweep);
	while (wait(NULL) > 0)
		;
	fixture_leave();
}

static void
make_message(const char *id)
{
	char path[64];

	snprintf(path, sizeof path, "queue/active/3k/%s", id);
	close(open(path, O_WRONLY | O_CREAT | O_EXCL, 0600));
	ck_assert(fixture_exists("queue/active/3k", id));
}

/* The end of the pipe ends the sweeper, when it is through. */
static void
wait_for_sweeper(void)
{
	sweep_let_go(&sweep);
	ck_assert_int_gt(wait(NULL), 0);
}

START_TEST(what_is_flushed_is_removed)
{
	make_message(ID);
	sweep_add(&sweep, active_fd, ID);
	ck_assert(fixture_exists("queue/active/3k", ID));
	sweep_flush(&sweep, active_fd);
	wait_for_sweeper();
	ck_assert(!fixture_exists("queue/active/3k", ID));
}
END_TEST

START_TEST(many_are_removed)
{
	char id[32];

	for (int i = 0; i < 5000; i++) {
		snprintf(id, sizeof id, "6qw5c1zj3k%05d", i);
		make_message(id);
		sweep_add(&sweep, active_fd, id);
	}
	sweep_flush(&sweep, active_fd);
	wait_for_sweeper();
	ck_assert_uint_eq(unit_count("queue/active/3k"), 0);
}
END_TEST

START_TEST(one_that_is_gone_is_no_trouble)
{
	sweep_add(&sweep, active_fd, ID);
	make_message("6qw5c1zj3k00abd");
	sweep_add(&sweep, active_fd, "6qw5c1zj3k00abd");
	sweep_flush(&sweep, active_fd);
	wait_for_sweeper();
	ck_assert_uint_eq(unit_count("queue/active/3k"), 0);
}
END_TEST

START_TEST(without_a_sweeper_the_manager_removes)
{
	int ends[2];

	ck_assert_int_eq(pipe(ends), 0);
	close(ends[0]);
	wait_for_sweeper();
	sweep.fd = ends[1];
	make_message(ID);
	sweep_add(&sweep, active_fd, ID);
	sweep_flush(&sweep, active_fd);
	ck_assert(!fixture_exists("queue/active/3k", ID));
}
END_TEST

static pid_t
sweeper(void)
{
	FILE *file = fopen("/proc/thread-self/children", "r");
	int pid = 0;

	ck_assert_ptr_nonnull(file);
	ck_assert_int_eq(fscanf(file, "%d", &pid), 1);
	fclose(file);
	return pid;
}

START_TEST(what_a_killed_one_left_the_manager_removes)
{
	char id[32];

	ck_assert_int_eq(kill(sweeper(), SIGSTOP), 0);
	for (int i = 0; i < 3000; i++) {
		snprintf(id, sizeof id, "6qw5c1zj3k%05d", i);
		make_message(id);
		sweep_add(&sweep, active_fd, id);
	}
	sweep_flush(&sweep, active_fd); /* the pipe is full */
	ck_assert_uint_gt(unit_count("queue/active/3k"), 1000);
	ck_assert_int_eq(kill(sweeper(), SIGKILL), 0);
	ck_assert_int_gt(wait(NULL), 0);
	make_message(ID);
	sweep_add(&sweep, active_fd, ID);
	sweep_flush(&sweep, active_fd);
	ck_assert_uint_eq(unit_count("queue/active/3k"), 0);
	make_message(ID);
	sweep_add(&sweep, active_fd, ID);
	sweep_flush(&sweep, active_fd);
	ck_assert(!fixture_exists("queue/active/3k", ID));
}
END_TEST

START_TEST(the_next_one_waits_for_it)
{
	struct sweep next = {.fd = -1};

	for (int i = 0; i < 1000; i++) {
		char id[32];

		snprintf(id, sizeof id, "6qw5c1zj3k%05d", i);
		make_message(id);
		sweep_add(&sweep, active_fd, id);
	}
	sweep_flush(&sweep, active_fd);
	sweep_let_go(&sweep);
	ck_assert_int_eq(sweep_start(&next, active_fd), 0);
	ck_assert_uint_eq(unit_count("queue/active/3k"), 0);
	sweep_let_go(&next);
}
END_TEST

int
main(void)
{
	struct unit unit = unit_make("sweep");

	tcase_add_checked_fixture(unit.cases, set_up, tear_down);
	tcase_add_test(unit.cases, what_is_flushed_is_removed);
	tcase_add_test(unit.cases, many_are_removed);
	tcase_add_test(unit.cases, one_that_is_gone_is_no_trouble);
	tcase_add_test(unit.cases, without_a_sweeper_the_manager_removes);
	tcase_add_test(unit.cases, what_a_killed_one_left_the_manager_removes);
	tcase_add_test(unit.cases, the_next_one_waits_for_it);
	return unit_run(unit);
}
