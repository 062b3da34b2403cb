/* test_maildir - letters come into the Maildir whole, once, under the name
 * that a second attempt finds. */
#include "lib/mail/maildir.h"

#include "lib/base/fs_order.h"
#include "lib/base/io.h"
#include "tests/unit/unit.h"

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/vfs.h>
#include <unistd.h>

static const char head[] = "posthouse 1\n\n";
static const char body[] = "Subject: hi\n\nhello\0world\nno line end";
static const char front[] =
    "Return-Path: <s@example.org>\nDelivered-To: anna@local.test\n";

static struct maildir maildir;
static struct maildir_message message;
static struct maildir_copy copies[4];

/* The call, counted from 1, at which the disk fails; 0: it does not. */
static int bad_fsync, fsyncs;

/* Instead of the C library's. */
int
fsync(int fd)
{
	if (++fsyncs != bad_fsync)
		return fdatasync(fd);
	errno = EIO;
	return -1;
}

/* Is the next one to fail? */
static bool bad_syncfs;
static int syncfss;

int
syncfs(int fd)
{
	(void)fd;
	syncfss++;
	if (!bad_syncfs)
		return 0;
	errno = EIO;
	return -1;
}

/* What the filesystem says of itself. */
static long fs_type;
static bool is_read_only; /* an error made it so */

int
fstatfs(int fd, struct statfs *fs)
{
	(void)fd;
	*fs = (struct statfs){.f_type = fs_type,
	    .f_flags = is_read_only ? ST_RDONLY : 0};
	return 0;
}

static void
write_message(const void *bytes, size_t len)
{
	if (message.fd)
		close(message.fd);
	message.fd = openat(maildir.dir_fd, "../message",
	    O_RDWR | O_CREAT | O_TRUNC, 0600);
	ck_assert_int_ge(message.fd, 0);
	ck_assert_int_eq(write_all(message.fd, head, sizeof head - 1), 0);
	ck_assert_int_eq(write_all(message.fd, bytes, len), 0);
	message.head_len = sizeof head - 1;
	message.length = message.head_len + len;
}

static void
set_up(void)
{
	unit_folder_enter();
	ck_assert_int_eq(mkdir("mail", 0700), 0);
	maildir_init(&maildir, open("mail", O_RDONLY | O_DIRECTORY),
	    slice_of("mail.local.test"));
	message = (struct maildir_message){
		.arrived_us = 1793397600123456,
		.id = slice_of("6qw5c1zj3k00abc"),
		.sender = slice_of("s@example.org"),
		.is_first = true
	};
	write_message(body, sizeof body - 1);
	for (size_t i = 0; i < 4; i++) {
		copies[i].fd = -1;
		str_set(&copies[i].mailbox, "local.test/anna");
		str_set(&copies[i].address, "anna@local.test");
	}
}

static void
tear_down(void)
{
	for (size_t i = 0; i < 4; i++)
		maildir_copy_free(&copies[i]);
	close(maildir.dir_fd);
	close(message.fd);
	maildir_free(&maildir);
}

static enum maildir_state
deliver(size_t count)
{
	for (size_t i = 0; i < count; i++)
		maildir_write(&maildir, &message, copies, i);
	maildir_commit(&maildir, copies, count);
	return copies[0].state;
}

static const char *
in(const char *dir, const char *name)
{
	static char path[512];

	snprintf(path, sizeof path, "local.test/anna/%s/%s", dir, name);
	return path;
}

static size_t
count_in(const char *name)
{
	char path[600];

	snprintf(path, sizeof path, "mail/%s", in(name, ""));
	return unit_count(path);
}

static void
move(const char *name, const char *to_dir, const char *to_name)
{
	char from[512];

	strcpy(from, in("new", name));
	ck_assert_int_eq(renameat(maildir.dir_fd, from, maildir.dir_fd,
	    in(to_dir, to_name)), 0);
}

