/* test_folder_name - names of people as IMAP servers keep folders. */
#include "lib/mail/folder_name.h"
#include "tests/unit/unit.h"

/* The first three are RFC 3501's own (5.1.3), without its "/". */
static const struct {
	const char *name, *part;
} both_ways[] = {
    {"~peter", "~peter"},
    {"台北", "&U,BTFw-"},
    {"日本語", "&ZeVnLIqe-"},
    {"张三", "&XyBOCQ-"},
    {"Zhang & Co", "Zhang &- Co"},
    {"Иван", "&BBgEMgQwBD0-"},
    {"aé b", "a&AOk- b"},
    {"😀", "&2D3eAA-"},
    {"x", "x"},
};

START_TEST(a_name_goes_to_disk_and_back)
{
	struct str part = {0}, name = {0};

	ck_assert(folder_name_add(&part, slice_of(both_ways[_i].name)));
	ck_assert_str_eq(str_c(&part), both_ways[_i].part);
	ck_assert(folder_name_decode(&name, str_slice(&part)));
	ck_assert_str_eq(str_c(&name), both_ways[_i].name);
	str_free(&part);
	str_free(&name);
}
END_TEST

START_TEST(what_would_divide_becomes_a_line)
{
	struct str part = {0};

	ck_assert(folder_name_add(&part, slice_of("J. R./K\t\x7f")));
	ck_assert_str_eq(str_c(&part), "J_ R__K__");
	str_free(&part);
}
END_TEST

START_TEST(what_is_no_name_is_refused)
{
	struct str part = {0}, long_name = {0};

	str_puts(&part, "kept");
	while (long_name.len < FOLDER_PART_MAX - 1)
		str_puts(&long_name, "é");
	ck_assert(!folder_name_add(&part, slice_of("")));
	ck_assert(!folder_name_add(&part, slice_of("\xff")));
	while (long_name.len < FOLDER_PART_MAX)
		str_puts(&long_name, "&");
	ck_assert(!folder_name_add(&part, str_slice(&long_name)));
	ck_assert_str_eq(str_c(&part), "kept");
	str_free(&part);
	str_free(&long_name);
}
END_TEST

static const char *const no_utf7[] = {"&", "&XyBOCQ", "&X-", "&XyB-",
    "&X y-", "&XyBOCR-", "&2D0-", "&3gA-", "&2D0AQQ-", "\xff", "&é-"};

START_TEST(what_is_no_utf7_is_refused)
{
	struct str name = {0};

	str_puts(&name, "kept");
	ck_assert_msg(!folder_name_decode(&name, slice_of(no_utf7[_i])), "%s",
	    no_utf7[_i]);
	ck_assert_str_eq(str_c(&name), "kept");
	str_free(&name);
}
END_TEST

int
main(void)
{
	struct unit unit = unit_make("folder_name");

	tcase_add_loop_test(unit.cases, a_name_goes_to_disk_and_back, 0,
	    sizeof both_ways / sizeof *both_ways);
	tcase_add_test(unit.cases, what_would_divide_becomes_a_line);
	tcase_add_test(unit.cases, what_is_no_name_is_refused);
	tcase_add_loop_test(unit.cases, what_is_no_utf7_is_refused, 0,
	    sizeof no_utf7 / sizeof *no_utf7);
	return unit_run(unit);
}
