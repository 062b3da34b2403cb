/* test_encoded_words - RFC 2047, its own examples, and what is met with. */
#include "lib/mail/encoded_words.h"

#include "lib/base/utf8.h"
#include "tests/unit/unit.h"

struct example {
	const char *text, *decoded;
};

static struct charsets charsets;

/* RFC 2047 8. */
static const struct example rfc2047[] = {
    {"=?US-ASCII?Q?Keith_Moore?=", "Keith Moore"},
    {"=?ISO-8859-1?Q?Keld_J=F8rn_Simonsen?=", "Keld J\303\270rn Simonsen"},
    {"=?ISO-8859-1?Q?Andr=E9?= Pirard", "Andr\303\251 Pirard"},
    {"=?ISO-8859-1?B?SWYgeW91IGNhbiByZWFkIHRoaXMgeW8=?=\n"
	" =?ISO-8859-2?B?dSB1bmRlcnN0YW5kIHRoZSBleGFtcGxlLg==?=",
	"If you can read this you understand the example."},
    {"=?ISO-8859-1?Q?Olle_J=E4rnefors?=", "Olle J\303\244rnefors"},
    {"=?ISO-8859-1?Q?Patrik_F=E4ltstr=F6m?=",
	"Patrik F\303\244ltstr\303\266m"},
    {"=?iso-8859-8?b?7eXs+SDv4SDs6Pj08A==?=",
	"\327\235\327\225\327\234\327\251 \327\237\327\221 "
	"\327\234\327\230\327\250\327\244\327\240"},
    {"=?ISO-8859-1?Q?a?=", "a"},
    {"=?ISO-8859-1?Q?a?= b", "a b"},
    {"=?ISO-8859-1?Q?a?= =?ISO-8859-1?Q?b?=", "ab"},
    {"=?ISO-8859-1?Q?a?=  =?ISO-8859-1?Q?b?=", "ab"},
    {"=?ISO-8859-1?Q?a?=\n    =?ISO-8859-1?Q?b?=", "ab"},
    {"=?ISO-8859-1?Q?a_b?=", "a b"},
    {"=?ISO-8859-1?Q?a?= =?ISO-8859-2?Q?_b?=", "a b"},
};

