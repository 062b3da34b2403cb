/* test_utf8 - strict UTF-8: the forms that RFC 3629 forbids are refused. */
#include "lib/base/utf8.h"
#include "tests/unit/unit.h"

#include <string.h>

/* Length in bytes of the first character; 0: not well-formed. */
static const struct {
	const char *bytes;
	size_t length;
} characters[] = {
    {"a", 1},
    {"\x7f", 1},
    {"\x80", 0},                 /* a continuation alone */
    {"\xbf", 0},
    {"\xc0\x80", 0},             /* overlong NUL */
    {"\xc1\xbf", 0},             /* overlong */
    {"\xc2\x80", 2},
    {"\xdf\xbf", 2},
    {"\xc3", 0},                 /* cut off */
    {"\xc3" "a", 0},
    {"\xe0\x80\x80", 0},         /* overlong */
    {"\xe0\x9f\xbf", 0},
    {"\xe0\xa0\x80", 3},
    {"\xed\x9f\xbf", 3},
    {"\xed\xa0\x80", 0},         /* surrogate */
    {"\xed\xbf\xbf", 0},
    {"\xee\x80\x80", 3},
    {"\xef\xbf\xbf", 3},
    {"\xe4\xbd", 0},             /* cut off */
    {"\xe4\xbd\xc0", 0},
    {"\xf0\x80\x80\x80", 0},     /* overlong */
    {"\xf0\x8f\xbf\xbf", 0},
    {"\xf0\x90\x80\x80", 4},
    {"\xf4\x8f\xbf\xbf", 4},     /* U+10FFFF */
    {"\xf4\x90\x80\x80", 0},     /* above it */
    {"\xf5\x80\x80\x80", 0},
    {"\xf8\x88\x80\x80\x80", 0}, /* five bytes */
    {"\xfe", 0},
    {"\xff", 0},
};

START_TEST(length_of_character)
{
	const char *bytes = characters[_i].bytes;
	/* exactly this much memory, so that reading on shows under ASan */
	char *copy = mem_dup(slice_of(bytes));
	struct slice slice = slice_make(copy, strlen(bytes));

	ck_assert_uint_eq(utf8_length(slice), characters[_i].length);
	ck_assert(utf8_valid(slice) == (characters[_i].length != 0));
	free(copy);
}
END_TEST

START_TEST(valid_takes_all_of_it)
{
	ck_assert(utf8_valid(slice_make(NULL, 0)));
	ck_assert(utf8_valid(slice_make("a\0b", 3)));
	ck_assert(utf8_valid(slice_of("gr\xc3\xbc\xc3\x9f \xe5\xbc\xa0")));
	ck_assert(!utf8_valid(slice_of("gr\xfc\xdf")));
	ck_assert(!utf8_valid(slice_of("ok\xe5\xbc")));
}
END_TEST

START_TEST(eight_bit_is_any_high_byte)
{
	ck_assert(!has_8bit(slice_make(NULL, 0)));
	ck_assert(!has_8bit(slice_of("\x7f\x01")));
	ck_assert(has_8bit(slice_of("a\x80")));
}
END_TEST

int
main(void)
{
	struct unit unit = unit_make("utf8");

	tcase_add_loop_test(unit.cases, length_of_character, 0,
	    sizeof characters / sizeof *characters);
	tcase_add_test(unit.cases, valid_takes_all_of_it);
	tcase_add_test(unit.cases, eight_bit_is_any_high_byte);
	return unit_run(unit);
}
