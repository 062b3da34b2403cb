/* test_maildir_quota - maildirsize is read, counted and made anew as the
 * Maildir++ page says. */
#include "lib/mail/maildir_quota.h"

#include "lib/base/io.h"
#include "tests/unit/unit.h"

#include <check.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static const struct maildir_quota limit = {1000, 10};

static const struct {
	const char *text;
	bool is_good;
	int64_t bytes, messages;
} files[] = {
	{"1000S,10C\n100 1\n", true, 100, 1},
	{"1000S,10C\n100 1\n50 1\n-100 -1\n", true, 50, 1},
	{"1000S,10C\n  100   1\n", true, 100, 1},
	{"1000S,10C\n", false, 0, 0},
	{"", false, 0, 0},
	{"1000S\n100 1\n", false, 0, 0},        /* another quota */
	{"1000S,10C\n100 1\n50 ", false, 0, 0}, /* torn */
	{"1000S,10C\n100\n", false, 0, 0},
	{"1000S,10C\n100 x\n", false, 0, 0},
	{"1000S,10C\n100 1 1\n", false, 0, 0},
	{"1000S,10C\n100 1\n\n", false, 0, 0},
	{"1000S,10C\n100 1\n-200 -1\n", false, 0, 0}, /* below nothing */
	{"1000S,10C\n99999999999999999999 1\n", false, 0, 0},
};

START_TEST(file_is_believed_only_when_it_is_whole)
{
	struct maildir_usage usage;

	ck_assert_msg(maildir_quota_parse(slice_of(files[_i].text), &limit,
	    &usage) == files[_i].is_good, "%s", files[_i].text);
	if (!files[_i].is_good)
		return;
	ck_assert_int_eq(usage.bytes, files[_i].bytes);
	ck_assert_int_eq(usage.messages, files[_i].messages);
}
END_TEST

/* A mailbox "box" in a directory of its own. */
static int home_fd;

static void
put_file(const char *path, const char *text)
{
	int fd = openat(home_fd, path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write_all(fd, text, strlen(text)), 0);
	close(fd);
}

static void
make_mailbox(void)
{
	static const char *const dirs[] = {"box", "box/tmp", "box/new",
		"box/cur", "box/.Sent", "box/.Sent/new", "box/.Sent/cur"};

	home_fd = open(unit_folder(), O_RDONLY | O_DIRECTORY);
	for (size_t i = 0; i < sizeof dirs / sizeof *dirs; i++)
		ck_assert_int_eq(mkdirat(home_fd, dirs[i], 0700), 0);
}

static const char *
size_file(struct str *text)
{
	str_clear(text);
	ck_assert_int_eq(read_file(home_fd, "box/maildirsize", text, 9999), 0);
	return str_c(text);
}

static enum maildir_room
check(uint64_t bytes)
{
	struct maildir_quota more = {bytes, 1};

	return maildir_quota_check(home_fd, "box", &limit, &more);
}

static void
age_size_file(time_t seconds)
{
	struct timespec times[2] = {{.tv_sec = time(NULL) - seconds},
		{.tv_sec = time(NULL) - seconds}};

	ck_assert_int_eq(utimensat(home_fd, "box/maildirsize", times, 0), 0);
}

START_TEST(missing_file_is_made_from_all_folders)
{
	struct str text = {0};

	put_file("box/new/1.a_b.h,S=100", "not looked at");
	put_file("box/cur/2.a_b.h,S=200:2,ST", "");
	put_file("box/.Sent/cur/3.without-size:2,S", "12345");
	put_file("box/tmp/4.a_b.h,S=400", "");
	put_file("box/cur/.hidden", "12345");
	ck_assert_int_eq(check(100), MAILDIR_ROOM);
	ck_assert_str_eq(size_file(&text), "1000S,10C\n305 3\n");
	str_free(&text);
}
END_TEST

START_TEST(letters_are_added_and_counted)
{
	struct str text = {0};

	ck_assert_int_eq(check(1000), MAILDIR_ROOM);
	ck_assert_int_eq(check(1001), MAILDIR_NO_ROOM);
	maildir_quota_add(home_fd, "box", 600);
	ck_assert_str_eq(size_file(&text), "1000S,10C\n0 0\n600 1\n");
	ck_assert_int_eq(check(400), MAILDIR_ROOM);
	str_free(&text);
}
END_TEST

START_TEST(messages_are_limited_too)
{
	put_file("box/maildirsize", "1000S,10C\n100 10\n");
	ck_assert_int_eq(check(1), MAILDIR_NO_ROOM);
}
END_TEST

/* Over quota by a file that may be out of date: the mailbox decides. */
START_TEST(stale_file_is_made_anew_before_mail_is_refused)
{
	put_file("box/maildirsize", "1000S,10C\n900 1\n50 1\n");
	ck_assert_int_eq(check(400), MAILDIR_ROOM); /* several lines */
	put_file("box/maildirsize", "1000S,10C\n900 1\n");
	ck_assert_int_eq(check(400), MAILDIR_NO_ROOM); /* one, and young */
	age_size_file(16 * 60);
	ck_assert_int_eq(check(400), MAILDIR_ROOM);
}
END_TEST

START_TEST(long_file_is_made_anew)
{
	struct str text = {0};

	str_puts(&text, "1000S,10C\n");
	while (text.len < 5120)
		str_puts(&text, "0 0\n");
	put_file("box/maildirsize", str_c(&text));
	ck_assert_int_eq(check(400), MAILDIR_ROOM);
	ck_assert_str_eq(size_file(&text), "1000S,10C\n0 0\n");
	str_free(&text);
}
END_TEST

START_TEST(new_limit_makes_the_file_anew)
{
	struct str text = {0};
	struct maildir_quota bytes_only = {5000, 0}, more = {1, 1};

	put_file("box/maildirsize", "1000S,10C\n1000 10\n");
	put_file("box/new/1.a_b.h,S=100", "");
	ck_assert_int_eq(maildir_quota_check(home_fd, "box", &bytes_only,
	    &more), MAILDIR_ROOM);
	ck_assert_str_eq(size_file(&text), "5000S\n100 1\n");
	str_free(&text);
}
END_TEST

START_TEST(mailbox_that_does_not_exist_yet_is_empty)
{
	struct maildir_quota more = {1000, 1};

	ck_assert_int_eq(maildir_quota_check(home_fd, "nobox", &limit, &more),
	    MAILDIR_ROOM);
	more.bytes++;
	ck_assert_int_eq(maildir_quota_check(home_fd, "nobox", &limit, &more),
	    MAILDIR_NO_ROOM);
	maildir_quota_add(home_fd, "nobox", 1000);
	ck_assert_int_lt(faccessat(home_fd, "nobox", F_OK, 0), 0);
}
END_TEST

int
main(void)
{
	struct unit unit = unit_make("maildir_quota");
	TCase *cases = unit.cases;

	tcase_add_checked_fixture(cases, make_mailbox, NULL);
	tcase_add_loop_test(cases, file_is_believed_only_when_it_is_whole, 0,
	    sizeof files / sizeof *files);
	tcase_add_test(cases, missing_file_is_made_from_all_folders);
	tcase_add_test(cases, letters_are_added_and_counted);
	tcase_add_test(cases, messages_are_limited_too);
	tcase_add_test(cases, stale_file_is_made_anew_before_mail_is_refused);
	tcase_add_test(cases, long_file_is_made_anew);
	tcase_add_test(cases, new_limit_makes_the_file_anew);
	tcase_add_test(cases, mailbox_that_does_not_exist_yet_is_empty);
	return unit_run(unit);
}
