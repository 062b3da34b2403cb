/* test_str - growable strings, views and lists keep what str.h promises. */
#include "lib/base/str.h"
#include "tests/unit/unit.h"

#include <limits.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

START_TEST(empty_is_valid)
{
	struct str str = {0};
	struct strs list = {0};

	ck_assert_str_eq(str_c(&str), "");
	ck_assert_uint_eq(str_slice(&str).len, 0);
	str_clear(&str);
	str_lower(&str);
	str_free(&str);
	str_free(&str);
	strs_clear(&list);
	strs_free(&list);
	strs_free(&list);
}
END_TEST

START_TEST(adding_appends_and_ends_with_nul)
{
	struct str str = {0};

	str_puts(&str, "ab");
	str_putc(&str, 'c');
	str_add_slice(&str, slice_make("defg", 2));
	str_addf(&str, "%s-%d", "x", 7);
	str_add_u64(&str, 0);
	str_add_u64(&str, UINT64_MAX);
	ck_assert_str_eq(str.s, "abcdex-7018446744073709551615");
	str_clear(&str);
	str_add_digits(&str, 7, 2);
	str_add_digits(&str, 2026, 2);
	str_add_digits(&str, 0, 25);
	ck_assert_str_eq(str.s, "0720260000000000000000000000000");
	ck_assert_uint_eq(str.len, strlen(str.s));
	str_add(&str, "", 0);
	ck_assert_uint_eq(str.len, strlen(str.s));
	str_free(&str);
}
END_TEST

START_TEST(may_hold_nuls)
{
	struct str str = {0};

	str_add(&str, "a\0b", 3);
	ck_assert_uint_eq(str.len, 3);
	ck_assert_mem_eq(str.s, "a\0b", 4);
	str_free(&str);
}
END_TEST

START_TEST(grows_far)
{
	struct str str = {0};

	for (int i = 0; i < 100000; i++)
		str_putc(&str, (char)('a' + i % 26));
	ck_assert_uint_eq(str.len, 100000);
	ck_assert_int_eq(str.s[99999], 'a' + 99999 % 26);
	ck_assert_uint_lt(str.cap, 400000);
	str_free(&str);
}
END_TEST

START_TEST(set_replaces)
{
	struct str str = {0};

	str_puts(&str, "a longer one");
	str_set(&str, "b");
	ck_assert_str_eq(str_c(&str), "b");
	str_set_slice(&str, slice_make("cd", 2));
	ck_assert_str_eq(str_c(&str), "cd");
	str_free(&str);
}
END_TEST

START_TEST(impossible_size_ends_the_program)
{
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		struct str str = {0};

		close(STDERR_FILENO);
		str_putc(&str, 'a');
		str_reserve(&str, SIZE_MAX - 1);
		_exit(0);
	}
	waitpid(pid, &status, 0);
	ck_assert(WIFEXITED(status));
	ck_assert_int_eq(WEXITSTATUS(status), 111);
}
END_TEST

START_TEST(compares)
{
	ck_assert(slice_eq(slice_make(NULL, 0), slice_of("")));
	ck_assert(slice_is(slice_of("abc"), "abc"));
	ck_assert(!slice_is(slice_of("abc"), "abcd"));
	ck_assert(!slice_is(slice_of("abC"), "abc"));
	ck_assert(slice_ieq(slice_of("aBz[@"), slice_of("AbZ[@")));
	ck_assert(!slice_ieq(slice_of("["), slice_of("{")));
	ck_assert(!slice_ieq(slice_of("\xc3\x84"), slice_of("\xc3\xa4")));
	ck_assert(slice_starts(slice_of("abc"), "ab"));
	ck_assert(slice_starts(slice_of("abc"), ""));
	ck_assert(slice_starts(slice_make(NULL, 0), ""));
	ck_assert(!slice_starts(slice_of("a"), "ab"));
	ck_assert(!slice_starts(slice_of("abc"), "aB"));
	ck_assert(slice_istarts(slice_of("abc"), "aB"));
	ck_assert(slice_istarts(slice_make(NULL, 0), ""));
	ck_assert(!slice_istarts(slice_of("a"), "ab"));
}
END_TEST

