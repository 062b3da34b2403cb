/* test_name_fold - spellings of one name have one key, others have not. */
#include "lib/mail/name_fold.h"

#include "tests/unit/unit.h"

static const struct {
	const char *name, *same;
} spellings[] = {
    {"Zhangsan", "ZHANGSAN"},
    {"Zhangsan", "  zhang  san\t"},
    {"Zhangsan", "Ｚｈａｎｇｓａｎ"},
    {"Zhangsan", "\"Zhangsan\""},
    {"Zhangsan", "'Zhangsan'"},
    {"Zhangsan", "“Zhangsan”"},
    {"Zhangsan", "「Zhangsan」"},
    {"Zhangsan", "Zhangsan."},
    {"Zhangsan", "(Zhangsan)"},
    {"Zhangsan", "Zhang\u200bsan\ufeff"},
    {"Zhangsan", "Zhang\u00a0san"},
    {"Zhangsan", "Zhang\r\n san"},
    {"Zhangsan", "\u202eZhangsan\u202c"},
    {"John Smith", "Smith, John"},
    {"John Smith", "smith,john"},
    {"John Smith", "Smith， John"},
    {"John Smith", ", Smith, John,"},
    {"张三", "张　三"},
    {"张三", "《张三》"},
    {"ﬁona", "FIONA"},
    {"ヤマダ", "ﾔﾏﾀﾞ"},
    {"Straße", "STRASSE"},
    {"Jos\u00e9", "Jose\u0301"},
    {"Иванов Иван", "ИВАНОВ ИВАН"},
    {"Ёлкин", "Е\u0308лкин"},
    {"O'Brien", "O’BRIEN"},
    {"O'Brien", "O´Brien"},
    {"O'Brien", "O`Brien"},
    {"김철수", "김 철수"},
    {"각", "\u1100\u1161\u11a8"},
    {"𝐙hangsan", "zhangsan"},
    {"Σίσυφος", "ΣΊΣΥΦΟΣ"},
};

static const struct {
	const char *name, *other;
} different[] = {
    {"Zhangsan", "Zhangsen"},
    {"Zhang San", "San Zhang"},
    {"张三", "三张"},
    {"张三", "張三"},
    {"Muller", "Müller"},
    {"Anna-Maria", "Annamaria"},
    {"A, B, C", "C, B, A"},
};

START_TEST(spellings_of_one_name_have_one_key)
{
	struct str a = {0}, b = {0};

	ck_assert(name_fold(&a, slice_of(spellings[_i].name)));
	ck_assert(name_fold(&b, slice_of(spellings[_i].same)));
	ck_assert_str_eq(str_c(&a), str_c(&b));
	str_free(&a);
	str_free(&b);
}
END_TEST

START_TEST(other_names_have_other_keys)
{
	struct str a = {0}, b = {0};

	ck_assert(name_fold(&a, slice_of(different[_i].name)));
	ck_assert(name_fold(&b, slice_of(different[_i].other)));
	ck_assert_str_ne(str_c(&a), str_c(&b));
	str_free(&a);
	str_free(&b);
}
END_TEST

static const char *const nobody[] = {"", " ", "\"\"", ".,;", "\xff",
    "Zhang\xc3", "\u200b", "\x01"};

START_TEST(what_is_no_name_is_nobody_s)
{
	struct str key = {0};

	ck_assert(!name_fold(&key, slice_of(nobody[_i])));
	ck_assert_uint_eq(key.len, 0);
	str_free(&key);
}
END_TEST

START_TEST(a_name_too_long_is_nobody_s)
{
	struct str key = {0}, name = {0};

	while (name.len < NAME_FOLD_MAX)
		str_putc(&name, 'a');
	ck_assert(name_fold(&key, str_slice(&name)));
	str_putc(&name, 'a');
	ck_assert(!name_fold(&key, str_slice(&name)));
	str_free(&key);
	str_free(&name);
}
END_TEST

int
main(void)
{
	struct unit unit = unit_make("name_fold");

	tcase_add_loop_test(unit.cases, spellings_of_one_name_have_one_key, 0,
	    sizeof spellings / sizeof *spellings);
	tcase_add_loop_test(unit.cases, other_names_have_other_keys, 0,
	    sizeof different / sizeof *different);
	tcase_add_loop_test(unit.cases, what_is_no_name_is_nobody_s, 0,
	    sizeof nobody / sizeof *nobody);
	tcase_add_test(unit.cases, a_name_too_long_is_nobody_s);
	return unit_run(unit);
}
