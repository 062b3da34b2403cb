/* test_drop - committed is whole; anything else is not, and shows it. */
#include "queue/drop.h"
#include "queue/id.h"
#include "tests/unit/queue_fixture.h"
#include "tests/unit/unit.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/statvfs.h>
#include <sys/vfs.h>

static int box_fd;
static int fsync_error; /* what the disk says; 0: it works */
static int fsyncs, bad_fsync; /* only that one fails; 0: all */

/* Instead of the C library's. */
int
fsync(int fd)
{
	fsyncs++;
	if (!fsync_error || (bad_fsync && fsyncs != bad_fsync))
		return fdatasync(fd);
	errno = fsync_error;
	return -1;
}

static bool is_read_only; /* an error made the filesystem so */

int
syncfs(int fd)
{
	(void)fd;
	return 0; /* even then */
}

int
fstatfs(int fd, struct statfs *fs)
{
	(void)fd;
	*fs = (struct statfs){.f_type = BTRFS_SUPER_MAGIC,
	    .f_flags = is_read_only ? ST_RDONLY : 0};
	return 0;
}

static void
set_up(void)
{
	fixture_enter();
	box_fd = drop_box_open("smtp");
	ck_assert_int_ge(box_fd, 0);
}

static int
open_dropped(const struct envelope *envelope)
{
	int dir_fd = open("queue/drop/smtp", O_RDONLY | O_DIRECTORY);
	int fd = openat(dir_fd, str_c(&envelope->id), O_RDONLY);

	close(dir_fd);
	return fd;
}

static off_t
size_of(int fd)
{
	struct stat st;

	ck_assert_int_eq(fstat(fd, &st), 0);
	return st.st_size;
}

START_TEST(committed_is_whole)
{
	struct envelope envelope =
	    fixture_envelope("smtp", "a@b.test", "c@local.test");
	struct envelope back = {0};
	struct drop drop = {.fd = -1};
	char piece[10000];
	size_t head_len;
	struct stat st;
	int fd;

	memset(piece, 'x', sizeof piece);
	ck_assert_int_eq(drop_begin(&drop, box_fd, &envelope), 0);
	for (int i = 0; i < 100; i++)
		drop_write(&drop, slice_make(piece, sizeof piece));
	ck_assert_int_eq(drop_commit(&drop), 0);
	drop_abort(&drop);
	fd = open_dropped(&envelope);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(envelope_read(fd, &back, &head_len), ENVELOPE_OK);
	ck_assert_uint_eq(back.length, (uint64_t)size_of(fd));
	ck_assert_uint_eq(back.length, head_len + 100 * sizeof piece);
	ck_assert_uint_eq(back.arrived_us, envelope.arrived_us);
	ck_assert_int_eq(fstat(fd, &st), 0);
	ck_assert_uint_eq(st.st_mode & 07777, 0600);
	ck_assert_int_eq(flock(fd, LOCK_EX | LOCK_NB), 0);
	close(fd);
	envelope_free(&envelope);
	envelope_free(&back);
}
END_TEST

/* More at once than the buffer holds, and nothing at all. */
START_TEST(pieces_of_any_size_come_in_order)
{
	static const size_t sizes[] = {1, 0, 70000, 64 * 1024, 3, 200000, 1};
	struct envelope envelope =
	    fixture_envelope("smtp", "a@b.test", "c@local.test");
	struct drop drop = {.fd = -1};
	struct str wanted = {0}, text = {0};
	struct envelope back = {0};
	size_t head_len;
	int fd;

	ck_assert_int_eq(drop_begin(&drop, box_fd, &envelope), 0);
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		struct str piece = {0};

		for (size_t n = 0; n < sizes[i]; n++)
			str_putc(&piece, (char)('a' + i));
		drop_write(&drop, str_slice(&piece));
		str_add_slice(&wanted, str_slice(&piece));
		str_free(&piece);
	}
	ck_assert_int_eq(drop_commit(&drop), 0);
	drop_abort(&drop);
	fd = open_dropped(&envelope);
	ck_assert_int_eq(envelope_read(fd, &back, &head_len), ENVELOPE_OK);
	str_reserve(&text, wanted.len);
	ck_assert_int_eq(pread(fd, text.s, wanted.len, (off_t)head_len),
	    (ssize_t)wanted.len);
	ck_assert_mem_eq(text.s, wanted.s, wanted.len);
	ck_assert_int_eq(size_of(fd), (off_t)(head_len + wanted.len));
	close(fd);
	str_free(&text);
	str_free(&wanted);
	envelope_free(&envelope);
	envelope_free(&back);
}
END_TEST

