/* test_base64 - RFC 4648's own examples, and what is none. */
#include "lib/base/base64.h"
#include "tests/unit/unit.h"

#include <openssl/evp.h>
#include <string.h>

static const struct {
	const char *base64, *bytes;
} examples[] = { /* RFC 4648 10 */
	{"", ""}, {"Zg==", "f"}, {"Zm8=", "fo"}, {"Zm9v", "foo"},
	{"Zm9vYg==", "foob"}, {"Zm9vYmE=", "fooba"}, {"Zm9vYmFy", "foobar"},
	{"++//", "\xfb\xef\xff"},
};
enum { EXAMPLES = 8 };

START_TEST(examples_of_the_rfc)
{
	struct str back = {0};

	ck_assert(base64_decode(&back, slice_of(examples[_i].base64)));
	ck_assert_str_eq(str_c(&back), examples[_i].bytes);
	str_free(&back);
}
END_TEST

static const char *const rubbish[] = {
	"Z", "Zg", "Zg=", "Zg===", "=", "==", "===", "====", "=Zg=", "Z===",
	"Zh==", "Zm9=", "Zm8=Zm8=", "Zg==Zg==", "Zm 9v", " Zm9v", "Zm9v\r\n",
	"Zm9-", "Zm9_", "Zm9\xc3", "Zm8=\n",
};
enum { RUBBISH = 21 };

START_TEST(rubbish_adds_nothing)
{
	struct str back = {0};

	str_puts(&back, "before");
	ck_assert(!base64_decode(&back, slice_of(rubbish[_i])));
	ck_assert_str_eq(str_c(&back), "before");
	str_free(&back);
}
END_TEST

START_TEST(what_openssl_encodes_comes_back)
{
	unsigned char bytes[256];
	char text[400];

	for (int len = 0; len <= 256; len++) {
		struct str back = {0};
		int n;

		for (int i = 0; i < len; i++)
			bytes[i] = (unsigned char)(i * 7 + len);
		n = EVP_EncodeBlock((unsigned char *)text, bytes, len);
		ck_assert(base64_decode(&back, slice_make(text, (size_t)n)));
		ck_assert_uint_eq(back.len, (size_t)len);
		ck_assert_int_eq(memcmp(back.s, bytes, (size_t)len), 0);
		str_free(&back);
	}
}
END_TEST

int
main(void)
{
	struct unit unit = unit_make("base64");

	tcase_add_loop_test(unit.cases, examples_of_the_rfc, 0, EXAMPLES);
	tcase_add_loop_test(unit.cases, rubbish_adds_nothing, 0, RUBBISH);
	tcase_add_test(unit.cases, what_openssl_encodes_comes_back);
	return unit_run(unit);
}
