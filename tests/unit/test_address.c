/* test_address - which addresses are well-formed, and their normal form. */
#include "lib/mail/address.h"

#include "tests/unit/unit.h"

#define LABEL60 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

static const struct {
	const char *address;
	bool is_ascii, is_utf8; /* valid without, with SMTPUTF8 */
} valid[] = {
    {"user@example.org", true, true},
    {"first.last@example.org", true, true},
    {"!#$%&'*+-/=?^_`{|}~@example.org", true, true},
    {"user@localhost", true, true},
    {"user@example.org.", true, true},
    {"user@under_score.example", true, true},
    {"user@[192.0.2.1]", true, true},
    {"user@[IPv6:2001:db8::1]", true, true},
    {"user@[ipv6:::1]", true, true},
    {"\"a b\"@example.org", true, true},
    {"\"a@b\"@example.org", true, true},
    {"\"a\\\"b\"@example.org", true, true},
    {"\"\"@example.org", true, true},
    {LABEL60 "." LABEL60 "@example.org", true, true},
    {"j\303\266rg@example.org", false, true},
    {"user@m\303\274nchen.example", false, true},
    {"user@xn--mnchen-3ya.example", true, true},
    {"user", false, false},
    {"@example.org", false, false},
    {"user@", false, false},
    {".user@example.org", false, false},
    {"user.@example.org", false, false},
    {"us..er@example.org", false, false},
    {"us er@example.org", false, false},
    {"us\ter@example.org", false, false},
    {"us(er)@example.org", false, false},
    {"a@b@example.org", false, false},
    {"<user@example.org>", false, false},
    {"\"user@example.org", false, false},
    {"us\"er\"@example.org", false, false},
    {"\"a\"b\"@example.org", false, false},
    {"\"a\\\"@example.org", false, false},
    {"\"a\rb\"@example.org", false, false},
    {"user@example..org", false, false},
    {"user@.example.org", false, false},
    {"user@.", false, false},
    {"user@-example.org", false, false},
    {"user@example-.org", false, false},
    {"user@exam ple.org", false, false},
    {"user@exam/ple.org", false, false},
    {"user@" LABEL60 "aaaa.org", false, false},
    {"user@[192.0.2.256]", false, false},
    {"user@[192.0.2.1", false, false},
    {"user@[]", false, false},
    {"user@[IPv6:192.0.2.1]", false, false},
    {"user@[2001:db8::1]", false, false},
    {"us\377er@example.org", false, false},
    {"user@\377.example.org", false, false},
};

START_TEST(well_formed_is_what_rfc_5321_and_6531_say)
{
	struct slice address = slice_of(valid[_i].address);

	ck_assert_msg(address_valid(address, false) == valid[_i].is_ascii,
	    "%s", valid[_i].address);
	ck_assert_msg(address_valid(address, true) == valid[_i].is_utf8,
	    "%s with SMTPUTF8", valid[_i].address);
}
END_TEST

static const struct {
	const char *from, *folded, *unfolded; /* NULL: no address */
} normal[] = {
    {"User@Example.ORG", "user@example.org", "User@example.org"},
    {"u@example.org.", "u@example.org", "u@example.org"},
    {"u@M\303\234NCHEN.example", "u@xn--mnchen-3ya.example",
	"u@xn--mnchen-3ya.example"},
    {"u@XN--MNCHEN-3YA.Example", "u@xn--mnchen-3ya.example",
	"u@xn--mnchen-3ya.example"},
    {"u@stra\303\237e.example", "u@xn--strae-oqa.example",
	"u@xn--strae-oqa.example"},
    {"u@\344\276\213\343\200\202example", "u@xn--fsq.example",
	"u@xn--fsq.example"}, /* ideographic full stop */
    {"\"John\"@x.test", "john@x.test", "John@x.test"},
    {"\"\\J\"@x.test", "j@x.test", "J@x.test"},
    {"\"A b\"@x.test", "\"a b\"@x.test", "\"A b\"@x.test"},
    {"\"a\\ b\"@x.test", "\"a b\"@x.test", "\"a b\"@x.test"},
    {"\"a\\\"b\"@x.test", "\"a\\\"b\"@x.test",
	"\"a\\\"b\"@x.test"},
    {"\"\"@x.test", "\"\"@x.test", "\"\"@x.test"},
    {"\".a\"@x.test", "\".a\"@x.test", "\".a\"@x.test"},
    {"u@[IPv6:2001:DB8::1]", "u@[ipv6:2001:db8::1]",
	"u@[ipv6:2001:db8::1]"},
    {"postmaster", NULL, NULL},
    {"u@xn--a\303\274", NULL, NULL},
    {"u@\342\200\213\342\200\213", NULL, NULL}, /* zero-width only */
    {"u@a\342\204\200b.example", NULL, NULL}, /* maps to a/c */
    {"", NULL, NULL},
};

