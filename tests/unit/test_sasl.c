/* test_sasl - the server's half of PLAIN and LOGIN. */
#include "lib/mail/auth.h"
#include "lib/mail/sasl.h"
#include "tests/unit/unit.h"

#include <openssl/evp.h>
#include <string.h>

static struct sasl sasl;

static void
begin(void)
{
	sasl = (struct sasl){0};
}

static void
end(void)
{
	sasl_wipe(&sasl);
}

/* AUTH's argument, and the client's lines after it ("" ends them). */
static const struct exchange {
	const char *argument, *lines[3];
	enum sasl_step step;
	const char *name, *password;
} exchanges[] = {
	/* RFC 4616 4: tim, tanstaaftanstaaf */
	{"PLAIN AHRpbQB0YW5zdGFhZnRhbnN0YWFm", {0}, SASL_COMPLETE, "tim",
	    "tanstaaftanstaaf"},
	{"PLAIN", {"AHRpbQB0YW5zdGFhZnRhbnN0YWFm"}, SASL_COMPLETE, "tim",
	    "tanstaaftanstaaf"},
	{"plain dGltAHRpbQB0YW5zdGFhZnRhbnN0YWFm", {0}, SASL_COMPLETE, "tim",
	    "tanstaaftanstaaf"},
	/* the RFC's second: Ursel for Kurt */
	{"PLAIN", {"VXJzZWwAS3VydAB4aXBqM3BsbXE="}, SASL_OTHER_IDENTITY, "",
	    ""},
	{"LOGIN", {"dGlt", "dGFuc3RhYWY="}, SASL_COMPLETE, "tim", "tanstaaf"},
	{"Login dGlt", {"dGFuc3RhYWY="}, SASL_COMPLETE, "tim", "tanstaaf"},
	{"PLAIN", {0}, SASL_WANTS_RESPONSE, "", ""},
	{"LOGIN", {0}, SASL_WANTS_NAME, "", ""},
	{"LOGIN dGlt", {0}, SASL_WANTS_PASSWORD, "tim", ""},
	{"PLAIN", {"*"}, SASL_CANCELLED, "", ""},
	{"LOGIN", {"dGlt", "*"}, SASL_CANCELLED, "tim", ""},
	{"PLAIN *", {0}, SASL_RUBBISH, "", ""},
	{"PLAIN =", {0}, SASL_RUBBISH, "", ""},
	{"PLAIN ", {0}, SASL_RUBBISH, "", ""},
	{"LOGIN =", {0}, SASL_RUBBISH, "", ""},
	{"PLAIN", {""}, SASL_RUBBISH, "", ""},
	{"PLAIN dGlt", {0}, SASL_RUBBISH, "", ""},          /* no NUL */
	{"PLAIN AHRpbQ==", {0}, SASL_RUBBISH, "", ""},      /* one */
	{"PLAIN AHRpbQBhAGI=", {0}, SASL_RUBBISH, "", ""},  /* three */
	{"PLAIN AAB4", {0}, SASL_RUBBISH, "", ""},          /* no name */
	{"PLAIN AHgA", {0}, SASL_RUBBISH, "", ""},          /* no password */
	{"LOGIN YQBi", {0}, SASL_RUBBISH, "", ""},          /* a NUL */
	{"LOGIN dGlt", {"YQBi"}, SASL_RUBBISH, "tim", ""},
	{"LOGIN dGlt  ", {0}, SASL_RUBBISH, "", ""},
	{"CRAM-MD5", {0}, SASL_UNKNOWN, "", ""},
	{"PLAINX AHRpbQB4", {0}, SASL_UNKNOWN, "", ""},
	{"", {0}, SASL_UNKNOWN, "", ""},
};
enum { EXCHANGES = sizeof exchanges / sizeof *exchanges };

START_TEST(exchanges_end_as_they_should)
{
	const struct exchange *e = &exchanges[_i];
	enum sasl_step step = sasl_begin(&sasl, slice_of(e->argument));

	for (int i = 0; i < 3 && e->lines[i]; i++)
		step = sasl_take(&sasl, slice_of(e->lines[i]));
	ck_assert_int_eq(step, e->step);
	ck_assert_int_eq(sasl.step, e->step);
	ck_assert_str_eq(str_c(&sasl.name), e->name);
	ck_assert_str_eq(str_c(&sasl.password), e->password);
}
END_TEST

static struct slice
encode(char *to, const char *bytes, size_t len)
{
	int n = EVP_EncodeBlock((unsigned char *)to,
	    (const unsigned char *)bytes, (int)len);

	return slice_make(to, (size_t)n);
}

START_TEST(names_and_passwords_have_their_limits)
{
	char bytes[4096], text[8192];

	memset(bytes, 'x', sizeof bytes);
	sasl_begin(&sasl, slice_of("LOGIN"));
	ck_assert_int_eq(sasl_take(&sasl, encode(text, bytes,
	    AUTH_NAME_MAX + 1)), SASL_RUBBISH);
	sasl_wipe(&sasl);
	sasl_begin(&sasl, slice_of("LOGIN"));
	ck_assert_int_eq(sasl_take(&sasl, encode(text, bytes,
	    AUTH_NAME_MAX)), SASL_WANTS_PASSWORD);
	ck_assert_int_eq(sasl_take(&sasl, encode(text, bytes,
	    AUTH_PASSWORD_MAX)), SASL_COMPLETE);
	ck_assert_uint_eq(sasl.name.len, AUTH_NAME_MAX);
	ck_assert_uint_eq(sasl.password.len, AUTH_PASSWORD_MAX);
	sasl_wipe(&sasl);
	sasl_begin(&sasl, slice_of("LOGIN dGlt"));
	ck_assert_int_eq(sasl_take(&sasl, encode(text, bytes,
	    AUTH_PASSWORD_MAX + 1)), SASL_RUBBISH);
}
END_TEST

START_TEST(what_is_over_stays_over)
{
	sasl_begin(&sasl, slice_of("PLAIN"));
	sasl_take(&sasl, slice_of("rubbish"));
	ck_assert_int_eq(sasl_take(&sasl,
	    slice_of("AHRpbQB0YW5zdGFhZnRhbnN0YWFm")), SASL_RUBBISH);
	ck_assert_uint_eq(sasl.password.len, 0);
}
END_TEST

int
main(void)
{
	struct unit unit = unit_make("sasl");

	tcase_add_checked_fixture(unit.cases, begin, end);
	tcase_add_loop_test(unit.cases, exchanges_end_as_they_should, 0,
	    EXCHANGES);
	tcase_add_test(unit.cases, names_and_passwords_have_their_limits);
	tcase_add_test(unit.cases, what_is_over_stays_over);
	return unit_run(unit);
}