/* One name in each charset, in both encodings. */
static const struct example names[] = {
    {"=?UTF-8?B?5byg5LiJ?=",
	"\345\274\240\344\270\211"},
    {"=?UTF-8?Q?=E5=BC=A0=E4=B8=89?=",
	"\345\274\240\344\270\211"},
    {"=?gb2312?B?1cXI/Q==?=",
	"\345\274\240\344\270\211"},
    {"=?gb2312?Q?=D5=C5=C8=FD?=",
	"\345\274\240\344\270\211"},
    {"=?GB2312?B?j4jI/bfh6UY=?=",
	"\345\274\265\344\270\211\344\270\260\351\225\225"},
    {"=?GB2312?Q?=8F=88=C8=FD=B7=E1=E9=46?=",
	"\345\274\265\344\270\211\344\270\260\351\225\225"},
    {"=?gb18030?B?j4jI/YE57jk=?=",
	"\345\274\265\344\270\211\343\220\200"},
    {"=?gb18030?Q?=8F=88=C8=FD=81=39=EE=39?=",
	"\345\274\265\344\270\211\343\220\200"},
    {"=?gbk?B?1uzpRrv5?=",
	"\346\234\261\351\225\225\345\237\272"},
    {"=?gbk?Q?=D6=EC=E9=46=BB=F9?=",
	"\346\234\261\351\225\225\345\237\272"},
    {"=?big5?B?sWmkVA==?=",
	"\345\274\265\344\270\211"},
    {"=?big5?Q?=B1=69=A4=54?=",
	"\345\274\265\344\270\211"},
    {"=?Big5-HKSCS?B?sWmkVA==?=",
	"\345\274\265\344\270\211"},
    {"=?Big5-HKSCS?Q?=B1=69=A4=54?=",
	"\345\274\265\344\270\211"},
    {"=?ISO-2022-JP?B?GyRCOzNFREJATzobKEI=?=",
	"\345\261\261\347\224\260\345\244\252\351\203\216"},
    {"=?ISO-2022-JP?Q?=1B=24=42=3B=33=45=44=42=40=4F=3A=1B=28=42?=",
	"\345\261\261\347\224\260\345\244\252\351\203\216"},
    {"=?Shift_JIS?B?7uCLtJG+mFk=?=",
	"\351\253\231\346\251\213\345\244\252\351\203\216"},
    {"=?Shift_JIS?Q?=EE=E0=8B=B4=91=BE=98=59?=",
	"\351\253\231\346\251\213\345\244\252\351\203\216"},
    {"=?EUC-JP?B?u7PFxMLAz7o=?=",
	"\345\261\261\347\224\260\345\244\252\351\203\216"},
    {"=?EUC-JP?Q?=BB=B3=C5=C4=C2=C0=CF=BA?=",
	"\345\261\261\347\224\260\345\244\252\351\203\216"},
    {"=?EUC-KR?B?sejDtrz2?=",
	"\352\271\200\354\262\240\354\210\230"},
    {"=?EUC-KR?Q?=B1=E8=C3=B6=BC=F6?=",
	"\352\271\200\354\262\240\354\210\230"},
    {"=?ks_c_5601-1987?B?seiMYw==?=",
	"\352\271\200\353\230\240"},
    {"=?ks_c_5601-1987?Q?=B1=E8=8C=63?=",
	"\352\271\200\353\230\240"},
    {"=?KOI8-R?B?6dfBzs/XIOnXwc4=?=",
	"\320\230\320\262\320\260\320\275\320\276\320\262 \320\230\320\262\320\260\320\275"},
    {"=?KOI8-R?Q?=E9=D7=C1=CE=CF=D7=20=E9=D7=C1=CE?=",
	"\320\230\320\262\320\260\320\275\320\276\320\262 \320\230\320\262\320\260\320\275"},
    {"=?windows-1251?B?yOLg7e7iIMji4O0=?=",
	"\320\230\320\262\320\260\320\275\320\276\320\262 \320\230\320\262\320\260\320\275"},
    {"=?windows-1251?Q?=C8=E2=E0=ED=EE=E2=20=C8=E2=E0=ED?=",
	"\320\230\320\262\320\260\320\275\320\276\320\262 \320\230\320\262\320\260\320\275"},
    {"=?ISO-8859-5?B?uNLQ3d7S?=",
	"\320\230\320\262\320\260\320\275\320\276\320\262"},
    {"=?ISO-8859-5?Q?=B8=D2=D0=DD=DE=D2?=",
	"\320\230\320\262\320\260\320\275\320\276\320\262"},
    {"=?iso-8859-2?B?o3VrYXN6?=",
	"\305\201ukasz"},
    {"=?iso-8859-2?Q?=A3=75=6B=61=73=7A?=",
	"\305\201ukasz"},
    {"=?iso-8859-1?B?QW5kcukggA==?=",
	"Andr\303\251 \342\202\254"},
    {"=?iso-8859-1?Q?=41=6E=64=72=E9=20=80?=",
	"Andr\303\251 \342\202\254"},
    {"=?ISO-8859-15?B?vHV2cmUgpA==?=",
	"\305\222uvre \342\202\254"},
    {"=?ISO-8859-15?Q?=BC=75=76=72=65=20=A4?=",
	"\305\222uvre \342\202\254"},
    {"=?ISO-8859-7?B?w+n+8ePv8g==?=",
	"\316\223\316\271\317\216\317\201\316\263\316\277\317\202"},
    {"=?ISO-8859-7?Q?=C3=E9=FE=F1=E3=EF=F2?=",
	"\316\223\316\271\317\216\317\201\316\263\316\277\317\202"},
    {"=?windows-1255?B?4+Xj?=",
	"\327\223\327\225\327\223"},
    {"=?windows-1255?Q?=E3=E5=E3?=",
	"\327\223\327\225\327\223"},
    {"=?ISO-8859-9?B?R/xs/mVu?=",
	"G\303\274l\305\237en"},
    {"=?ISO-8859-9?Q?=47=FC=6C=FE=65=6E?=",
	"G\303\274l\305\237en"},
    {"=?windows-1256?B?483jzw==?=",
	"\331\205\330\255\331\205\330\257"},
    {"=?windows-1256?Q?=E3=CD=E3=CF?=",
	"\331\205\330\255\331\205\330\257"},
    {"=?TIS-620?B?ysGq0sI=?=",
	"\340\270\252\340\270\241\340\270\212\340\270\262\340\270\242"},
    {"=?TIS-620?Q?=CA=C1=AA=D2=C2?=",
	"\340\270\252\340\270\241\340\270\212\340\270\262\340\270\242"},
    {"=?koi8-u?B?68mn1yCt?=",
	"\320\232\320\270\321\227\320\262 \322\221"},
    {"=?koi8-u?Q?=EB=C9=A7=D7=20=AD?=",
	"\320\232\320\270\321\227\320\262 \322\221"},
    {"=?windows-1250?B?RHZv+OFr?=",
	"Dvo\305\231\303\241k"},
    {"=?windows-1250?Q?=44=76=6F=F8=E1=6B?=",
	"Dvo\305\231\303\241k"},
    {"=?windows-1257?B?SuJuaXM=?=",
	"J\304\201nis"},
    {"=?windows-1257?Q?=4A=E2=6E=69=73?=",
	"J\304\201nis"},
    {"=?windows-1258?B?SOA=?=",
	"H\303\240"},
    {"=?windows-1258?Q?=48=E0?=",
	"H\303\240"},
};

