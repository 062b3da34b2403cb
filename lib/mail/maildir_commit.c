/* maildir_commit - many copies durable together, in the order that maildir.h
 * explains. */
#include "lib/mail/maildir_box.h"

#include "lib/base/fs_order.h"
#include "lib/base/io.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

enum { MANY = 4 /* files or directories that are worth a syncfs */ };

static bool
is_unordered(const struct maildir_copy *copy)
{
	return copy->state == MAILDIR_WRITTEN && !copy->is_ordered;
}

/* Is it the first of those that went to its new/ (or cur/)? */
static bool
opens_dir(const struct maildir_copy *copies, size_t at)
{
	for (size_t i = 0; i < at; i++)
		if (is_unordered(&copies[i]) &&
		    maildir_same_dir(&copies[i], &copies[at]))
			return false;
	return true;
}

/* For many files, or the directories of many, on the filesystem of dir_fd:
 * true when all are durable with one syncfs.  Else each is asked. */
static bool
sync_home(const struct maildir *maildir, const struct maildir_copy *copies,
    size_t count, bool is_of_dirs)
{
	size_t many = 0, first = 0;

	if (!maildir->syncs_as_one)
		return false;
	for (size_t i = count; i-- > 0;)
		if (is_unordered(&copies[i]) && !copies[i].is_away &&
		    (!is_of_dirs || opens_dir(copies, i))) {
			many++;
			first = i;
		}
	return many >= MANY && fs_sync_whole(copies[first].fd) == 0;
}

/* So that the disk works on all while we wait for the first. */
static void
start_writeback(const struct maildir_copy *copies, size_t count)
{
	for (size_t i = 0; count > 1 && i < count; i++)
		if (copies[i].state == MAILDIR_WRITTEN)
			(void)sync_file_range(copies[i].fd, 0, 0,
			    SYNC_FILE_RANGE_WRITE);
}

static void
settle_one(struct maildir *maildir, struct maildir_copy *copy)
{
	int result = copy->is_ordered
	    ? sync_file_range(copy->fd, 0, 0, SYNC_FILE_RANGE_WAIT_BEFORE |
		SYNC_FILE_RANGE_WRITE | SYNC_FILE_RANGE_WAIT_AFTER)
	    : fsync(copy->fd);

	if (result < 0)
		maildir_forget(maildir, copy, errno);
}

static void
settle_data(struct maildir *maildir, struct maildir_copy *copies, size_t count)
{
	bool is_home_durable = sync_home(maildir, copies, count, false);

	if (!is_home_durable)
		start_writeback(copies, count);
	for (size_t i = 0; i < count; i++)
		if (copies[i].state == MAILDIR_WRITTEN &&
		    (!is_home_durable || copies[i].is_away))
			settle_one(maildir, &copies[i]);
}

static int
rename_from_tmp(struct maildir *maildir, const struct maildir_copy *copy)
{
	return renameat(maildir->dir_fd, maildir_path(&maildir->path, copy,
	    "tmp", str_c(&copy->name)), maildir->dir_fd,
	    maildir_published(&maildir->new_path, copy));
}

static void
publish(struct maildir *maildir, struct maildir_copy *copy)
{
	if (rename_from_tmp(maildir, copy) == 0)
		return;
	/* A mailbox that somebody made by halves: tmp/ without new/. */
	if (errno != ENOENT || maildir_make_box(maildir, copy) < 0 ||
	    rename_from_tmp(maildir, copy) < 0)
		maildir_forget(maildir, copy, errno);
}

/* fsync of the ordered copy that was renamed last speaks for all of them. */
static void
settle_ordered(struct maildir *maildir, struct maildir_copy *copies,
    size_t count)
{
	size_t last = count;
	int error;

	for (size_t i = 0; i < count; i++)
		if (copies[i].state == MAILDIR_WRITTEN && copies[i].is_ordered)
			last = i;
	if (last == count || fsync(copies[last].fd) == 0)
		return;
	error = errno;
	for (size_t i = 0; i < count; i++)
		if (copies[i].state == MAILDIR_WRITTEN && copies[i].is_ordered)
			maildir_withdraw(maildir, &copies[i], error);
}

/* Syncs new/ (or cur/) once for all copies that went there. */
static void
settle_new(struct maildir *maildir, struct maildir_copy *copies, size_t count,
    size_t first)
{
	int error;

	if (sync_dir(maildir->dir_fd, maildir_path(&maildir->path,
	    &copies[first], maildir_published_dir(&copies[first]), NULL)) == 0)
		return;
	error = errno;
	for (size_t i = count; i-- > first;)
		if (copies[i].state == MAILDIR_WRITTEN &&
		    maildir_same_dir(&copies[i], &copies[first]))
			maildir_withdraw(maildir, &copies[i], error);
}

static void
settle_unordered(struct maildir *maildir, struct maildir_copy *copies,
    size_t count)
{
	bool is_home_durable = sync_home(maildir, copies, count, true);

	for (size_t i = 0; i < count; i++)
		if (is_unordered(&copies[i]) && opens_dir(copies, i) &&
		    (!is_home_durable || copies[i].is_away))
			settle_new(maildir, copies, count, i);
}

static void
finish(struct maildir *maildir, struct maildir_copy *copy)
{
	close(copy->fd);
	copy->fd = -1;
	copy->state = MAILDIR_DELIVERED;
	if (copy->quota.bytes || copy->quota.messages)
		maildir_quota_add(maildir->dir_fd, str_c(&copy->mailbox),
		    copy->bytes);
}

void
maildir_commit(struct maildir *maildir, struct maildir_copy *copies,
    size_t count)
{
	settle_data(maildir, copies, count);
	for (size_t i = 0; i < count; i++)
		if (copies[i].state == MAILDIR_WRITTEN)
			publish(maildir, &copies[i]);
	settle_ordered(maildir, copies, count);
	settle_unordered(maildir, copies, count);
	for (size_t i = 0; i < count; i++)
		if (copies[i].state == MAILDIR_WRITTEN)
			finish(maildir, &copies[i]);
}