START_TEST(letter_is_whole_behind_its_two_lines)
{
	struct str file = {0};
	struct stat st;

	ck_assert_int_eq(deliver(1), MAILDIR_DELIVERED);
	ck_assert_int_eq(read_file(maildir.dir_fd,
	    in("new", str_c(&copies[0].name)), &file, 9999), 0);
	ck_assert_uint_eq(file.len, sizeof front + sizeof body - 2);
	ck_assert_int_eq(memcmp(file.s, front, sizeof front - 1), 0);
	ck_assert_int_eq(memcmp(file.s + sizeof front - 1, body,
	    sizeof body - 1), 0);
	ck_assert_uint_eq(copies[0].bytes, file.len);
	ck_assert_uint_eq(count_in("tmp"), 0);
	fstatat(maildir.dir_fd, in("new", str_c(&copies[0].name)), &st, 0);
	ck_assert_int_eq(st.st_mode & 07777, 0600);
	fstatat(maildir.dir_fd, in("new", ""), &st, 0);
	ck_assert_int_eq(st.st_mode & 07777, 0700);
	str_free(&file);
}
END_TEST

START_TEST(name_follows_from_message_and_recipient)
{
	ck_assert_int_eq(deliver(1), MAILDIR_DELIVERED);
	/* the start of SHA-256("anna@local.test") */
	ck_assert_str_eq(str_c(&copies[0].name),
	    "1793397600.6qw5c1zj3k00abc_" "f70ff805c0b53e78"
	    ".mail.local.test,S=95");
}
END_TEST

START_TEST(host_is_escaped)
{
	maildir_host(&maildir, slice_of("a/b:c"));
	ck_assert_str_eq(str_c(&maildir.host), "a\\057b\\072c");
}
END_TEST

START_TEST(null_sender_is_written_as_such)
{
	struct str file = {0};

	message.sender = slice_of("");
	ck_assert_int_eq(deliver(1), MAILDIR_DELIVERED);
	ck_assert_int_eq(read_file(maildir.dir_fd,
	    in("new", str_c(&copies[0].name)), &file, 9999), 0);
	ck_assert(slice_starts(str_slice(&file), "Return-Path: <>\n"));
	str_free(&file);
}
END_TEST

START_TEST(two_recipients_in_one_mailbox_get_two_names)
{
	str_set(&copies[1].address, "anna+tag@local.test");
	ck_assert_int_eq(deliver(2), MAILDIR_DELIVERED);
	ck_assert_int_eq(copies[1].state, MAILDIR_DELIVERED);
	ck_assert_uint_eq(count_in("new"), 2);
}
END_TEST

static const char *
in_sent(const char *dir, const char *name, const char *flags)
{
	static char path[512];

	snprintf(path, sizeof path, "local.test/anna/.Sent/%s/%s%s", dir, name,
	    flags);
	return path;
}

START_TEST(a_copy_goes_into_its_folder_as_read)
{
	struct str file = {0};

	maildir.keeps_order = _i;
	str_set(&copies[1].folder, "Sent");
	copies[1].is_seen = true;
	str_set(&copies[1].lines, "X-Line: value\n");
	ck_assert_int_eq(deliver(2), MAILDIR_DELIVERED);
	ck_assert_int_eq(copies[1].state, MAILDIR_DELIVERED);
	ck_assert_str_ne(str_c(&copies[0].name), str_c(&copies[1].name));
	ck_assert_uint_eq(count_in("new"), 1);
	ck_assert_int_eq(read_file(maildir.dir_fd, in_sent("cur",
	    str_c(&copies[1].name), ":2,S"), &file, 9999), 0);
	ck_assert_uint_eq(file.len, copies[1].bytes);
	ck_assert_int_eq(memcmp(file.s + sizeof front - 1, "X-Line: value\n",
	    14), 0);
	str_clear(&file);
	ck_assert_int_eq(read_file(maildir.dir_fd,
	    "local.test/anna/subscriptions", &file, 9999), 0);
	ck_assert_str_eq(str_c(&file), "V\t2\n\nSent\n");
	str_free(&file);
}
END_TEST