static const struct example met_with[] = {
    /* RFC 2231 5 */
    {"=?US-ASCII*EN?Q?Keith_Moore?=", "Keith Moore"},
    /* a character split over two words, B and Q, Q and Q, B and B */
    {"=?UTF-8?B?5bw=?= =?UTF-8?Q?=A0=E4=B8=89?=",
	"\345\274\240\344\270\211"},
    {"=?utf-8?Q?=E5=BC?=\n =?UTF-8?Q?=A0?=", "\345\274\240"},
    {"=?gb2312?B?1Q==?= =?gbk?B?xcj9?=", "\345\274\240\344\270\211"},
    /* no blank between words, or around them */
    {"=?UTF-8?Q?a?==?UTF-8?Q?b?=", "ab"},
    {"x=?UTF-8?Q?a?=y", "xay"},
    /* padding is missing, or stray */
    {"=?UTF-8?B?YQ?=", "a"},
    {"=?UTF-8?B?YQ===?=", "a"},
    {"=?UTF-8?B?Y Q = =?=", "a"},
    {"=?UTF-8?B?\?=", ""},
    /* blanks, and "=" that begins nothing, in Q */
    {"=?UTF-8?Q?a b=?=", "a b="},
    {"=?UTF-8?Q?=4?=", "=4"},
    {"=?utf-8?q?=e5=bc=a0?=", "\345\274\240"},
    /* a charset that is none is read as if there were no word */
    {"=?x-unknown?B?5byg?=", "\345\274\240"},
    {"=?us-ascii?B?1cU=?=", "\345\274\240"},
    {"=?utf-8?B?1cU=?=", "\345\274\240"},
    /* what does not belong to a charset is seen as such */
    {"=?big5?Q?=FF?=", "\357\277\275"},
    {"=?Shift_JIS?Q?=83?=", "\357\277\275"},
    /* Windows' kanji, and half-width katakana, as ISO-2022-JP */
    {"=?ISO-2022-JP?B?GyRCfGI2PxsoQg==?=", "\351\253\231\351\203\267"},
    {"=?ISO-2022-JP?B?GyhJRA0bKEI=?=", "\357\276\204\r"},
    {"=?ISO-2022-JP?B?GyRCOzM=?= =?ISO-2022-JP?B?RUQbKEI=?=",
	"\345\261\261\347\224\260"},
    {"=?us-ascii?B?IhskQk17O00bKEIi?=", "\"\346\235\216\345\233\233\""},
    {"\033$B;3ED\033(B", "\345\261\261\347\224\260"},
    {"=?KOI8R?B?6dfBzg==?=", "\320\230\320\262\320\260\320\275"},
    /* what is no word stays */
    {"=?UTF-8?Q?a", "=?UTF-8?Q?a"},
    {"=?UTF-8?X?a?=", "=?UTF-8?X?a?="},
    {"=?UTF-8?Q", "=?UTF-8?Q"},
    {"=??Q?a?=", "=??Q?a?="},
    {"=?", "=?"}, {"=", "="}, {"?=", "?="}, {"", ""},
    /* raw bytes: UTF-8, or else GB18030 */
    {"\345\274\240", "\345\274\240"},
    {"\325\305\310\375", "\345\274\240\344\270\211"},
};