START_TEST(normal_form_is_one_for_all_spellings)
{
	struct slice from = slice_of(normal[_i].from);
	int wanted = normal[_i].folded ? 0 : -1;
	struct str to = {0};

	ck_assert_int_eq(address_normalize(&to, from, true), wanted);
	ck_assert_str_eq(str_c(&to), wanted ? "" : normal[_i].folded);
	ck_assert_int_eq(address_normalize(&to, from, false), wanted);
	ck_assert_str_eq(str_c(&to), wanted ? "" : normal[_i].unfolded);
	str_free(&to);
}
END_TEST

START_TEST(splits_at_the_last_at_sign)
{
	struct slice local, domain;

	ck_assert(address_split(slice_of("\"a@b\"@c"), &local, &domain));
	ck_assert(slice_is(local, "\"a@b\""));
	ck_assert(slice_is(domain, "c"));
	ck_assert(!address_split(slice_of("postmaster"), &local, &domain));
	ck_assert(!address_split(slice_of("@c"), &local, &domain));
	ck_assert(!address_split(slice_of("a@"), &local, &domain));
	ck_assert(!address_split(slice_of(""), &local, &domain));
}
END_TEST

START_TEST(overlong_is_no_address)
{
	struct str address = {0}, to = {0};

	for (int i = 0; i < ADDRESS_TEXT_MAX - 2; i++)
		str_putc(&address, 'a');
	str_puts(&address, "@x");
	ck_assert(address_valid(str_slice(&address), false));
	str_putc(&address, 'x');
	ck_assert(!address_valid(str_slice(&address), false));
	str_clear(&address);
	for (int i = 0; i < 65; i++)
		str_puts(&address, "abc.");
	ck_assert(!domain_valid(str_slice(&address)));
	ck_assert_int_eq(domain_normalize(&to, str_slice(&address)), -1);
	str_free(&address);
	str_free(&to);
}
END_TEST

START_TEST(nul_is_never_part_of_an_address)
{
	struct str to = {0};

	ck_assert(!address_valid(slice_make("a\0b@x", 5), true));
	ck_assert(!address_valid(slice_make("a@x\0y", 5), true));
	ck_assert(!address_valid(slice_make("\"\0\"@x", 5), true));
	ck_assert_int_eq(domain_normalize(&to,
	    slice_make("\303\274\0x", 4)), -1);
	str_free(&to);
}
END_TEST

int
main(void)
{
	struct unit unit = unit_make("address");

	tcase_add_loop_test(unit.cases,
	    well_formed_is_what_rfc_5321_and_6531_say, 0,
	    sizeof valid / sizeof *valid);
	tcase_add_loop_test(unit.cases, normal_form_is_one_for_all_spellings,
	    0, sizeof normal / sizeof *normal);
	tcase_add_test(unit.cases, splits_at_the_last_at_sign);
	tcase_add_test(unit.cases, overlong_is_no_address);
	tcase_add_test(unit.cases, nul_is_never_part_of_an_address);
	return unit_run(unit);
}