START_TEST(a_copy_in_a_folder_is_found_though_its_lines_are_others)
{
	char old[256];

	str_set(&copies[0].folder, "Sent");
	copies[0].is_seen = _i;
	str_set(&copies[0].lines, "X-Line: value\n");
	ck_assert_int_eq(deliver(1), MAILDIR_DELIVERED);
	strcpy(old, str_c(&copies[0].name));
	str_set(&copies[0].lines, "X-Line: another value\n");
	message.is_first = false;
	ck_assert_int_eq(deliver(1), MAILDIR_PRESENT);
	ck_assert_str_ne(old, str_c(&copies[0].name));
	/* the INBOX has none */
	str_clear(&copies[0].folder);
	ck_assert_int_eq(deliver(1), MAILDIR_DELIVERED);
}
END_TEST

START_TEST(a_head_longer_than_the_buffer_is_written_whole)
{
	struct str file = {0};

	str_puts(&copies[0].lines, "X-Long:");
	while (copies[0].lines.len < 300 * 1024)
		str_puts(&copies[0].lines, " somebody@far.test,\n");
	str_puts(&copies[0].lines, " end\n");
	ck_assert_int_eq(deliver(1), MAILDIR_DELIVERED);
	ck_assert_int_eq(read_file(maildir.dir_fd,
	    in("new", str_c(&copies[0].name)), &file, 999999), 0);
	ck_assert_uint_eq(file.len, copies[0].bytes);
	ck_assert_uint_eq(file.len, sizeof front - 1 + copies[0].lines.len +
	    sizeof body - 1);
	ck_assert_int_eq(memcmp(file.s + file.len - (sizeof body - 1), body,
	    sizeof body - 1), 0);
	str_free(&file);
}
END_TEST

START_TEST(both_orders_of_commit_deliver)
{
	maildir.keeps_order = _i;
	str_set(&copies[1].address, "b@local.test");
	str_set(&copies[1].mailbox, "local.test/b");
	str_set(&copies[2].address, "anna+2@local.test");
	ck_assert_int_eq(deliver(3), MAILDIR_DELIVERED);
	ck_assert_int_eq(copies[1].state, MAILDIR_DELIVERED);
	ck_assert_int_eq(copies[2].state, MAILDIR_DELIVERED);
	ck_assert_int_eq(copies[2].is_ordered, _i);
	ck_assert_uint_eq(count_in("new"), 2);
}
END_TEST

/* Ordered: one fsync, for all.  Else one for each letter, and then one for
 * new/.  What is not durable is in no mailbox, and the manager is told. */
static const struct {
	bool keeps_order;
	int bad_fsync;
	enum maildir_state first, second;
	size_t left;
} failures[] = {
	{true, 1, MAILDIR_FAILED, MAILDIR_FAILED, 0},
	{false, 1, MAILDIR_FAILED, MAILDIR_DELIVERED, 1},
	{false, 2, MAILDIR_DELIVERED, MAILDIR_FAILED, 1},
	{false, 3, MAILDIR_FAILED, MAILDIR_FAILED, 0},
	{true, 2, MAILDIR_DELIVERED, MAILDIR_DELIVERED, 2},
};

START_TEST(what_the_disk_does_not_take_is_not_delivered)
{
	ck_assert_int_eq(deliver(1), MAILDIR_DELIVERED); /* makes the box */
	maildir.keeps_order = failures[_i].keeps_order;
	str_set(&copies[0].address, "anna+1@local.test");
	str_set(&copies[1].address, "anna+2@local.test");
	fsyncs = 0;
	bad_fsync = failures[_i].bad_fsync;
	ck_assert_int_eq(deliver(2), failures[_i].first);
	ck_assert_int_eq(copies[1].state, failures[_i].second);
	if (copies[0].state == MAILDIR_FAILED)
		ck_assert_int_eq(copies[0].error, EIO);
	ck_assert_uint_eq(count_in("new"), 1 + failures[_i].left);
	ck_assert_uint_eq(count_in("tmp"), 0);
}
END_TEST

