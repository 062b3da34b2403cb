/* test_smtp_content - text on the wire is the text, however it is cut. */
#include "lib/mail/smtp_content.h"
#include "lib/mail/smtp_data.h"
#include "tests/unit/unit.h"

static const struct {
	const char *file, *wire;
} texts[] = {
	{"", ".\r\n"},
	{"a\n", "a\r\n.\r\n"},
	{"a", "a\r\n.\r\n"},
	{"\n", "\r\n.\r\n"},
	{".\n", "..\r\n.\r\n"},
	{".", "..\r\n.\r\n"},
	{"..a\n.b\nc.d\n", "...a\r\n..b\r\nc.d\r\n.\r\n"},
	{"a\n.\nb\n", "a\r\n..\r\nb\r\n.\r\n"},
	{"a\r\n.\r\nb\r\n", "a\r\n..\r\nb\r\n.\r\n"},
	{"a\rb\n", "a b\r\n.\r\n"},
	{"a\r", "a\r\n.\r\n"},
	{"\r\r\n", " \r\n.\r\n"},
	{"a\r.\r\r\nb", "a . \r\nb\r\n.\r\n"},
	{"\r.\n", " .\r\n.\r\n"},
};

static void
encode(struct str *wire, struct slice text, size_t piece)
{
	struct smtp_encoder encoder = {0};

	str_clear(wire);
	while (text.len) {
		size_t len = piece < text.len ? piece : text.len;

		smtp_encode(&encoder, slice_make(text.s, len), wire);
		text = slice_make(text.s + len, text.len - len);
	}
	smtp_encode_end(&encoder, wire);
}

START_TEST(wire_form_is_the_same_in_any_pieces)
{
	struct slice file = slice_of(texts[_i].file);
	struct str wire = {0};

	for (size_t piece = 1; piece <= file.len + 1; piece++) {
		encode(&wire, file, piece);
		ck_assert_str_eq(str_c(&wire), texts[_i].wire);
	}
	str_free(&wire);
}
END_TEST

START_TEST(decoder_gives_it_back)
{
	static const char text[] = "Subject: x\n\n.\n..\n.a\nlong line\n\n.\n";
	struct smtp_data data = {0};
	struct str wire = {0};
	char out[200];
	size_t used, len;

	encode(&wire, slice_of(text), 7);
	ck_assert_int_eq(smtp_data_decode(&data, str_slice(&wire), &used, out,
	    &len), SMTP_DATA_END);
	ck_assert_uint_eq(used, wire.len);
	ck_assert(slice_is(slice_make(out, len), text));
	str_free(&wire);
}
END_TEST

static const struct {
	const char *text;
	uint64_t bytes;
	bool is_8bit, is_8bit_header;
} examined[] = {
	{"", 0, false, false},
	{"a: b\n\nc\n", 11, false, false},
	{"a: b\n\nc", 11, false, false},
	{"a: b\n\nlong enough for eight bytes\xc3\xbc at a time\n", 49, true,
	    false},
	{"a: \xc3\xbc\n\nc\n", 12, true, true},
	{"\nb: \xc3\xbc\n", 9, true, false},
	{"a: b\nno end of header \xc3\xbc", 27, true, true},
};

START_TEST(message_is_examined_in_any_pieces)
{
	struct slice all = slice_of(examined[_i].text);

	for (size_t piece = 1; piece <= all.len + 1; piece++) {
		struct smtp_content content = {0};
		struct slice rest = all;

		while (rest.len) {
			size_t len = piece < rest.len ? piece : rest.len;

			smtp_content_examine(&content,
			    slice_make(rest.s, len));
			rest = slice_make(rest.s + len, rest.len - len);
		}
		smtp_content_examined(&content);
		ck_assert_uint_eq(content.wire_bytes, examined[_i].bytes);
		ck_assert_int_eq(content.has_8bit, examined[_i].is_8bit);
		ck_assert_int_eq(content.has_8bit_header,
		    examined[_i].is_8bit_header);
	}
}
END_TEST

int
main(void)
{
	struct unit unit = unit_make("smtp_content");

	tcase_add_loop_test(unit.cases, wire_form_is_the_same_in_any_pieces,
	    0, sizeof texts / sizeof *texts);
	tcase_add_test(unit.cases, decoder_gives_it_back);
	tcase_add_loop_test(unit.cases, message_is_examined_in_any_pieces, 0,
	    sizeof examined / sizeof *examined);
	return unit_run(unit);
}