START_TEST(aborted_has_no_length)
{
	struct envelope envelope =
	    fixture_envelope("smtp", "a@b.test", "c@local.test");
	struct envelope back = {0};
	struct drop drop = {.fd = -1};
	struct str big = {0};
	size_t head_len;
	int fd;

	str_reserve(&big, 100000);
	memset(big.s, 'x', 100000);
	big.len = 100000;
	ck_assert_int_eq(drop_begin(&drop, box_fd, &envelope), 0);
	drop_write(&drop, str_slice(&big));
	fd = open_dropped(&envelope);
	ck_assert_int_eq(flock(fd, LOCK_SH | LOCK_NB), -1);
	drop_abort(&drop);
	drop_abort(&drop);
	ck_assert_int_eq(flock(fd, LOCK_SH | LOCK_NB), 0);
	ck_assert_int_eq(envelope_read(fd, &back, &head_len), ENVELOPE_OK);
	ck_assert_uint_eq(back.length, 0);
	close(fd);
	str_free(&big);
	envelope_free(&envelope);
	envelope_free(&back);
}
END_TEST

START_TEST(a_once_id_is_dropped_once)
{
	struct envelope envelope =
	    fixture_envelope("bounce", "", "c@local.test");
	struct drop drop = {.fd = -1}, again = {.fd = -1};

	queue_id_once(&envelope.id, 'b', slice_of("x"));
	ck_assert_int_eq(drop_begin(&drop, box_fd, &envelope), 0);
	ck_assert_int_eq(drop_commit(&drop), 0);
	drop_abort(&drop);
	ck_assert_int_eq(drop_begin(&again, box_fd, &envelope), -1);
	ck_assert_int_eq(errno, EEXIST);
	ck_assert_int_eq(again.fd, -1);
	drop_abort(&again);
	envelope_free(&envelope);
}
END_TEST

/* The commit fails with that error, and what is left has no length, so that
 * queue-manager takes it for torn.  Frees the envelope. */
static void
ck_not_taken(struct drop *drop, struct envelope *envelope, int error)
{
	struct envelope back = {0};
	size_t head_len;
	int fd;

	ck_assert_int_eq(drop_commit(drop), -1);
	ck_assert_int_eq(errno, error);
	ck_assert_int_eq(drop->fd, -1);
	fd = open_dropped(envelope);
	ck_assert_int_eq(envelope_read(fd, &back, &head_len), ENVELOPE_OK);
	ck_assert_uint_eq(back.length, 0);
	close(fd);
	envelope_free(envelope);
	envelope_free(&back);
}

/* A full disk, as far as one can have it without one. */
START_TEST(a_failed_write_fails_the_commit)
{
	struct envelope envelope =
	    fixture_envelope("smtp", "a@b.test", "c@local.test");
	struct rlimit limit = {100000, 100000};
	struct drop drop = {.fd = -1};
	char piece[10000] = {'x'};

	signal(SIGXFSZ, SIG_IGN);
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
	ck_assert_int_eq(drop_begin(&drop, box_fd, &envelope), 0);
	for (int i = 0; i < 20; i++)
		drop_write(&drop, slice_make(piece, sizeof piece));
	ck_not_taken(&drop, &envelope, EFBIG);
}
END_TEST