/* Four copies, into one mailbox or a mailbox each, at home or on another
 * filesystem: what they ask of the disk where nothing is ordered. */
static const struct {
	bool are_apart, are_away, bad_syncfs;
	int bad_fsync;
	int syncfss, fsyncs;
	size_t delivered;
	long fs_type;
	bool is_read_only;
} manys[] = {
	{false, false, false, 0, 1, 1, 4, BTRFS_SUPER_MAGIC, false},
	{true, false, false, 0, 2, 0, 4, BTRFS_SUPER_MAGIC, false},
	{false, true, false, 0, 0, 5, 4, BTRFS_SUPER_MAGIC, false},
	{true, true, false, 0, 0, 8, 4, BTRFS_SUPER_MAGIC, false},
	{false, false, true, 0, 1, 5, 4, BTRFS_SUPER_MAGIC, false},
	{false, false, true, 2, 1, 5, 3, BTRFS_SUPER_MAGIC, false},
	{true, false, true, 7, 2, 8, 3, BTRFS_SUPER_MAGIC, false},
	/* syncfs did nothing, and says that it went well */
	{true, false, false, 8, 2, 8, 3, BTRFS_SUPER_MAGIC, true},
	/* without a journal it is not one step; FUSE tells no server of it */
	{true, false, false, 0, 0, 8, 4, EXT4_SUPER_MAGIC, false},
	{true, false, false, 3, 0, 7, 3, FUSE_SUPER_MAGIC, false},
};

START_TEST(many_are_one_syncfs_and_its_error_asks_each)
{
	char address[32];
	size_t delivered = 0;

	maildir.keeps_order = false;
	fs_type = manys[_i].fs_type;
	maildir.syncs_as_one = fs_syncs_as_one(maildir.dir_fd);
	for (int round = 0; round < 2; round++) { /* the first makes the boxes */
		for (int i = 0; i < 4; i++) {
			snprintf(address, sizeof address, "%c+%d@local.test",
			    manys[_i].are_apart ? 'a' + i : 'a', 4 * round + i);
			str_set(&copies[i].address, address);
			str_set(&copies[i].mailbox, "local.test/");
			str_putc(&copies[i].mailbox, address[0]);
		}
		if (round) {
			maildir.dev += manys[_i].are_away;
			bad_syncfs = manys[_i].bad_syncfs;
			is_read_only = manys[_i].is_read_only;
			bad_fsync = manys[_i].bad_fsync;
		}
		fsyncs = syncfss = 0;
		deliver(4);
	}
	ck_assert_int_eq(syncfss, manys[_i].syncfss);
	ck_assert_int_eq(fsyncs, manys[_i].fsyncs);
	for (int i = 0; i < 4; i++)
		delivered += copies[i].state == MAILDIR_DELIVERED;
	ck_assert_uint_eq(delivered, manys[_i].delivered);
}
END_TEST

/* Sizes around the buffer's. */
static const size_t sizes[] = {0, 1, 128 * 1024 - sizeof front,
	128 * 1024 - sizeof front + 1, 128 * 1024, 128 * 1024 + 1, 300 * 1000};

START_TEST(size_does_not_matter)
{
	struct str text = {0}, file = {0};

	while (text.len < sizes[_i])
		str_putc(&text, (char)('a' + text.len % 26));
	write_message(str_c(&text), text.len);
	ck_assert_int_eq(deliver(1), MAILDIR_DELIVERED);
	ck_assert_int_eq(read_file(maildir.dir_fd,
	    in("new", str_c(&copies[0].name)), &file, 999999), 0);
	ck_assert_uint_eq(file.len, sizes[_i] + sizeof front - 1);
	ck_assert_int_eq(memcmp(file.s + sizeof front - 1, str_c(&text),
	    text.len), 0);
	str_free(&text);
	str_free(&file);
}
END_TEST

