/* test_settings - the forms of single values, and their defaults. */
#include "control/settings.h"

#include "tests/unit/unit.h"

#include <string.h>

static const struct {
	const char *name, *text, *value; /* NULL: a fault */
} values[] = {
    {"me", "Mail.Example.ORG", "mail.example.org"},
    {"me", "m\303\274nchen.example", "xn--mnchen-3ya.example"},
    {"me", "192.0.2.1", NULL},
    {"me", "two words", NULL},
    {"me", "", NULL},
    {"databytes", "50M", "52428800"},
    {"databytes", "50m", "52428800"},
    {"databytes", "0", "0"},
    {"databytes", "1T", "1099511627776"},
    {"databytes", "1P", NULL},
    {"databytes", "-1", NULL},
    {"databytes", "5s", NULL},
    {"databytes", "M", NULL},
    {"databytes", "1.5M", NULL},
    {"databytes", "18446744073709551615G", NULL},
    {"databytes", "99999999999999999999999", NULL},
    {"queuelifetime", "5d", "432000"},
    {"queuelifetime", "432000", "432000"},
    {"queuelifetime", "30s", "30"},
    {"queuelifetime", "2w", "1209600"},
    {"queuelifetime", "0", NULL},
    {"queuelifetime", "5 d", NULL},
    {"queuelifetime", "99999w", NULL},
    {"queuelifetime", "s", NULL},
    {"sessions", "1000", "1000"},
    {"sessionsperip", "1500", "1500"},
    {"sessions", "0", NULL},
    {"sessions", "12a", NULL},
    {"minfree", "5%", "5%"},
    {"minfree", "0%", "0%"},
    {"minfree", "007%", "7%"},
    {"minfree", "100%", NULL},
    {"minfree", "%", NULL},
    {"minfree", "2G", "2147483648"},
    {"bouncefrom", "MAILER-DAEMON", "MAILER-DAEMON"},
    {"bouncefrom", "a@b", NULL},
    {"bouncefrom", "a b", NULL},
    {"doublebounceto", "postmaster", "postmaster@mail.test"},
    {"doublebounceto", "Anna@Example.org", "Anna@example.org"},
    {"doublebounceto", "a b", NULL},
    {"resolver", "none", ""},
    {"resolver", "127.0.0.1", "127.0.0.1"},
    {"resolver", "127.0.0.1@5353", "127.0.0.1@5353"},
    {"resolver", "::1@5353", "::1@5353"},
    {"resolver", "127.0.0.1@0", NULL},
    {"resolver", "127.0.0.1@", NULL},
    {"resolver", "dns.example.org", NULL},
    {"cafile", "none", ""},
    {"cafile", "/etc/ca.pem", "/etc/ca.pem"},
    {"cafile", "ca.pem", NULL},
    {"plusaddress", "none", ""},
    {"plusaddress", "+-", "+-"},
    {"plusaddress", "@", NULL},
    {"plusaddress", "a", NULL},
    {"users", "ph", "ph"},
    {"users", "one", "one"},
    {"users", "Ph", NULL},
    {"users", "../x", NULL},
    {"smtpgreeting", "mail.test hello there", "mail.test hello there"},
    {"smtpgreeting", "gr\303\274ezi", NULL},
};

START_TEST(each_form_is_taken_or_refused_with_words)
{
	const struct setting_rule *rule =
	    setting_find(slice_of(values[_i].name));
	struct str value = {0}, fault = {0};
	int result;

	ck_assert_ptr_nonnull(rule);
	result = setting_parse(rule, slice_of(values[_i].text),
	    slice_of("mail.test"), &value, &fault);
	ck_assert_msg(result == (values[_i].value ? 0 : -1), "%s: %s: %s",
	    values[_i].name, values[_i].text, str_c(&fault));
	if (result == 0)
		ck_assert_str_eq(str_c(&value), values[_i].value);
	else
		ck_assert_uint_gt(fault.len, 0);
	str_free(&value);
	str_free(&fault);
}
END_TEST

START_TEST(every_default_is_of_its_own_form)
{
	struct str value = {0}, fault = {0};

	for (const struct setting_rule *r = setting_rules; r->name; r++) {
		const char *text = r->fallback ? r->fallback : "mail.test";

		ck_assert_msg(setting_parse(r, slice_of(text),
		    slice_of("mail.test"), &value, &fault) == 0, "%s: %s",
		    r->name, str_c(&fault));
		ck_assert_ptr_nonnull(r->meaning);
	}
	str_free(&value);
	str_free(&fault);
}
END_TEST

START_TEST(long_line_does_not_drown_the_advice)
{
	struct str text = {0}, value = {0}, fault = {0};

	for (int i = 0; i < 50000; i++)
		str_puts(&text, "\303\274");
	ck_assert_int_eq(setting_parse(setting_find(slice_of("databytes")),
	    str_slice(&text), slice_of("x"), &value, &fault), -1);
	ck_assert_uint_lt(fault.len, 200);
	ck_assert_ptr_nonnull(strstr(str_c(&fault), "50M"));
	str_free(&text);
	str_free(&value);
	str_free(&fault);
}
END_TEST

int
main(void)
{
	struct unit unit = unit_make("settings");

	tcase_add_loop_test(unit.cases,
	    each_form_is_taken_or_refused_with_words, 0,
	    sizeof values / sizeof *values);
	tcase_add_test(unit.cases, every_default_is_of_its_own_form);
	tcase_add_test(unit.cases, long_line_does_not_drown_the_advice);
	return unit_run(unit);
}
