/* test_pop3_reply - what servers say, and what it means. */
#include "lib/mail/pop3_reply.h"
#include "tests/unit/unit.h"

#include <string.h>

static const struct {
	const char *line;
	enum pop3_status status;
	enum pop3_code code;
	const char *text;
} lines[] = {
	{"+OK", POP3_OK, POP3_NO_CODE, ""},
	{"+OK 2 320", POP3_OK, POP3_NO_CODE, "2 320"},
	{"+ok  ready ", POP3_OK, POP3_NO_CODE, "ready"},
	{"-ERR", POP3_ERR, POP3_NO_CODE, ""},
	{"-ERR [IN-USE] locked", POP3_ERR, POP3_IN_USE, "[IN-USE] locked"},
	{"-ERR [auth] no", POP3_ERR, POP3_AUTH, "[auth] no"},
	{"-ERR [SYS/TEMP]", POP3_ERR, POP3_SYS_TEMP, "[SYS/TEMP]"},
	{"-ERR [SYS/PERM] x", POP3_ERR, POP3_SYS_PERM, "[SYS/PERM] x"},
	{"-ERR [LOGIN-DELAY] x", POP3_ERR, POP3_LOGIN_DELAY,
	    "[LOGIN-DELAY] x"},
	{"-ERR [SYS/OTHER] x", POP3_ERR, POP3_NO_CODE, "[SYS/OTHER] x"},
	{"+OKAY", POP3_STRANGE, POP3_NO_CODE, "+OKAY"},
	{"", POP3_STRANGE, POP3_NO_CODE, ""},
	{"220 smtp", POP3_STRANGE, POP3_NO_CODE, "220 smtp"},
};

START_TEST(status_lines_are_told_apart)
{
	enum pop3_code code;
	struct slice text;

	ck_assert_int_eq(pop3_status(slice_of(lines[_i].line), &code, &text),
	    lines[_i].status);
	ck_assert_int_eq(code, lines[_i].code);
	ck_assert(slice_is(text, lines[_i].text));
}
END_TEST

START_TEST(apop_needs_a_time_stamp)
{
	struct slice stamp;

	ck_assert(pop3_timestamp(slice_of("+OK hi <1.2@mail.test> there"),
	    &stamp));
	ck_assert(slice_is(stamp, "<1.2@mail.test>"));
	ck_assert(!pop3_timestamp(slice_of("+OK hi <no at> a@b"), &stamp));
	ck_assert(!pop3_timestamp(slice_of("+OK <a@b"), &stamp));
	ck_assert(!pop3_timestamp(slice_of("+OK"), &stamp));
}
END_TEST

START_TEST(listings_are_numbers_and_ids)
{
	char line[POP3_UID_MAX + 8] = "1 ";
	uint64_t first, second;
	struct slice uid;

	ck_assert(pop3_numbers(slice_of("3 4711 octets"), &first, &second));
	ck_assert_uint_eq(first, 3);
	ck_assert_uint_eq(second, 4711);
	ck_assert(!pop3_numbers(slice_of("3"), &first, &second));
	ck_assert(!pop3_numbers(slice_of("-3 1"), &first, &second));
	ck_assert(pop3_uid(slice_of("12 whqtswO00WBw418f9t5JxYwZ"), &first,
	    &uid));
	ck_assert_uint_eq(first, 12);
	ck_assert(slice_is(uid, "whqtswO00WBw418f9t5JxYwZ"));
	ck_assert(!pop3_uid(slice_of("12"), &first, &uid));
	ck_assert(!pop3_uid(slice_of("12 a b"), &first, &uid));
	ck_assert(!pop3_uid(slice_of("x a"), &first, &uid));
	ck_assert(!pop3_uid(slice_of("1 caf\xc3\xa9"), &first, &uid));
	memset(line + 2, 'u', POP3_UID_MAX);
	ck_assert(pop3_uid(slice_of(line), &first, &uid));
	ck_assert_uint_eq(uid.len, POP3_UID_MAX);
	line[2 + POP3_UID_MAX] = 'u';
	ck_assert(!pop3_uid(slice_of(line), &first, &uid));
}
END_TEST

START_TEST(capabilities_are_gathered)
{
	static const char *const said[] = {"TOP", "uidl", "STLS",
	    "SASL PLAIN XOAUTH2 SCRAM-SHA-256", "LOGIN-DELAY 900",
	    "EXPIRE 14 USER", "AUTH-RESP-CODE", "IMPLEMENTATION x", "USERS"};
	struct pop3_capabilities all = {0};

	for (size_t i = 0; i < sizeof said / sizeof *said; i++)
		pop3_capability(&all, slice_of(said[i]));
	ck_assert(all.top && all.uidl && all.stls);
	ck_assert(!all.user && !all.pipelining);
	ck_assert_uint_eq(all.login_delay_s, 900);
	ck_assert(all.expires);
	ck_assert_uint_eq(all.expire_days, 14);
	ck_assert_str_eq(str_c(&all.mechanisms),
	    "PLAIN XOAUTH2 SCRAM-SHA-256");
	pop3_capability(&all, slice_of("EXPIRE NEVER"));
	ck_assert(!all.expires);
	pop3_capabilities_free(&all);
}
END_TEST

static const struct {
	const char *bytes, *text;
	size_t rest; /* bytes behind the end; SIZE_MAX: no end */
} texts[] = {
	{".\r\n", "", 0},
	{".\n+OK", "", 3},
	{"a\r\n.\r\n+OK", "a\n", 3},
	{"..\r\n...\r\n.\r\n", ".\n..\n", 0},
	{".a\r\n.\r\n", "a\n", 0},
	{"a\nb\r\n.\n", "a\nb\n", 0},
	{"a\rb\r\r\n.\r\n", "a\rb\r\n", 0},
	{"\r\n\n.\r\n", "\n\n", 0},
	{".\rx\r\n.\r\n", "\rx\n", 0},
	{"no end", "no end", SIZE_MAX},
	{"no end\r\n.\r", "no end\n", SIZE_MAX},
};

START_TEST(texts_end_at_a_dot)
{
	struct slice all = slice_of(texts[_i].bytes);

	for (size_t step = 1; step <= all.len; step++) {
		struct pop3_text state = {0};
		struct str text = {0};
		size_t at = 0, used;
		bool is_end = false;

		while (at < all.len && !is_end) {
			size_t n = all.len - at < step ? all.len - at : step;

			is_end = pop3_text_take(&state,
			    slice_make(all.s + at, n), &used, &text);
			ck_assert_uint_eq(is_end ? used <= n : used == n, 1);
			at += used;
		}
		ck_assert_str_eq(str_c(&text), texts[_i].text);
		ck_assert_int_eq(is_end, texts[_i].rest != SIZE_MAX);
		if (is_end)
			ck_assert_uint_eq(all.len - at, texts[_i].rest);
		str_free(&text);
	}
}
END_TEST

int
main(void)
{
	struct unit unit = unit_make("pop3_reply");

	tcase_add_loop_test(unit.cases, status_lines_are_told_apart, 0,
	    sizeof lines / sizeof *lines);
	tcase_add_test(unit.cases, apop_needs_a_time_stamp);
	tcase_add_test(unit.cases, listings_are_numbers_and_ids);
	tcase_add_test(unit.cases, capabilities_are_gathered);
	tcase_add_loop_test(unit.cases, texts_end_at_a_dot, 0,
	    sizeof texts / sizeof *texts);
	return unit_run(unit);
}
