/* test_clock - pauses that grow. */
#include "lib/base/clock.h"
#include "tests/unit/unit.h"

static const struct {
	uint64_t ms;
	unsigned times;
	uint64_t most_ms, pause_ms;
} pauses[] = {
	{1000, 0, 9000, 1000},
	{1000, 1, 9000, 2000},
	{1000, 3, 9000, 8000},
	{1000, 4, 9000, 9000},
	{1000, 4000000000u, 9000, 9000},
	{9000, 0, 9000, 9000},
	{9001, 0, 9000, 9000},
};

START_TEST(a_pause_doubles_up_to_the_most)
{
	ck_assert_uint_eq(clock_doubled(pauses[_i].ms, pauses[_i].times,
	    pauses[_i].most_ms), pauses[_i].pause_ms);
}
END_TEST

START_TEST(about_is_a_tenth_more_or_less)
{
	for (int i = 0; i < 1000; i++) {
		uint64_t ms = clock_about(1000);

		ck_assert(ms >= 900 && ms <= 1100);
	}
	ck_assert_uint_eq(clock_about(0), 0);
}
END_TEST

int
main(void)
{
	struct unit unit = unit_make("clock");

	unit_loop(unit.cases, a_pause_doubles_up_to_the_most, pauses);
	tcase_add_test(unit.cases, about_is_a_tenth_more_or_less);
	return unit_run(unit);
}
