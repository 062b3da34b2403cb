/* test_smtp_seats - sessions are counted per address, IPv6 per /64. */
/* links: cmd/smtp-receive/seats.c */
#include "cmd/smtp-receive/seats.h"
#include "tests/unit/unit.h"

#include <arpa/inet.h>
#include <netinet/in.h>

union address {
	struct sockaddr any;
	struct sockaddr_in in4;
	struct sockaddr_in6 in6;
};

static union address
address(const char *text)
{
	union address at = {.in4 = {0}};

	if (inet_pton(AF_INET, text, &at.in4.sin_addr) == 1) {
		at.any.sa_family = AF_INET;
		return at;
	}
	at.in6 = (struct sockaddr_in6){.sin6_family = AF_INET6};
	ck_assert_int_eq(inet_pton(AF_INET6, text, &at.in6.sin6_addr), 1);
	return at;
}

static size_t
from(const struct seats *seats, const char *text)
{
	union address at = address(text);

	return seats_from(seats, &at.any);
}

START_TEST(an_address_is_counted_until_its_sessions_end)
{
	struct seats seats = {0};
	union address at = address("192.0.2.1");

	for (pid_t pid = 1; pid <= 200; pid++)
		seats_take(&seats, pid, &at.any);
	ck_assert_uint_eq(from(&seats, "192.0.2.1"), 200);
	ck_assert_uint_eq(from(&seats, "192.0.2.2"), 0);
	for (pid_t pid = 1; pid <= 199; pid++)
		seats_leave(&seats, pid);
	seats_leave(&seats, 4711);
	ck_assert_uint_eq(from(&seats, "192.0.2.1"), 1);
	ck_assert_uint_eq(seats.len, 1);
	free(seats.v);
}
END_TEST

START_TEST(ipv6_is_counted_by_network)
{
	struct seats seats = {0};
	union address at = address("2001:db8:0:1::1");

	seats_take(&seats, 1, &at.any);
	ck_assert_uint_eq(from(&seats, "2001:db8:0:1:ffff::2"), 1);
	ck_assert_uint_eq(from(&seats, "2001:db8:0:2::1"), 0);
	free(seats.v);
}
END_TEST

START_TEST(families_do_not_mix)
{
	struct seats seats = {0};
	union address at = address("0.0.0.0");

	seats_take(&seats, 1, &at.any);
	ck_assert_uint_eq(from(&seats, "::"), 0);
	free(seats.v);
}
END_TEST

int
main(void)
{
	struct unit unit = unit_make("smtp_seats");

	tcase_add_test(unit.cases,
	    an_address_is_counted_until_its_sessions_end);
	tcase_add_test(unit.cases, ipv6_is_counted_by_network);
	tcase_add_test(unit.cases, families_do_not_mix);
	return unit_run(unit);
}