START_TEST(cuts)
{
	struct slice rest = slice_of("a,,b");

	ck_assert(slice_is(slice_cut(&rest, ','), "a"));
	ck_assert(slice_is(slice_cut(&rest, ','), ""));
	ck_assert_ptr_nonnull(rest.s);
	ck_assert(slice_is(slice_cut(&rest, ','), "b"));
	ck_assert_ptr_null(rest.s);
	ck_assert_uint_eq(rest.len, 0);
	rest = slice_of("a,");
	ck_assert(slice_is(slice_cut(&rest, ','), "a"));
	ck_assert_ptr_nonnull(rest.s);
	ck_assert_uint_eq(rest.len, 0);
}
END_TEST

START_TEST(hashes_all_bytes_and_the_seed)
{
	uint64_t hash = slice_hash(slice_of("ab"), 0);

	ck_assert_uint_eq(slice_hash(slice_make("abc", 2), 0), hash);
	ck_assert_uint_ne(slice_hash(slice_of("ba"), 0), hash);
	ck_assert_uint_ne(slice_hash(slice_make("ab\0", 3), 0), hash);
	ck_assert_uint_ne(slice_hash(slice_of("ab"), 1), hash);
}
END_TEST

START_TEST(quotes_what_would_end_the_quotes)
{
	struct str text = {0};

	str_add_quoted(&text, slice_of(""));
	str_add_quoted(&text, slice_of("a \"b\" \\c"));
	ck_assert_str_eq(str_c(&text), "\"\"\"a \\\"b\\\" \\\\c\"");
	str_free(&text);
}
END_TEST

START_TEST(strangers_bytes_become_a_line)
{
	const struct slice bytes = slice_of("a\n\t\033\177 ~\303\251");
	struct str text = {0};

	str_add_line(&text, bytes, '?');
	ck_assert_str_eq(str_c(&text), "a???\077 ~\303\251");
	str_clear(&text);
	str_add_ascii(&text, bytes);
	ck_assert_str_eq(str_c(&text), "a???\077 ~??");
	str_free(&text);
}
END_TEST

START_TEST(what_follows)
{
	struct slice text = slice_of("abc");

	ck_assert(slice_is(slice_after(text, 0), "abc"));
	ck_assert(slice_is(slice_after(text, 2), "c"));
	ck_assert(slice_is(slice_after(text, 3), ""));
}
END_TEST

START_TEST(blanks_are_four)
{
	for (int c = 0; c < 256; c++)
		ck_assert(ascii_is_blank((char)c) ==
		    (c && strchr(" \t\r\n", c)));
}
END_TEST

START_TEST(finds_and_trims)
{
	ck_assert_uint_eq(slice_find(slice_of("abc"), 'c'), 2);
	ck_assert_uint_eq(slice_find(slice_of("abc"), 'd'), 3);
	ck_assert_uint_eq(slice_find(slice_make(NULL, 0), 'd'), 0);
	ck_assert(slice_is(slice_trim(slice_of(" \ta b\t ")), "a b"));
	ck_assert(slice_is(slice_trim(slice_of(" \t ")), ""));
	ck_assert(slice_is(slice_trim(slice_of("\na")), "\na"));
	ck_assert(slice_is(slice_strip(slice_of("\n\ta b \r\n")), "a b"));
	ck_assert(slice_is(slice_strip(slice_of(" \n")), ""));
}
END_TEST

static const struct {
	const char *text;
	uint64_t max;
	bool is_number;
	uint64_t number;
} numbers[] = {
    {"0", 0, true, 0},
    {"1", 0, false, 0},
    {"007", 7, true, 7},
    {"18446744073709551615", UINT64_MAX, true, UINT64_MAX},
    {"18446744073709551616", UINT64_MAX, false, 0},
    {"99999999999999999999999", UINT64_MAX, false, 0},
    {"", UINT64_MAX, false, 0},
    {"-1", UINT64_MAX, false, 0},
    {"+1", UINT64_MAX, false, 0},
    {" 1", UINT64_MAX, false, 0},
    {"1 ", UINT64_MAX, false, 0},
    {"0x1", UINT64_MAX, false, 0},
};