START_TEST(message_of_another_length_is_not_delivered)
{
	message.length = (uint64_t)((int64_t)message.length + (_i ? 1 : -1));
	ck_assert_int_eq(deliver(1), MAILDIR_FAILED);
	ck_assert_int_eq(copies[0].error, EBADMSG);
	ck_assert_uint_eq(count_in("new"), 0);
	ck_assert_uint_eq(count_in("tmp"), 0);
}
END_TEST

START_TEST(later_attempt_finds_the_copy_in_new)
{
	deliver(1);
	message.is_first = false;
	ck_assert_int_eq(deliver(1), MAILDIR_PRESENT);
	ck_assert_uint_eq(count_in("new"), 1);
}
END_TEST

START_TEST(later_attempt_finds_the_copy_in_cur)
{
	char name[300];

	deliver(1);
	snprintf(name, sizeof name, "%s:2,RS", str_c(&copies[0].name));
	move(str_c(&copies[0].name), "cur", name);
	message.is_first = false;
	maildir_host(&maildir, slice_of("renamed.local.test"));
	ck_assert_int_eq(deliver(1), MAILDIR_PRESENT);
	ck_assert_uint_eq(count_in("new"), 0);
}
END_TEST

START_TEST(another_recipients_copy_is_not_mistaken)
{
	deliver(1);
	message.is_first = false;
	str_set(&copies[0].address, "anna+tag@local.test");
	ck_assert_int_eq(deliver(1), MAILDIR_DELIVERED);
	ck_assert_uint_eq(count_in("new"), 2);
}
END_TEST

START_TEST(short_copy_is_replaced)
{
	struct stat st;
	int fd;

	deliver(1);
	fd = openat(maildir.dir_fd, in("new", str_c(&copies[0].name)),
	    O_WRONLY);
	ck_assert_int_eq(ftruncate(fd, 10), 0);
	close(fd);
	message.is_first = false;
	ck_assert_int_eq(deliver(1), MAILDIR_DELIVERED);
	ck_assert_uint_eq(count_in("new"), 1);
	fstatat(maildir.dir_fd, in("new", str_c(&copies[0].name)), &st, 0);
	ck_assert_uint_eq((uint64_t)st.st_size, copies[0].bytes);
}
END_TEST

START_TEST(leftover_in_tmp_is_overwritten)
{
	char path[512];
	struct str file = {0};
	int fd;

	deliver(1);
	strcpy(path, in("new", str_c(&copies[0].name)));
	ck_assert_int_eq(unlinkat(maildir.dir_fd, path, 0), 0);
	fd = openat(maildir.dir_fd, in("tmp", str_c(&copies[0].name)),
	    O_WRONLY | O_CREAT, 0600);
	ck_assert_int_eq(ftruncate(fd, 100000), 0);
	close(fd);
	ck_assert_int_eq(deliver(1), MAILDIR_DELIVERED);
	ck_assert_int_eq(read_file(maildir.dir_fd, path, &file, 999999), 0);
	ck_assert_uint_eq(file.len, copies[0].bytes);
	str_free(&file);
}
END_TEST

START_TEST(symlink_in_tmp_is_not_followed)
{
	char path[512];

	deliver(1);
	strcpy(path, in("new", str_c(&copies[0].name)));
	ck_assert_int_eq(unlinkat(maildir.dir_fd, path, 0), 0);
	ck_assert_int_eq(symlinkat("../../../../message", maildir.dir_fd,
	    in("tmp", str_c(&copies[0].name))), 0);
	ck_assert_int_eq(deliver(1), MAILDIR_FAILED);
	ck_assert_int_eq(copies[0].error, ELOOP);
}
END_TEST

START_TEST(half_made_mailbox_is_completed)
{
	deliver(1);
	str_set(&copies[0].mailbox, "local.test/bert");
	ck_assert_int_eq(mkdirat(maildir.dir_fd, "local.test/bert", 0700), 0);
	ck_assert_int_eq(mkdirat(maildir.dir_fd, "local.test/bert/tmp", 0700),
	    0);
	ck_assert_int_eq(deliver(1), MAILDIR_DELIVERED);
	ck_assert_int_eq(faccessat(maildir.dir_fd, "local.test/bert/cur",
	    F_OK, 0), 0);
}
END_TEST

