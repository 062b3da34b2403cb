/* test_maildir_folder - folders are made, shown, and no link is followed. */
#include "lib/base/io.h"
#include "lib/mail/maildir_folder.h"
#include "tests/unit/unit.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static int top_fd;

static void
setup(void)
{
	top_fd = open(unit_folder(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	ck_assert_int_ge(top_fd, 0);
}

static bool
is_dir(const char *path)
{
	struct stat st;

	return fstatat(top_fd, path, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	    S_ISDIR(st.st_mode);
}

START_TEST(a_folder_is_made_once)
{
	ck_assert_int_eq(maildir_folder_make(top_fd, "Assign.Anna"), 1);
	ck_assert_int_eq(maildir_folder_make(top_fd, "Assign.Anna"), 0);
	ck_assert(is_dir(".Assign.Anna/new"));
	ck_assert(is_dir(".Assign.Anna/cur"));
	ck_assert(is_dir(".Assign.Anna/tmp"));
	ck_assert_int_eq(unlinkat(top_fd, ".Assign.Anna/cur", AT_REMOVEDIR),
	    0);
	ck_assert_int_eq(maildir_folder_make(top_fd, "Assign.Anna"), 1);
	ck_assert(is_dir(".Assign.Anna/cur"));
}
END_TEST

START_TEST(no_link_is_followed)
{
	ck_assert_int_eq(mkdirat(top_fd, "victim", 0700), 0);
	ck_assert_int_eq(symlinkat("victim", top_fd, ".Approve"), 0);
	ck_assert_int_eq(maildir_folder_make(top_fd, "Approve"), -1);
	ck_assert_int_eq(errno, ENOTDIR);
	ck_assert(!is_dir("victim/cur"));
	ck_assert_int_eq(mkdirat(top_fd, "a", 0700), 0);
	ck_assert_int_eq(mkdirat(top_fd, "a/b", 0700), 0);
	ck_assert_int_eq(symlinkat("a", top_fd, "link"), 0);
	ck_assert_int_ge(maildir_open_box(top_fd, "a/b"), 0);
	ck_assert_int_eq(maildir_open_box(top_fd, "link/b"), -1);
	ck_assert_int_eq(maildir_open_box(top_fd, "a/none"), -1);
	ck_assert_int_eq(errno, ENOENT);
}
END_TEST

static void
subscriptions_are(const char *expected)
{
	struct str file = {0};

	ck_assert_int_eq(read_file(top_fd, "subscriptions", &file, 4096), 0);
	ck_assert_str_eq(str_c(&file), expected);
	str_free(&file);
}

START_TEST(folders_are_subscribed_once)
{
	struct strs folders = {0};

	strs_add(&folders, slice_of("Assign.Anna"));
	strs_add(&folders, slice_of("Assigned"));
	ck_assert_int_eq(maildir_subscribe(top_fd, &folders), 1);
	subscriptions_are("V\t2\n\nAssign\tAnna\nAssigned\n");
	ck_assert_int_eq(maildir_subscribe(top_fd, &folders), 0);
	strs_add(&folders, slice_of("Approve"));
	ck_assert_int_eq(maildir_subscribe(top_fd, &folders), 1);
	subscriptions_are("V\t2\n\nAssign\tAnna\nAssigned\nApprove\n");
	ck_assert(!faccessat(top_fd, "subscriptions", R_OK, 0));
	ck_assert(faccessat(top_fd, "subscriptions.lock", R_OK, 0));
	strs_free(&folders);
}
END_TEST

START_TEST(who_holds_the_lock_is_waited_for)
{
	struct strs folders = {0};
	struct timespec old[2] = {{.tv_sec = 1000}, {.tv_sec = 1000}};
	int fd = openat(top_fd, "subscriptions.lock", O_CREAT | O_WRONLY, 0600);

	close(fd);
	strs_add(&folders, slice_of("Sent"));
	ck_assert_int_eq(maildir_subscribe(top_fd, &folders), -1);
	ck_assert_int_eq(errno, EAGAIN);
	/* ... but not for ever */
	ck_assert_int_eq(utimensat(top_fd, "subscriptions.lock", old, 0), 0);
	ck_assert_int_eq(maildir_subscribe(top_fd, &folders), 1);
	subscriptions_are("V\t2\n\nSent\n");
	strs_free(&folders);
}
END_TEST

START_TEST(the_first_form_stays_the_first)
{
	struct strs folders = {0};
	struct str new = {0};

	strs_add(&folders, slice_of("Assign.Anna"));
	strs_add(&folders, slice_of("Sent"));
	ck_assert(subscriptions_add(slice_of("Sent\nTrash"), &folders, &new));
	ck_assert_str_eq(str_c(&new), "Sent\nTrash\nAssign.Anna\n");
	ck_assert(!subscriptions_add(slice_of("V\t2\n\nSent\nAssign\tAnna"),
	    &folders, &new));
	strs_free(&folders);
	str_free(&new);
}
END_TEST

START_TEST(what_is_no_file_is_not_read)
{
	struct strs folders = {0};

	strs_add(&folders, slice_of("Sent"));
	ck_assert_int_eq(mkfifoat(top_fd, "subscriptions", 0600), 0);
	ck_assert_int_eq(maildir_subscribe(top_fd, &folders), -1);
	strs_free(&folders);
}
END_TEST

int
main(void)
{
	struct unit unit = unit_make("maildir_folder");

	tcase_add_checked_fixture(unit.cases, setup, NULL);
	tcase_add_test(unit.cases, a_folder_is_made_once);
	tcase_add_test(unit.cases, no_link_is_followed);
	tcase_add_test(unit.cases, folders_are_subscribed_once);
	tcase_add_test(unit.cases, who_holds_the_lock_is_waited_for);
	tcase_add_test(unit.cases, the_first_form_stays_the_first);
	tcase_add_test(unit.cases, what_is_no_file_is_not_read);
	return unit_run(unit);
}
