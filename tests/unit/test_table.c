/* test_table - the grammar of the control tables. */
#include "control/table.h"

#include "tests/unit/unit.h"

/* All rows as "LINE:word|word;" and faults as "LINE!". */
static void
read_all(struct slice text, struct str *to)
{
	struct table table = {.rest = text};
	struct strs words = {0};
	enum table_result result;
	const char *fault;

	str_clear(to);
	while ((result = table_next(&table, &words, &fault)) != TABLE_END) {
		str_addf(to, "%zu%c", table.line,
		    result == TABLE_ROW ? ':' : '!');
		for (size_t i = 0; i < words.len && result == TABLE_ROW; i++)
			str_addf(to, "%s%s", i ? "|" : "",
			    str_c(&words.v[i]));
		str_putc(to, ';');
	}
	strs_free(&words);
}

static const struct {
	const char *text, *rows;
} tables[] = {
    {"", ""},
    {"\n\n", ""},
    {"a", "1:a;"},
    {"a b\nc", "1:a|b;2:c;"},
    {" \t a \t b \t ", "1:a|b;"},
    {"# all comment\na # rest\n  # more\n", "2:a;"},
    {"a#b c", "1:a#b|c;"},
    {"a name=\"Zhang San\" b", "1:a|name=Zhang San|b;"},
    {"\"two words\"", "1:two words;"},
    {"\"# no comment\"", "1:# no comment;"},
    {"x=\"a \\\" b \\\\ c\"", "1:x=a \" b \\ c;"},
    {"x=\"a\\nb\"", "1:x=a\\nb;"},
    {"\"\" x=\"\"", "1:|x=;"},
    {"m\303\274nchen", "1:m\303\274nchen;"},
    {"\"open", "1!;"},
    {"a\302\240b\ngood\n", "1!;2:good;"},  /* no-break blanks */
    {"a\342\200\257b\n", "1!;"},
    {"a \343\200\200b\n", "1!;"}, /* a wide one */
    {"a \"\343\200\200\" # \302\240\n", "1:a|\343\200\200;"},
    {"\"open\\\"", "1!;"},
    {"a\"b", "1!;"},
    {"\"a\"b", "1!;"},
    {"bad\001\ngood", "1!;2:good;"},
    {"bad\r\ngood\n", "1!;2:good;"},
    {"bad\377\ngood\n", "1!;2:good;"},
    {"bad\302\233\ngood\n", "1!;2:good;"}, /* C1: a terminal's escape */
    {"\357\273\277a\n", "1!;"},
    {"# bad comment\001\n", "1!;"},
};

START_TEST(rows_are_words_between_blanks)
{
	struct str rows = {0};

	read_all(slice_of(tables[_i].text), &rows);
	ck_assert_str_eq(str_c(&rows), tables[_i].rows);
	str_free(&rows);
}
END_TEST

START_TEST(nul_is_a_fault_of_its_line_only)
{
	struct str rows = {0};

	read_all(slice_make("a\0b\nc\n", 6), &rows);
	ck_assert_str_eq(str_c(&rows), "1!;2:c;");
	str_free(&rows);
}
END_TEST

START_TEST(overlong_line_is_a_fault)
{
	struct str text = {0}, rows = {0};

	for (int i = 0; i < TABLE_LINE_MAX; i++)
		str_putc(&text, 'a');
	str_puts(&text, "a\nb\n");
	read_all(str_slice(&text), &rows);
	ck_assert_str_eq(str_c(&rows), "1!;2:b;");
	read_all(slice_make(text.s + 1, text.len - 1), &rows);
	ck_assert_int_eq(rows.s[1], ':');
	str_free(&text);
	str_free(&rows);
}
END_TEST

START_TEST(option_is_a_name_and_a_value)
{
	struct slice key, value;

	ck_assert(table_option(slice_of("quota=1G"), &key, &value));
	ck_assert(slice_is(key, "quota") && slice_is(value, "1G"));
	ck_assert(table_option(slice_of("max-size=a=b"), &key, &value));
	ck_assert(slice_is(key, "max-size") && slice_is(value, "a=b"));
	ck_assert(table_option(slice_of("name="), &key, &value));
	ck_assert(slice_is(value, ""));
	ck_assert(!table_option(slice_of("user"), &key, &value));
	ck_assert(!table_option(slice_of("=x"), &key, &value));
	ck_assert(!table_option(slice_of("a@b=c"), &key, &value));
	ck_assert(!table_option(slice_of(""), &key, &value));
}
END_TEST

START_TEST(a_word_that_is_added_is_read_again)
{
	static const char *const words[] = {"a", "", "#1", "two words", "\"",
		"a\"b\\", "\\", "k=v", "k=v w", "\\ \"", "a#b", "t\tb"};
	enum { WORDS = sizeof words / sizeof *words };
	struct str row = {0};
	struct strs read = {0};
	const char *fault = NULL;

	for (size_t i = 0; i < WORDS; i++)
		table_add_word(&row, slice_of(words[i]));
	ck_assert_int_eq(table_next(&(struct table){.rest = str_slice(&row)},
	    &read, &fault), TABLE_ROW);
	ck_assert_uint_eq(read.len, WORDS);
	for (size_t i = 0; i < WORDS; i++)
		ck_assert_str_eq(str_c(&read.v[i]), words[i]);
	str_free(&row);
	strs_free(&read);
}
END_TEST

int
main(void)
{
	struct unit unit = unit_make("table");

	tcase_add_loop_test(unit.cases, rows_are_words_between_blanks, 0,
	    sizeof tables / sizeof *tables);
	tcase_add_test(unit.cases, nul_is_a_fault_of_its_line_only);
	tcase_add_test(unit.cases, overlong_line_is_a_fault);
	tcase_add_test(unit.cases, option_is_a_name_and_a_value);
	tcase_add_test(unit.cases, a_word_that_is_added_is_read_again);
	return unit_run(unit);
}