START_TEST(reads_numbers)
{
	uint64_t number = 42;
	bool is_number = slice_u64(slice_of(numbers[_i].text), numbers[_i].max,
	    &number);

	ck_assert_msg(is_number == numbers[_i].is_number, "\"%s\"",
	    numbers[_i].text);
	ck_assert_uint_eq(number, is_number ? numbers[_i].number : 42);
}
END_TEST

START_TEST(lists_own_their_strings)
{
	char text[] = "abc";
	struct strs list = {0};

	for (int i = 0; i < 100; i++)
		strs_add(&list, slice_of(text));
	text[0] = 'x';
	ck_assert_uint_eq(list.len, 100);
	ck_assert_str_eq(str_c(&list.v[99]), "abc");
	ck_assert(strs_has(&list, slice_of("abc")));
	ck_assert(!strs_has(&list, slice_of("xbc")));
	strs_clear(&list);
	ck_assert_uint_eq(list.len, 0);
	strs_add(&list, slice_make(NULL, 0));
	ck_assert_str_eq(str_c(&list.v[0]), "");
	strs_free(&list);
}
END_TEST

START_TEST(lowers_ascii_only)
{
	struct str str = {0};

	str_puts(&str, "AZ[@\xc3\x84");
	str_lower(&str);
	ck_assert_str_eq(str_c(&str), "az[@\xc3\x84");
	str_free(&str);
}
END_TEST

START_TEST(copies_end_with_nul)
{
	char *copy = mem_dup(slice_make("abc", 2));

	ck_assert_str_eq(copy, "ab");
	free(copy);
	copy = mem_dup(slice_make(NULL, 0));
	ck_assert_str_eq(copy, "");
	free(copy);
}
END_TEST

START_TEST(an_array_has_room_for_one_more)
{
	size_t *array = NULL, len = 0, cap = 0, moves = 0;

	while (len < 1000) {
		size_t before = cap;

		array = mem_room(array, len, &cap, sizeof *array);
		ck_assert_uint_gt(cap, len);
		moves += cap != before;
		array[len] = len;
		len++;
	}
	ck_assert_uint_le(moves, 11);
	for (size_t i = 0; i < len; i++)
		ck_assert_uint_eq(array[i], i);
	free(array);
}
END_TEST

int
main(void)
{
	struct unit unit = unit_make("str");

	tcase_add_test(unit.cases, empty_is_valid);
	tcase_add_test(unit.cases, strangers_bytes_become_a_line);
	tcase_add_test(unit.cases, adding_appends_and_ends_with_nul);
	tcase_add_test(unit.cases, may_hold_nuls);
	tcase_add_test(unit.cases, grows_far);
	tcase_add_test(unit.cases, set_replaces);
	tcase_add_test(unit.cases, impossible_size_ends_the_program);
	tcase_add_test(unit.cases, compares);
	tcase_add_test(unit.cases, cuts);
	tcase_add_test(unit.cases, finds_and_trims);
	tcase_add_test(unit.cases, hashes_all_bytes_and_the_seed);
	tcase_add_test(unit.cases, quotes_what_would_end_the_quotes);
	tcase_add_test(unit.cases, what_follows);
	tcase_add_test(unit.cases, blanks_are_four);
	tcase_add_loop_test(unit.cases, reads_numbers, 0,
	    sizeof numbers / sizeof *numbers);
	tcase_add_test(unit.cases, lists_own_their_strings);
	tcase_add_test(unit.cases, lowers_ascii_only);
	tcase_add_test(unit.cases, copies_end_with_nul);
	tcase_add_test(unit.cases, an_array_has_room_for_one_more);
	return unit_run(unit);
}
