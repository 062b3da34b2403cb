/* test_etrn_ask - who may ask for what, as the compiled tables have it. */
#include "control/etrn_ask.h"
#include "tests/unit/control_dir.h"
#include "tests/unit/unit.h"

#include <arpa/inet.h>
#include <netinet/in.h>

static struct config config;

static void
compile_domains(const char *rows)
{
	struct str text = {0};

	str_addf(&text, "local.test local\n%s", rows);
	control_write("domains", str_c(&text));
	control_write("accounts", "postmaster@local.test user\n"
	    "office@local.test user\n");
	control_compile_well();
	ck_assert_int_eq(config_open(&config, "routing"), 0);
	str_free(&text);
}

static void
end(void)
{
	config_close(&config);
}

static bool
may_ask(const char *address)
{
	struct sockaddr_in in = {.sin_family = AF_INET};
	struct sockaddr_in6 in6 = {.sin6_family = AF_INET6};

	if (inet_pton(AF_INET, address, &in.sin_addr) == 1)
		return etrn_address_may_ask(&config, (struct sockaddr *)&in);
	ck_assert_int_eq(inet_pton(AF_INET6, address, &in6.sin6_addr), 1);
	return etrn_address_may_ask(&config, (struct sockaddr *)&in6);
}

/* "a b c" for what an argument means. */
static void
expect_domains(const char *argument, const char *expected)
{
	struct etrn_argument parsed = {0};
	struct strs domains = {0};
	struct str found = {0};

	ck_assert_int_eq(etrn_parse(slice_of(argument), &parsed), 0);
	etrn_domains(&config, &parsed, &domains);
	for (size_t i = 0; i < domains.len; i++)
		str_addf(&found, i ? " %s" : "%s", str_c(&domains.v[i]));
	ck_assert_str_eq(str_c(&found), expected);
	etrn_argument_free(&parsed);
	strs_free(&domains);
	str_free(&found);
}

START_TEST(nothing_is_offered_where_nobody_may_ask)
{
	compile_domains("a.test etrn to=[192.0.2.1]\n");
	ck_assert(!etrn_is_offered(&config));
	ck_assert(!may_ask("192.0.2.1"));
	ck_assert(!etrn_account_may_ask(&config,
	    slice_of("office@local.test")));
}
END_TEST

START_TEST(addresses_of_every_row_may_ask)
{
	compile_domains(
	    "a.test etrn allow=192.0.2.1,198.51.100.0/24\n"
	    "b.test etrn allow=2001:db8::/32,203.0.113.0/25\n"
	    "c.test etrn to=client login=office@local.test "
	    "allow=192.0.2.99\n");
	ck_assert(etrn_is_offered(&config));
	ck_assert(may_ask("192.0.2.1"));
	ck_assert(may_ask("::ffff:192.0.2.1"));
	ck_assert(may_ask("198.51.100.255"));
	ck_assert(may_ask("203.0.113.127"));
	ck_assert(may_ask("2001:db8:1::1"));
	ck_assert(!may_ask("192.0.2.2"));
	ck_assert(!may_ask("198.51.101.0"));
	ck_assert(!may_ask("203.0.113.128"));
	ck_assert(!may_ask("2001:db9::1"));
	ck_assert(!may_ask("::"));
	/* an address alone is not enough for to=client */
	ck_assert(!may_ask("192.0.2.99"));
}
END_TEST

START_TEST(accounts_of_every_row_may_ask)
{
	compile_domains("a.test etrn login=office@local.test\n");
	ck_assert(etrn_account_may_ask(&config,
	    slice_of("office@local.test")));
	ck_assert(!etrn_account_may_ask(&config,
	    slice_of("postmaster@local.test")));
	ck_assert(!etrn_account_may_ask(&config, slice_of("4")));
	ck_assert(!etrn_account_may_ask(&config, slice_of("")));
}
END_TEST

START_TEST(trees_and_queues_are_lists_of_domains)
{
	compile_domains("b.a.test etrn allow=192.0.2.1 queue=One\n"
	    "a.test etrn allow=192.0.2.1\n"
	    "ba.test etrn allow=192.0.2.1 queue=one\n"
	    "c.b.a.test etrn queue=two\n"
	    "d.b.test backup\n"
	    "single etrn allow=192.0.2.1\n");
	expect_domains("a.test", "a.test");
	expect_domains("nobody.test", "nobody.test");
	expect_domains("@a.test", "a.test b.a.test c.b.a.test");
	expect_domains("@b.a.test", "b.a.test c.b.a.test");
	expect_domains("@c.b.a.test", "c.b.a.test");
	expect_domains("@d.b.test", "");
	expect_domains("@test", "");
	expect_domains("@single", "single");
	expect_domains("#one", "b.a.test ba.test");
	expect_domains("#TWO", "c.b.a.test");
	expect_domains("#three", "");
}
END_TEST

int
main(void)
{
	struct unit unit = unit_make("etrn_ask");

	tcase_add_checked_fixture(unit.cases, control_begin, end);
	tcase_add_test(unit.cases, nothing_is_offered_where_nobody_may_ask);
	tcase_add_test(unit.cases, addresses_of_every_row_may_ask);
	tcase_add_test(unit.cases, accounts_of_every_row_may_ask);
	tcase_add_test(unit.cases, trees_and_queues_are_lists_of_domains);
	return unit_run(unit);
}
