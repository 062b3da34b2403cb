/* test_smtp_data - DATA decoded, in whatever pieces it comes. */
#include "lib/mail/smtp_data.h"
#include "tests/unit/unit.h"

#include <string.h>

struct outcome {
	enum smtp_data_result result;
	struct smtp_data data;
	struct str text;
	size_t used;
};

/* Decodes wire in pieces of step bytes, each in place. */
static struct outcome
decode(struct slice wire, size_t step)
{
	struct outcome out = {.result = SMTP_DATA_MORE};
	struct str piece = {0};

	while (out.used < wire.len && out.result == SMTP_DATA_MORE) {
		size_t left = wire.len - out.used, used, made;

		str_set_slice(&piece, slice_make(wire.s + out.used,
		    left < step ? left : step));
		out.result = smtp_data_decode(&out.data, str_slice(&piece),
		    &used, piece.s, &made);
		str_add(&out.text, piece.s, made);
		out.used += used;
	}
	str_free(&piece);
	return out;
}

static const struct {
	const char *wire;
	enum smtp_data_result result;
	const char *text;
	const char *rest; /* what the decoder left */
} letters[] = {
	{".\r\n", SMTP_DATA_END, "", ""},
	{"a\r\n.\r\n", SMTP_DATA_END, "a\n", ""},
	{"a\r\n.\r\nQUIT\r\n", SMTP_DATA_END, "a\n", "QUIT\r\n"},
	{"\r\n\r\n.\r\n", SMTP_DATA_END, "\n\n", ""},
	{"..\r\n...\r\n.x\r\n.\r\n", SMTP_DATA_END, ".\n..\nx\n", ""},
	{"x.\r\n.\r\n", SMTP_DATA_END, "x.\n", ""},
	{". \r\n.\r\n", SMTP_DATA_END, " \n", ""},
	{"no end\r\n", SMTP_DATA_MORE, "no end\n", ""},
	{"no end\r\n.", SMTP_DATA_MORE, "no end\n", ""},
	{"a\nb\r\n.\r\n", SMTP_DATA_BARE_LF, NULL, NULL},
	{"\n.\r\n", SMTP_DATA_BARE_LF, NULL, NULL},
	{"a\r\n.\n", SMTP_DATA_BARE_LF, NULL, NULL},
	{"a\n.\n", SMTP_DATA_BARE_LF, NULL, NULL},
	{"a\n.\r\n", SMTP_DATA_BARE_LF, NULL, NULL},
	{"a\rb\r\n.\r\n", SMTP_DATA_BARE_CR, NULL, NULL},
	{"a\r\r\n.\r\n", SMTP_DATA_BARE_CR, NULL, NULL},
	{"a\r\n.\r\r\n", SMTP_DATA_BARE_CR, NULL, NULL},
	{"a\r.\r\n", SMTP_DATA_BARE_CR, NULL, NULL},
	{"a\r\n.\rMAIL\r\n", SMTP_DATA_BARE_CR, NULL, NULL},
};

START_TEST(only_crlf_dot_crlf_ends_it)
{
	struct slice wire = slice_of(letters[_i].wire);

	for (size_t step = 1; step <= wire.len; step++) {
		struct outcome out = decode(wire, step);

		ck_assert_int_eq(out.result, letters[_i].result);
		if (letters[_i].text) {
			ck_assert_str_eq(str_c(&out.text), letters[_i].text);
			ck_assert_str_eq(wire.s + out.used, letters[_i].rest);
		}
		str_free(&out.text);
	}
}
END_TEST

START_TEST(nul_and_high_bytes_stay)
{
	static const char wire[] = "a\0b\xff\r\n.\0\r\n.\r\n";
	struct outcome out = decode(
	    slice_make(wire, sizeof wire - 1), sizeof wire);

	ck_assert_int_eq(out.result, SMTP_DATA_END);
	ck_assert(slice_eq(str_slice(&out.text),
	    slice_make("a\0b\xff\n\0\n", 7)));
	str_free(&out.text);
}
END_TEST

START_TEST(size_counts_crlf_and_no_dots)
{
	struct outcome out = decode(slice_of("ab\r\n..c\r\n\r\n.\r\n"), 3);

	ck_assert_uint_eq(out.data.size, 4 + 4 + 2);
	str_free(&out.text);
}
END_TEST

static bool
is_long(size_t len, size_t step)
{
	struct str wire = {0};
	struct outcome out;

	str_reserve(&wire, len);
	memset(wire.s, 'x', len);
	wire.len = len;
	str_puts(&wire, "\r\nshort\r\n.\r\n");
	out = decode(str_slice(&wire), step);
	ck_assert_int_eq(out.result, SMTP_DATA_END);
	str_free(&wire);
	str_free(&out.text);
	return out.data.has_long_line;
}

START_TEST(lines_up_to_64_kb_pass)
{
	ck_assert(!is_long(SMTP_TEXT_LINE_MAX, 32768));
	ck_assert(is_long(SMTP_TEXT_LINE_MAX + 1, 32768));
	ck_assert(!is_long(SMTP_TEXT_LINE_MAX, 1000));
	ck_assert(is_long(SMTP_TEXT_LINE_MAX + 1, 1000000));
}
END_TEST

int
main(void)
{
	struct unit unit = unit_make("smtp_data");

	tcase_add_loop_test(unit.cases, only_crlf_dot_crlf_ends_it, 0,
	    (int)(sizeof letters / sizeof *letters));
	tcase_add_test(unit.cases, nul_and_high_bytes_stay);
	tcase_add_test(unit.cases, size_counts_crlf_and_no_dots);
	tcase_add_test(unit.cases, lines_up_to_64_kb_pass);
	return unit_run(unit);
}
