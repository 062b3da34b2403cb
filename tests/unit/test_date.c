/* test_date - the date-time of RFC 5322 for any moment, without libc. */
#include "lib/mail/date.h"
#include "tests/unit/unit.h"

#include <time.h>

static const struct {
	uint64_t seconds;
	const char *text;
} dates[] = {
	{0, "Thu, 1 Jan 1970 00:00:00 +0000"},
	{951782400, "Tue, 29 Feb 2000 00:00:00 +0000"},
	{951868799, "Tue, 29 Feb 2000 23:59:59 +0000"},
	{951868800, "Wed, 1 Mar 2000 00:00:00 +0000"},
	{1709164800, "Thu, 29 Feb 2024 00:00:00 +0000"},
	{1735689599, "Tue, 31 Dec 2024 23:59:59 +0000"},
	{1735689600, "Wed, 1 Jan 2025 00:00:00 +0000"},
	{2147483648, "Tue, 19 Jan 2038 03:14:08 +0000"},
	{4107542400, "Mon, 1 Mar 2100 00:00:00 +0000"},
	{4107542399, "Sun, 28 Feb 2100 23:59:59 +0000"},
};

START_TEST(known_dates_are_right)
{
	struct str text = {0};

	date_add(&text, dates[_i].seconds * 1000000 + 999999);
	ck_assert_str_eq(str_c(&text), dates[_i].text);
	str_free(&text);
}
END_TEST

START_TEST(agrees_with_libc_for_two_centuries)
{
	for (time_t t = 0; t < 6300000000; t += 86399 * 7) {
		struct str text = {0};
		char libc[64];
		struct tm tm;

		date_add(&text, (uint64_t)t * 1000000);
		gmtime_r(&t, &tm);
		strftime(libc, sizeof libc, "%a, %-d %b %Y %H:%M:%S +0000",
		    &tm);
		ck_assert_str_eq(str_c(&text), libc);
		str_free(&text);
	}
}
END_TEST

int
main(void)
{
	struct unit unit = unit_make("date");

	tcase_add_loop_test(unit.cases, known_dates_are_right, 0,
	    (int)(sizeof dates / sizeof *dates));
	tcase_add_test(unit.cases, agrees_with_libc_for_two_centuries);
	return unit_run(unit);
}