START_TEST(full_disk_leaves_nothing_behind)
{
	struct rlimit small = {20, 20}; /* bytes, for want of a full disk */

	deliver(1);
	signal(SIGXFSZ, SIG_IGN);
	setrlimit(RLIMIT_FSIZE, &small);
	str_set(&copies[0].address, "anna+2@local.test");
	ck_assert_int_eq(deliver(1), MAILDIR_FAILED);
	ck_assert_int_eq(copies[0].error, EFBIG);
	ck_assert_uint_eq(count_in("tmp"), 0);
	ck_assert_uint_eq(count_in("new"), 1);
}
END_TEST

START_TEST(batch_cannot_go_over_quota_together)
{
	uint64_t bytes = sizeof front + sizeof body - 2;

	for (size_t i = 0; i < 3; i++)
		copies[i].quota.bytes = 2 * bytes + 2;
	str_set(&copies[1].address, "a+1@local.test");
	str_set(&copies[2].address, "a+2@local.test");
	ck_assert_int_eq(deliver(3), MAILDIR_DELIVERED);
	ck_assert_int_eq(copies[1].state, MAILDIR_DELIVERED);
	ck_assert_int_eq(copies[2].state, MAILDIR_OVER_QUOTA);
	ck_assert_uint_eq(count_in("new"), 2);
}
END_TEST

START_TEST(earlier_copy_is_found_even_over_quota)
{
	copies[0].quota.messages = 1;
	ck_assert_int_eq(deliver(1), MAILDIR_DELIVERED);
	message.is_first = false;
	ck_assert_int_eq(deliver(1), MAILDIR_PRESENT);
}
END_TEST

static void
add_second_attempts(TCase *cases)
{
	tcase_add_test(cases, later_attempt_finds_the_copy_in_new);
	tcase_add_test(cases, later_attempt_finds_the_copy_in_cur);
	tcase_add_test(cases, another_recipients_copy_is_not_mistaken);
	tcase_add_loop_test(cases,
	    a_copy_in_a_folder_is_found_though_its_lines_are_others, 0, 2);
	tcase_add_test(cases, short_copy_is_replaced);
	tcase_add_test(cases, leftover_in_tmp_is_overwritten);
	tcase_add_test(cases, symlink_in_tmp_is_not_followed);
	tcase_add_test(cases, half_made_mailbox_is_completed);
	tcase_add_test(cases, full_disk_leaves_nothing_behind);
	tcase_add_loop_test(cases,
	    what_the_disk_does_not_take_is_not_delivered, 0,
	    sizeof failures / sizeof *failures);
	tcase_add_loop_test(cases, many_are_one_syncfs_and_its_error_asks_each,
	    0, sizeof manys / sizeof *manys);
	tcase_add_test(cases, batch_cannot_go_over_quota_together);
	tcase_add_test(cases, earlier_copy_is_found_even_over_quota);
}

int
main(void)
{
	struct unit unit = unit_make("maildir");
	TCase *cases = unit.cases;

	tcase_add_checked_fixture(cases, set_up, tear_down);
	tcase_add_test(cases, letter_is_whole_behind_its_two_lines);
	tcase_add_test(cases, name_follows_from_message_and_recipient);
	tcase_add_test(cases, host_is_escaped);
	tcase_add_test(cases, null_sender_is_written_as_such);
	tcase_add_test(cases, two_recipients_in_one_mailbox_get_two_names);
	tcase_add_loop_test(cases, both_orders_of_commit_deliver, 0, 2);
	tcase_add_loop_test(cases, a_copy_goes_into_its_folder_as_read, 0, 2);
	tcase_add_test(cases, a_head_longer_than_the_buffer_is_written_whole);
	tcase_add_loop_test(cases, size_does_not_matter, 0,
	    sizeof sizes / sizeof *sizes);
	tcase_add_loop_test(cases, message_of_another_length_is_not_delivered,
	    0, 2);
	add_second_attempts(cases);
	return unit_run(unit);
}
