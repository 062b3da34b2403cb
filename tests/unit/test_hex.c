/* test_hex - bytes as text and back. */
#include "lib/base/hex.h"
#include "tests/unit/unit.h"

#include <string.h>

START_TEST(every_byte_comes_back)
{
	unsigned char bytes[256];
	struct str text = {0}, back = {0};

	for (int i = 0; i < 256; i++)
		bytes[i] = (unsigned char)i;
	hex_add(&text, bytes, sizeof bytes);
	ck_assert_uint_eq(text.len, 512);
	ck_assert(slice_starts(str_slice(&text), "000102030405060708090a0b"));
	ck_assert(hex_decode(&back, str_slice(&text)));
	ck_assert_uint_eq(back.len, 256);
	ck_assert_int_eq(memcmp(back.s, bytes, 256), 0);
	str_free(&text);
	str_free(&back);
}
END_TEST

START_TEST(what_is_no_hex_adds_nothing)
{
	static const char *const texts[] = {
		"0", "000", "0g", "g0", " 0", "0 ", "0x", "a\xc3", "--"};
	struct str back = {0};

	str_puts(&back, "before");
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		ck_assert(!hex_decode(&back, slice_of(texts[i])));
		ck_assert_str_eq(str_c(&back), "before");
	}
	ck_assert(!hex_decode(&back, slice_make("00\0", 3)));
	ck_assert(hex_decode(&back, slice_of("")));
	ck_assert_str_eq(str_c(&back), "before");
	str_free(&back);
}
END_TEST

int
main(void)
{
	struct unit unit = unit_make("hex");

	tcase_add_test(unit.cases, every_byte_comes_back);
	tcase_add_test(unit.cases, what_is_no_hex_adds_nothing);
	return unit_run(unit);
}
