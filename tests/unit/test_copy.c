/* test_copy - what is to be done at a copy, as a line and back. */
#include "lib/mail/copy.h"
#include "tests/unit/unit.h"

static const char whole[] = "folder=Sent seen=yes list=yes by=sent hold=yes "
    "staff=a@b.test,c@d.test";

START_TEST(a_line_says_everything)
{
	struct copy copy = {0};
	struct str line = {0};

	ck_assert_int_eq(copy_parse(slice_of(whole), &copy), 0);
	ck_assert_str_eq(str_c(&copy.folder), "Sent");
	ck_assert(copy.is_seen && copy.has_list);
	ck_assert_str_eq(str_c(&copy.by), "sent");
	ck_assert_str_eq(str_c(&copy.hold), "yes");
	ck_assert_uint_eq(copy.staff.len, 2);
	ck_assert_str_eq(str_c(&copy.staff.v[1]), "c@d.test");
	copy_add(&line, &copy);
	ck_assert_str_eq(str_c(&line), whole);
	copy_free(&copy);
	str_free(&line);
}
END_TEST

START_TEST(words_come_in_any_order_and_may_lack)
{
	struct copy copy = {0};
	struct str line = {0};

	ck_assert_int_eq(copy_parse(slice_of("staff=a@b.test folder=Approve"),
			     &copy), 0);
	copy_add(&line, &copy);
	ck_assert_str_eq(str_c(&line), "folder=Approve staff=a@b.test");
	ck_assert_int_eq(copy_parse(slice_of(""), &copy), 0);
	ck_assert(copy_is_empty(&copy));
	str_clear(&line);
	copy_add(&line, &copy);
	ck_assert_uint_eq(line.len, 0);
	str_free(&line);
}
END_TEST

static const char *const bad[] = {"folder", "folder=", "=", "x=y",
    "folder=../x", "folder=a.b", "folder=a/b", "folder=Sent folder=Sent",
    "seen=no", "seen=yes seen=yes", "staff=", "staff=a@b.test,",
    "staff=a@b.test\nX-Header:", "staff=\x01", "by=two words", "by=a\tb",
    "hold=g!", "folder=Sent  seen=yes", " folder=Sent"};

START_TEST(another_line_is_refused)
{
	struct copy copy = {0};

	ck_assert_int_eq(copy_parse(slice_of(whole), &copy), 0);
	ck_assert_int_eq(copy_parse(slice_of(bad[_i]), &copy), -1);
	ck_assert(copy_is_empty(&copy));
}
END_TEST

START_TEST(staff_without_room_is_left_out)
{
	struct copy copy = {0};
	struct str address = {0}, line = {0};

	for (int i = 0; i < 100; i++) {
		str_clear(&address);
		str_addf(&address, "member-of-staff-%d@share.test", i);
		copy_add_staff(&copy, str_slice(&address));
		copy_add_staff(&copy, str_slice(&address));
	}
	ck_assert_uint_eq(copy.staff.len, 100);
	copy_add_staff(&copy, slice_of("\"two words\"@share.test"));
	str_set(&copy.by, "unnamed");
	copy_add(&line, &copy);
	ck_assert_uint_le(line.len, COPY_MAX);
	ck_assert_int_eq(copy_parse(str_slice(&line), &copy), 0);
	ck_assert_uint_gt(copy.staff.len, 10);
	copy_free(&copy);
	str_free(&line);
	str_free(&address);
}
END_TEST

int
main(void)
{
	struct unit unit = unit_make("copy");

	tcase_add_test(unit.cases, a_line_says_everything);
	tcase_add_test(unit.cases, words_come_in_any_order_and_may_lack);
	tcase_add_loop_test(unit.cases, another_line_is_refused, 0,
	    sizeof bad / sizeof *bad);
	tcase_add_test(unit.cases, staff_without_room_is_left_out);
	return unit_run(unit);
}
