/* test_isp_seen - what providers have said lately; see isp_seen.h. */
#include "lib/mail/isp_seen.h"
#include "tests/unit/unit.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>


static void
setup(void)
{
	unit_folder_enter();
	ck_assert_int_eq(mkdir("state", 0700), 0);
	ck_assert_int_eq(mkdir("state/isp", 0700), 0);
}


static void
age(const char *path, time_t seconds)
{
	struct timespec then[2] = {{.tv_sec = time(NULL) - seconds},
	    {.tv_sec = time(NULL) - seconds}};

	ck_assert_int_eq(utimensat(AT_FDCWD, path, then, 0), 0);
}

START_TEST(an_unknown_address_counts_for_a_while)
{
	struct slice address = slice_of("gone@isp.test");

	ck_assert(!isp_seen_is_unknown(address));
	ck_assert_int_eq(isp_seen_unknown(address), 0);
	ck_assert(isp_seen_is_unknown(address));
	ck_assert(isp_seen_is_unknown(slice_of("Gone@isp.test")));
	ck_assert(!isp_seen_is_unknown(slice_of("one@isp.test")));
	age("state/isp/unknown.gone@isp.test", ISP_SEEN_UNKNOWN_S + 1);
	ck_assert(!isp_seen_is_unknown(address));
	/* said again */
	ck_assert_int_eq(isp_seen_unknown(address), 0);
	ck_assert(isp_seen_is_unknown(address));
	isp_seen_known(address);
	ck_assert(!isp_seen_is_unknown(address));
}
END_TEST

START_TEST(a_size_counts_for_a_day)
{
	struct slice lane = slice_of("isp xx@isp.test");
	struct stat st;

	ck_assert_uint_eq(isp_seen_size(lane), 0);
	ck_assert_int_eq(isp_seen_set_size(lane, 35882577), 0);
	ck_assert_uint_eq(isp_seen_size(lane), 35882577);
	ck_assert_int_eq(isp_seen_set_size(lane, 1000), 0);
	ck_assert_uint_eq(isp_seen_size(lane), 1000);
	/* for users who are not queue-manager's */
	ck_assert_int_eq(stat("state/isp/size.xx@isp.test", &st), 0);
	ck_assert_uint_eq(st.st_mode & 0777, 0644);
	age("state/isp/size.xx@isp.test", ISP_SEEN_SIZE_S + 1);
	ck_assert_uint_eq(isp_seen_size(lane), 0);
}
END_TEST

START_TEST(what_is_no_file_name_is_not_remembered)
{
	char name[400];

	memset(name, 'a', sizeof name);
	memcpy(name, "x@", 2);
	ck_assert_int_eq(isp_seen_unknown(slice_make(name, sizeof name)), -1);
	ck_assert_int_eq(isp_seen_unknown(slice_of("../a@isp.test")), -1);
	ck_assert_int_eq(isp_seen_unknown(slice_make("a\0b", 3)), -1);
	ck_assert_int_eq(isp_seen_unknown(slice_of("")), -1);
	ck_assert(!isp_seen_is_unknown(slice_of("../a@isp.test")));
	ck_assert_int_eq(rmdir("state/isp"), 0);
}
END_TEST

START_TEST(what_is_old_is_pruned)
{
	isp_seen_unknown(slice_of("old@isp.test"));
	isp_seen_unknown(slice_of("new@isp.test"));
	isp_seen_set_size(slice_of("isp old@isp.test"), 1);
	isp_seen_set_size(slice_of("isp new@isp.test"), 1);
	age("state/isp/unknown.old@isp.test", ISP_SEEN_UNKNOWN_S + 1);
	age("state/isp/size.old@isp.test", ISP_SEEN_SIZE_S + 1);
	age("state/isp/size.new@isp.test", ISP_SEEN_UNKNOWN_S + 1);
	isp_seen_prune();
	ck_assert_int_eq(access("state/isp/unknown.old@isp.test", F_OK), -1);
	ck_assert_int_eq(access("state/isp/size.old@isp.test", F_OK), -1);
	ck_assert_int_eq(access("state/isp/unknown.new@isp.test", F_OK), 0);
	ck_assert_int_eq(access("state/isp/size.new@isp.test", F_OK), 0);
}
END_TEST

int
main(void)
{
	struct unit unit = unit_make("isp_seen");

	tcase_add_checked_fixture(unit.cases, setup, NULL);
	tcase_add_test(unit.cases, an_unknown_address_counts_for_a_while);
	tcase_add_test(unit.cases, a_size_counts_for_a_day);
	tcase_add_test(unit.cases, what_is_no_file_name_is_not_remembered);
	tcase_add_test(unit.cases, what_is_old_is_pruned);
	return unit_run(unit);
}
