/* test_etrn - ETRN's argument, and who may ask. */
#include "control/etrn_ask.h"
#include "lib/mail/etrn_wire.h"
#include "tests/unit/unit.h"

static const struct {
	const char *argument;
	int code;
	const char *again;
} arguments[] = {
    {"example.org", 0, "example.org"},
    {"Example.ORG.", 0, "example.org"},
    {"m\303\274nchen.example", 0, "xn--mnchen-3ya.example"},
    {"localhost", 0, "localhost"},
    {"@example.org", 0, "@example.org"},
    {"@EXAMPLE.org", 0, "@example.org"},
    {"#Office-1", 0, "#office-1"},
    {"#a.b_c", 0, "#a.b_c"},
    {"", 500, ""},
    {"example.org example.net", 500, ""},
    {"@ example.org", 500, ""},
    {"a\tb", 500, ""},
    {"@", 501, ""},
    {"#", 501, ""},
    {"@@example.org", 501, ""},
    {"#@example.org", 501, ""},
    {"#a/b", 501, ""},
    {"#m\303\274", 501, ""},
    {"a..b", 501, ""},
    {".example.org", 501, ""},
    {"-a.example", 501, ""},
    {"[192.0.2.1]", 501, ""},
    {"user@example.org", 501, ""},
    {"<example.org>", 501, ""},
    {"\377.example", 501, ""},
};

START_TEST(an_argument_is_a_domain_a_tree_or_a_queue)
{
	struct etrn_argument argument = {0};
	struct str again = {0};

	ck_assert_int_eq(etrn_parse(slice_of(arguments[_i].argument),
	    &argument), arguments[_i].code);
	if (!arguments[_i].code)
		etrn_write(&again, &argument);
	ck_assert_str_eq(str_c(&again), arguments[_i].again);
	etrn_argument_free(&argument);
	str_free(&again);
}
END_TEST

START_TEST(a_long_argument_is_none)
{
	struct etrn_argument argument = {0};
	struct str name = {0};

	for (int i = 0; i < ETRN_WORD_MAX; i++)
		str_putc(&name, i ? 'a' : '#');
	ck_assert_int_eq(etrn_parse(str_slice(&name), &argument), 0);
	str_puts(&name, "aa");
	ck_assert_int_eq(etrn_parse(str_slice(&name), &argument), 501);
	for (int i = 0; i < ETRN_ARGUMENT_MAX; i++)
		str_putc(&name, 'a');
	ck_assert_int_eq(etrn_parse(str_slice(&name), &argument), 500);
	etrn_argument_free(&argument);
	str_free(&name);
}
END_TEST

static const struct {
	const char *client, *login;
	bool is_to_client, may;
} askers[] = {
    {"192.0.2.1", "", false, true},
    {"192.0.2.2", "", false, false},
    {"198.51.100.77", "", false, true},
    {"198.51.101.77", "", false, false},
    {"::ffff:192.0.2.1", "", false, true},
    {"2001:db8::77", "", false, true},
    {"2001:db9::77", "", false, false},
    {"192.0.2.1", "", true, false},
    {"192.0.2.2", "office@example.org", false, true},
    {"192.0.2.2", "office@example.org", true, true},
    {"192.0.2.2", "other@example.org", true, false},
    {"", "", false, false},
    {"", "office@example.org", false, true},
    {"192.0.2.1/32", "", false, false},
    {"unknown", "", false, false},
};

START_TEST(who_may_ask_is_in_the_row)
{
	struct etrn_row row = {.is_to_client = askers[_i].is_to_client};
	struct etrn_asker asker = {.login = slice_of(askers[_i].login)};

	strs_add(&row.allow, slice_of("192.0.2.1/32"));
	strs_add(&row.allow, slice_of("198.51.100.0/24"));
	strs_add(&row.allow, slice_of("2001:db8::/32"));
	strs_add(&row.logins, slice_of("office@example.org"));
	(void)etrn_asker_parse(slice_of(askers[_i].client), &asker);
	ck_assert_int_eq(etrn_allows(&row, &asker), askers[_i].may);
	record_free(etrn_row_fields, &row);
}
END_TEST

int
main(void)
{
	struct unit unit = unit_make("etrn");

	tcase_add_loop_test(unit.cases,
	    an_argument_is_a_domain_a_tree_or_a_queue, 0,
	    sizeof arguments / sizeof *arguments);
	tcase_add_test(unit.cases, a_long_argument_is_none);
	tcase_add_loop_test(unit.cases, who_may_ask_is_in_the_row, 0,
	    sizeof askers / sizeof *askers);
	return unit_run(unit);
}