/* The writer is told to come again: what is left must not go as well. */
START_TEST(a_failed_fsync_leaves_nothing_whole)
{
	static const int errors[] = {EIO, ENOSPC, EDQUOT};
	struct envelope envelope =
	    fixture_envelope("smtp", "a@b.test", "c@local.test");
	struct drop drop = {.fd = -1};

	ck_assert_int_eq(drop_begin(&drop, box_fd, &envelope), 0);
	drop_write(&drop, slice_of("Subject: x\n\nhello\n"));
	fsync_error = errors[_i];
	ck_not_taken(&drop, &envelope, errors[_i]);
}
END_TEST

enum { MANY = 20 };

static void
begin_many(struct drop drops[MANY], struct drop *all[MANY],
    struct envelope envelopes[MANY])
{
	for (int i = 0; i < MANY; i++) {
		drops[i] = (struct drop){.fd = -1};
		all[i] = &drops[i];
		envelopes[i] =
		    fixture_envelope("smtp", "a@b.test", "c@local.test");
		ck_assert_int_eq(drop_begin(all[i], box_fd, &envelopes[i]), 0);
	}
}

/* One fsync for all; when it fails each is asked, but the one whose error was
 * heard: it would not be told again. */
START_TEST(many_are_one_fsync_and_its_error_asks_each)
{
	struct envelope envelopes[MANY];
	struct drop drops[MANY], *all[MANY];

	begin_many(drops, all, envelopes);
	fsync_error = _i ? EIO : 0;
	bad_fsync = 1;
	drop_prepare(all, MANY);
	ck_assert_int_eq(fsyncs, 1);
	if (_i)
		ck_not_taken(&drops[0], &envelopes[0], EIO);
	for (int i = _i; i < MANY; i++) {
		ck_assert_int_eq(drop_commit(&drops[i]), 0);
		drop_abort(&drops[i]);
		envelope_free(&envelopes[i]);
	}
	ck_assert_int_eq(fsyncs, _i ? MANY : 1);
}
END_TEST

START_TEST(many_are_not_durable_where_nothing_is_written)
{
	struct envelope envelopes[MANY];
	struct drop drops[MANY], *all[MANY];

	begin_many(drops, all, envelopes);
	is_read_only = true;
	drop_prepare(all, MANY);
	fsync_error = EROFS;
	for (int i = 0; i < MANY; i++)
		ck_not_taken(&drops[i], &envelopes[i], EROFS);
}
END_TEST

START_TEST(a_missing_box_is_an_error)
{
	struct envelope envelope =
	    fixture_envelope("smtp", "a@b.test", "c@local.test");
	struct drop drop = {.fd = -1};

	ck_assert_int_eq(drop_box_open("nowhere"), -1);
	ck_assert_int_eq(errno, ENOENT);
	ck_assert_int_eq(rmdir("queue/drop/smtp"), 0);
	ck_assert_int_eq(drop_begin(&drop, box_fd, &envelope), -1);
	ck_assert_int_eq(drop.fd, -1);
	envelope_free(&envelope);
}
END_TEST

START_TEST(room_is_counted_both_ways)
{
	ck_assert(drop_has_room(box_fd, 0, 0));
	ck_assert(!drop_has_room(box_fd, UINT64_MAX, 0));
	ck_assert(!drop_has_room(box_fd, 0, 101));
}
END_TEST

int
main(void)
{
	struct unit unit = unit_make("drop");

	tcase_add_checked_fixture(unit.cases, set_up, fixture_leave);
	tcase_add_test(unit.cases, committed_is_whole);
	tcase_add_test(unit.cases, pieces_of_any_size_come_in_order);
	tcase_add_test(unit.cases, aborted_has_no_length);
	tcase_add_test(unit.cases, a_once_id_is_dropped_once);
	tcase_add_test(unit.cases, a_failed_write_fails_the_commit);
	tcase_add_loop_test(unit.cases, a_failed_fsync_leaves_nothing_whole,
	    0, 3);
	tcase_add_loop_test(unit.cases,
	    many_are_one_fsync_and_its_error_asks_each, 0, 2);
	tcase_add_test(unit.cases,
	    many_are_not_durable_where_nothing_is_written);
	tcase_add_test(unit.cases, a_missing_box_is_an_error);
	tcase_add_test(unit.cases, room_is_counted_both_ways);
	return unit_run(unit);
}
