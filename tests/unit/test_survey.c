/* test_survey - what the tables claim about the world, and who we are. */
#include "control/survey.h"
#include "tests/unit/control_dir.h"
#include "tests/unit/unit.h"

static const char *const kinds[] = {
	[SURVEY_HOME] = "home", [SURVEY_BACKUP] = "backup",
	[SURVEY_HELD] = "held", [SURVEY_ROUTE] = "route",
	[SURVEY_HOST] = "host"};

START_TEST(every_claim_is_there_once)
{
	struct config config;
	struct survey survey = {0};
	struct str all = {0};

	control_write("domains", "local.test local smarthost=[192.0.2.9]\n"
	    "away.test backup\n"
	    "branch.test route to=a.test,[192.0.2.1]:26\n"
	    "held.test etrn to=b.test allow=192.0.2.1\n"
	    "client.test etrn to=client login=a@local.test\n");
	control_write("accounts", "postmaster@local.test user\n"
	    "a@local.test user smarthost=smart.test\n"
	    "b@local.test user smarthost=smart.test\n"
	    "c@local.test user smarthost=none\n");
	control_write("routes", ".far.test smart.test\n* other.test\n");
	control_compile_well();
	ck_assert_int_eq(config_open(&config, "routing"), 0);
	survey_take(&config, &survey);
	for (size_t i = 0; i < survey.len; i++)
		str_addf(&all, "%s %s %s | %s\n", str_c(&survey.v[i].where),
		    kinds[survey.v[i].kind], str_c(&survey.v[i].domain),
		    str_c(&survey.v[i].via));
	ck_assert_str_eq(str_c(&all),
	    "domains:1 home local.test | \n"
	    "domains:1 host local.test | to [192.0.2.9]\n"
	    "domains:2 backup away.test | backup away.test\n"
	    "domains:3 route branch.test | to a.test,[192.0.2.1]:26\n"
	    "domains:4 held held.test | etrn held.test to=b.test\n"
	    "domains:5 held client.test | \n"
	    "accounts:2 host a@local.test | to smart.test\n"
	    "routes:2 host * | to other.test\n");
	str_free(&all);
	survey_free(&survey);
	config_close(&config);
}
END_TEST

START_TEST(we_are_our_names_and_listeners)
{
	struct config config;
	struct self self = {0};
	struct dns_address address;

	control_write("listen", "192.0.2.5:25 smtp\n192.0.2.6:587 submission\n");
	control_write("helohost", "helo.local.test\n");
	control_compile_well();
	ck_assert_int_eq(config_open(&config, "remote"), 0);
	survey_self(&config, &self);
	ck_assert(self_is_name(&self, slice_of("MAIL.local.test.")));
	ck_assert(self_is_name(&self, slice_of("helo.local.test")));
	ck_assert(!self_is_name(&self, slice_of("local.test")));
	ck_assert_int_eq(dns_address_parse(slice_of("192.0.2.6"), &address),
	    0);
	ck_assert(self_is_address(&self, &address));
	ck_assert(self_is_listener(&self, &address, 587));
	ck_assert(!self_is_listener(&self, &address, 25));
	self_free(&self);
	config_close(&config);
}
END_TEST

int
main(void)
{
	struct unit unit = unit_make("survey");

	tcase_add_checked_fixture(unit.cases, control_begin, NULL);
	tcase_add_test(unit.cases, every_claim_is_there_once);
	tcase_add_test(unit.cases, we_are_our_names_and_listeners);
	return unit_run(unit);
}
