/* test_header - the fields of a header, one after the other. */
#include "lib/mail/header.h"
#include "tests/unit/unit.h"

/* "name=value|name=value|" of all fields, what is left behind a "/". */
static struct str
fields(struct slice text)
{
	struct str out = {0};
	struct field field;

	while (header_next(&text, &field)) {
		str_add_slice(&out, field.name);
		str_putc(&out, '=');
		str_add_slice(&out, field.value);
		str_putc(&out, '|');
	}
	str_putc(&out, '/');
	str_add_slice(&out, text);
	return out;
}

static const struct {
	const char *text, *fields;
	bool has_end;
	size_t len;
} headers[] = {
	{"", "/", false, 0},
	{"\n", "/\n", true, 1},
	{"A: b\n\nbody\n", "A= b\n|/\nbody\n", true, 6},
	{"A:b\nC:d\n", "A=b\n|C=d\n|/", false, 8},
	{"A: b", "A= b|/", false, 0},
	{"A: b\nC", "A= b\n|/C", false, 5},
	{"A: b\n c\n\td\n\n", "A= b\n c\n\td\n|/\n", true, 12},
	{"A:\n b\n\n", "A=\n b\n|/\n", true, 7},
	/* a line of blanks goes on with the field, whatever some think */
	{"A: b\n \nC: d\n\n", "A= b\n \n|C= d\n|/\n", true, 13},
	{"A : b\n\n", "A= b\n|/\n", true, 7},
	{"A \t : b\n\n", "A= b\n|/\n", true, 9},
	{"A:\n\n", "A=\n|/\n", true, 4},
	{"A::b\n\n", "A=:b\n|/\n", true, 6},
	/* no fields: the body's first line */
	{"hello\n\n", "/hello\n\n", true, 0},
	{" A: b\n\n", "/ A: b\n\n", true, 0},
	{": b\n\n", "/: b\n\n", true, 0},
	{" : b\n\n", "/ : b\n\n", true, 0},
	{"A b: c\n\n", "/A b: c\n\n", true, 0},
	{"A: b\nhello: no wait: hello\nhello\n", "A= b\n|hello= no wait: "
	    "hello\n|/hello\n", true, 27},
	{"From a@b.test Mon Jan  1 00:00:00 2026\nA: b\n\n",
	    "/From a@b.test Mon Jan  1 00:00:00 2026\nA: b\n\n", true, 0},
	{"\x7f: b\n", "/\x7f: b\n", true, 0},
	{"A\x01: b\n", "/A\x01: b\n", true, 0},
	{"\xc3\xa4: b\n\n", "/\xc3\xa4: b\n\n", true, 0},
	{"A: \xff\xfe\n\n", "A= \xff\xfe\n|/\n", true, 7},
};

START_TEST(fields_come_one_by_one)
{
	struct str got = fields(slice_of(headers[_i].text));

	ck_assert_str_eq(str_c(&got), headers[_i].fields);
	str_free(&got);
}
END_TEST

START_TEST(its_length_is_found)
{
	size_t len = 0;

	ck_assert_int_eq(header_length(slice_of(headers[_i].text), &len),
	    headers[_i].has_end);
	ck_assert_uint_eq(len, headers[_i].len);
}
END_TEST

START_TEST(its_length_is_found_in_pieces)
{
	struct slice text = slice_of(headers[_i].text);
	bool has_end = false;
	size_t len = 0;

	for (size_t n = 0; n <= text.len && !has_end; n++)
		has_end = header_length(slice_make(text.s, n), &len);
	ck_assert_int_eq(has_end, headers[_i].has_end);
	ck_assert_uint_eq(len, headers[_i].len);
}
END_TEST

START_TEST(all_of_a_field_is_its_bytes)
{
	struct slice text = slice_of("Subject: a\n b\nTo: c\n\n");
	struct field field;

	ck_assert(header_next(&text, &field));
	ck_assert(slice_is(field.all, "Subject: a\n b\n"));
	ck_assert(field_is(&field, "SUBJECT"));
	ck_assert(!field_is(&field, "Subjec"));
	ck_assert(!field_is(&field, "Subjects"));
	ck_assert(slice_is(text, "To: c\n\n"));
}
END_TEST

START_TEST(a_nul_is_no_part_of_a_name)
{
	struct slice text = slice_make("Fr\0om: a\n\n", 10);
	size_t len = 0;
	struct field field;

	ck_assert(!header_next(&text, &field));
	ck_assert(header_length(text, &len));
	ck_assert_uint_eq(len, 0);
}
END_TEST

START_TEST(the_first_of_a_name_counts)
{
	struct slice value = slice_of("as it was");
	struct slice header = slice_of("A: 0\nb: 1\n 2\nB: 3\n\nC: 4\n");

	ck_assert(header_value(header, "B", &value));
	ck_assert(slice_is(value, " 1\n 2\n"));
	ck_assert(!header_value(header, "C", &value));
	ck_assert(slice_is(value, " 1\n 2\n"));
}
END_TEST

START_TEST(a_name_has_an_end)
{
	struct str text = {0};
	struct slice rest;
	struct field field;

	for (int i = 0; i < 998; i++)
		str_putc(&text, 'x');
	str_puts(&text, ": b\n");
	rest = str_slice(&text);
	ck_assert(header_next(&rest, &field));
	ck_assert_uint_eq(field.name.len, 998);
	text.len = 998;
	str_puts(&text, "x: b\n");
	rest = str_slice(&text);
	ck_assert(!header_next(&rest, &field));
	str_free(&text);
}
END_TEST

int
main(void)
{
	struct unit unit = unit_make("header");
	int count = sizeof headers / sizeof *headers;

	tcase_add_loop_test(unit.cases, fields_come_one_by_one, 0, count);
	tcase_add_loop_test(unit.cases, its_length_is_found, 0, count);
	tcase_add_loop_test(unit.cases, its_length_is_found_in_pieces, 0,
	    count);
	tcase_add_test(unit.cases, all_of_a_field_is_its_bytes);
	tcase_add_test(unit.cases, a_nul_is_no_part_of_a_name);
	tcase_add_test(unit.cases, the_first_of_a_name_counts);
	tcase_add_test(unit.cases, a_name_has_an_end);
	return unit_run(unit);
}
