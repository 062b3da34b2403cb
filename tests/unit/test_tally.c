/* test_tally - counting together, in several processes. */
#include "lib/base/clock.h"
#include "lib/base/tally.h"
#include "tests/unit/unit.h"

#include <errno.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { HOUR_MS = 3600 * 1000, PROCESSES = 8, EACH = 1000 };

static void
sleep_ms(unsigned ms)
{
	struct timespec time = {ms / 1000, ms % 1000 * 1000000L};

	while (nanosleep(&time, &time) < 0 && errno == EINTR)
		;
}

START_TEST(counts_each_name_for_itself)
{
	struct tally *tally = tally_open(HOUR_MS);

	ck_assert_ptr_nonnull(tally);
	ck_assert_uint_eq(tally_count(tally, slice_of("a")), 0);
	ck_assert_uint_eq(tally_add(tally, slice_of("a")), 1);
	ck_assert_uint_eq(tally_add(tally, slice_of("a")), 2);
	ck_assert_uint_eq(tally_add(tally, slice_of("b")), 1);
	ck_assert_uint_eq(tally_add(tally, slice_of("")), 1);
	ck_assert_uint_eq(tally_add(tally, slice_make("a\0", 2)), 1);
	ck_assert_uint_eq(tally_count(tally, slice_of("a")), 2);
	ck_assert_uint_eq(tally_count(tally, slice_of("A")), 0);
}
END_TEST

START_TEST(a_window_ends_and_another_begins)
{
	struct tally *tally = tally_open(100);
	uint64_t end = clock_mono_ms() + 99;

	tally_add(tally, slice_of("a"));
	tally_add(tally, slice_of("a"));
	if (clock_mono_ms() < end)
		ck_assert_uint_ge(tally_count(tally, slice_of("a")), 1);
	sleep_ms(150);
	ck_assert_uint_eq(tally_count(tally, slice_of("a")), 0);
	ck_assert_uint_eq(tally_add(tally, slice_of("a")), 1);
}
END_TEST

/* How many of 64 names lost their count to others. */
static unsigned
forgotten_after(struct tally *tally, unsigned others)
{
	unsigned forgotten = 0;
	struct str name = {0};

	for (unsigned i = 0; i < 64 + others; i++) {
		str_clear(&name);
		str_addf(&name, "name %u", i);
		tally_add(tally, str_slice(&name));
	}
	for (unsigned i = 0; i < 64; i++) {
		str_clear(&name);
		str_addf(&name, "name %u", i);
		forgotten += !tally_count(tally, str_slice(&name));
	}
	str_free(&name);
	return forgotten;
}

START_TEST(it_is_full_only_after_thousands)
{
	ck_assert_uint_le(forgotten_after(tally_open(HOUR_MS), 8000), 4);
}
END_TEST

START_TEST(when_full_it_goes_on_counting)
{
	struct tally *tally = tally_open(HOUR_MS);

	forgotten_after(tally, 200000);
	ck_assert_uint_eq(tally_add(tally, slice_of("new")), 1);
	ck_assert_uint_eq(tally_add(tally, slice_of("new")), 2);
}
END_TEST

START_TEST(processes_count_together)
{
	struct tally *tally = tally_open(HOUR_MS);

	for (int i = 0; i < PROCESSES; i++)
		if (fork() == 0) {
			for (int n = 0; n < EACH; n++)
				tally_add(tally, slice_of("a"));
			_exit(0);
		}
	while (wait(NULL) > 0)
		;
	ck_assert_uint_eq(tally_count(tally, slice_of("a")),
	    PROCESSES * EACH);
}
END_TEST

/* One of all counts each number: an alarm at a number is one alarm. */
START_TEST(each_number_is_given_once)
{
	struct tally *tally = tally_open(HOUR_MS);
	unsigned *given = mmap(NULL, 4096 * sizeof *given,
	    PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	ck_assert_ptr_ne(given, MAP_FAILED);
	for (int i = 0; i < 4; i++)
		if (fork() == 0) {
			for (int n = 0; n < 1000; n++)
				given[tally_add(tally, slice_of("a"))]++;
			_exit(0);
		}
	while (wait(NULL) > 0)
		;
	for (unsigned n = 1; n <= 4000; n++)
		ck_assert_uint_eq(given[n], 1);
}
END_TEST

/* A holder that was killed takes nothing with it: the others count on. */
START_TEST(killed_processes_leave_it_usable)
{
	struct tally *tally = tally_open(HOUR_MS);

	for (int i = 0; i < 50; i++) {
		pid_t pid = fork();

		if (pid == 0)
			for (;;)
				tally_add(tally, slice_of("busy"));
		sleep_ms(2);
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
		ck_assert_uint_eq(tally_add(tally, slice_of("a")),
		    (unsigned)i + 1);
	}
	ck_assert_uint_ge(tally_count(tally, slice_of("busy")), 1);
}
END_TEST

int
main(void)
{
	struct unit unit = unit_make("tally");

	tcase_set_timeout(unit.cases, 30);
	tcase_add_test(unit.cases, counts_each_name_for_itself);
	tcase_add_test(unit.cases, a_window_ends_and_another_begins);
	tcase_add_test(unit.cases, it_is_full_only_after_thousands);
	tcase_add_test(unit.cases, when_full_it_goes_on_counting);
	tcase_add_test(unit.cases, processes_count_together);
	tcase_add_test(unit.cases, each_number_is_given_once);
	tcase_add_test(unit.cases, killed_processes_leave_it_usable);
	return unit_run(unit);
}
