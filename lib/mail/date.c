/* date - the date-time of RFC 5322; see date.h. */
#include "lib/mail/date.h"

struct day {
	unsigned long long year;
	unsigned month, day;
};

/* Days since 1970 to the Gregorian calendar, counted from 1 March 0000 so
 * that the leap day ends the year.  gmtime_r would read /etc/localtime. */
static struct day
day_of(uint64_t days)
{
	struct day date;
	uint64_t shifted = days + 719468;
	uint64_t era = shifted / 146097, of_era = shifted % 146097;
	uint64_t year = (of_era - of_era / 1460 + of_era / 36524 -
	    of_era / 146096) / 365;
	unsigned of_year =
	    (unsigned)(of_era - (365 * year + year / 4 - year / 100));
	unsigned march_month = (5 * of_year + 2) / 153;

	date.day = of_year - (153 * march_month + 2) / 5 + 1;
	date.month = march_month < 10 ? march_month + 3 : march_month - 9;
	date.year = year + era * 400 + (date.month <= 2 ? 1 : 0);
	return date;
}

void
date_add(struct str *to, uint64_t wall_us)
{
	static const char weekdays[] = "ThuFriSatSunMonTueWed";
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	uint64_t seconds = wall_us / 1000000, days = seconds / 86400;
	unsigned of_day = (unsigned)(seconds % 86400);
	struct day date = day_of(days);

	str_add(to, weekdays + 3 * (days % 7), 3);
	str_puts(to, ", ");
	str_add_u64(to, date.day);
	str_putc(to, ' ');
	str_add(to, months + 3 * (date.month - 1), 3);
	str_putc(to, ' ');
	str_add_digits(to, date.year, 4);
	str_putc(to, ' ');
	str_add_digits(to, of_day / 3600, 2);
	str_putc(to, ':');
	str_add_digits(to, of_day / 60 % 60, 2);
	str_putc(to, ':');
	str_add_digits(to, of_day % 60, 2);
	str_puts(to, " +0000");
}