static const struct example phrases[] = {
    {"\"Joe Q. Public\"", "Joe Q. Public"},
    {"\"Giant; \\\"Big\\\" Box\"", "Giant; \"Big\" Box"},
    {"Pete(A nice \\) chap)", "Pete"},
    {"John (the (nested) boss) Smith", "John  Smith"},
    {"\"=?UTF-8?B?5byg5LiJ?=\"", "\345\274\240\344\270\211"},
    {"\"=?UTF-8?Q?=E5=BC?= =?UTF-8?Q?=A0?=\"", "\345\274\240"},
    {"=?UTF-8?Q?Last=2C_First?=", "Last, First"},
    {"\"open", "open"}, {"(open", ""}, {"\\", "\\"},
};

static void
check(const struct example *example,
    void (*add)(struct charsets *, struct str *, struct slice))
{
	struct str decoded = {0};

	add(&charsets, &decoded, slice_of(example->text));
	ck_assert_str_eq(str_c(&decoded), example->decoded);
	ck_assert(utf8_valid(str_slice(&decoded)));
	str_free(&decoded);
}

START_TEST(decodes_the_examples_of_rfc_2047)
{
	check(&rfc2047[_i], encoded_words_add);
}
END_TEST

START_TEST(reads_every_charset)
{
	check(&names[_i], encoded_words_add);
}
END_TEST

START_TEST(reads_what_is_met_with)
{
	check(&met_with[_i], encoded_words_add);
}
END_TEST

START_TEST(a_phrase_loses_quotes_and_comments)
{
	check(&phrases[_i], phrase_add);
}
END_TEST

START_TEST(a_comment_keeps_its_quotes)
{
	struct str text = {0};

	comment_add(&charsets, &text, slice_of("Pete \"P\" \\(x\\)"));
	ck_assert_str_eq(str_c(&text), "Pete \"P\" (x)");
	str_free(&text);
}
END_TEST

START_TEST(every_charset_s_name_has_a_reader)
{
	static const char *const known[] = {"ISO-8859-1", "iso-8859-16",
		"windows-1258", "KOI8-U", "gb2312", "Big5", "Shift_JIS",
		"EUC-JP", "ISO-2022-JP", "EUC-KR", "TIS-620"};

	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		ck_assert_int_ne(charset_find(slice_of(known[i])),
		    CHARSET_RAW);
	ck_assert_int_eq(charset_find(slice_of("utf-8")), CHARSET_RAW);
	ck_assert_int_eq(charset_find(slice_of("x-klingon")), CHARSET_RAW);
	ck_assert_int_eq(charset_find(slice_of("")), CHARSET_RAW);
}
END_TEST

START_TEST(a_word_of_a_megabyte_is_none)
{
	struct str text = {0}, decoded = {0};

	str_puts(&text, "=?UTF-8?Q?x");
	while (text.len < 1 << 20)
		str_puts(&text, "=?a?Q?x");
	encoded_words_add(&charsets, &decoded, str_slice(&text));
	ck_assert_uint_eq(decoded.len, text.len);
	str_free(&text);
	str_free(&decoded);
}
END_TEST

int
main(void)
{
	struct unit unit = unit_make("encoded_words");

	if (charsets_open(&charsets) < 0)
		return EXIT_FAILURE;
	unit_loop(unit.cases, decodes_the_examples_of_rfc_2047, rfc2047);
	unit_loop(unit.cases, reads_every_charset, names);
	unit_loop(unit.cases, reads_what_is_met_with, met_with);
	unit_loop(unit.cases, a_phrase_loses_quotes_and_comments, phrases);
	tcase_add_test(unit.cases, a_comment_keeps_its_quotes);
	tcase_add_test(unit.cases, every_charset_s_name_has_a_reader);
	tcase_add_test(unit.cases, a_word_of_a_megabyte_is_none);
	return unit_run(unit);
}
