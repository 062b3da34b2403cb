/* drop - one file, one fsync; see drop.h and FORMAT.md. */
#include "queue/drop.h"

#include "lib/base/clock.h"
#include "lib/base/fs_order.h"
#include "lib/base/io.h"
#include "queue/id.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

enum {
	PENDING_MAX = 64 * 1024,
	MANY = 16 /* letters that are worth a syncfs */
};

int
drop_box_open(const char *box)
{
	struct str path = {0};
	int fd;

	str_addf(&path, "queue/drop/%s", box);
	umask(0); /* or the one reader, our group, might be masked out */
	/* O_PATH: a producer may create in its box, but not list it */
	fd = open(str_c(&path), O_PATH | O_DIRECTORY | O_CLOEXEC);
	str_free(&path);
	return fd;
}

/* Only queue-manager, by its group, may read what a producer wrote; where
 * both are one user that would shut out the manager too. */
static mode_t
file_mode(int box_fd)
{
	struct stat st;

	if (fstat(box_fd, &st) == 0 && st.st_uid == geteuid())
		return 0600;
	return 0040;
}

static int
create(int box_fd, mode_t mode, struct envelope *envelope)
{
	int flags = O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC | O_NOFOLLOW;
	int fd;

	if (envelope->id.len)
		return openat(box_fd, str_c(&envelope->id), flags, mode);
	do {
		queue_id_make(&envelope->id);
		fd = openat(box_fd, str_c(&envelope->id), flags, mode);
	} while (fd < 0 && errno == EEXIST);
	return fd;
}

int
drop_begin(struct drop *drop, int box_fd, struct envelope *envelope)
{
	if (!envelope->arrived_us)
		envelope->arrived_us = clock_wall_us();
	if (!drop->mode)
		drop->mode = file_mode(box_fd);
	drop->fd = create(box_fd, drop->mode, envelope);
	if (drop->fd < 0)
		return -1;
	/* Says "being written" to a manager that starts meanwhile. */
	if (flock(drop->fd, LOCK_EX | LOCK_NB) < 0) {
		drop_abort(drop);
		return -1;
	}
	drop->length = 0;
	drop->is_complete = drop->is_durable = false;
	drop->error = 0;
	str_clear(&drop->pending);
	envelope_encode(&drop->pending, envelope);
	return 0;
}

static void
put(struct drop *drop, struct slice bytes)
{
	if (!drop->error && write_all(drop->fd, bytes.s, bytes.len) < 0)
		drop->error = errno;
	drop->length += bytes.len;
}

void
drop_write(struct drop *drop, struct slice bytes)
{
	if (drop->pending.len + bytes.len > PENDING_MAX) {
		put(drop, str_slice(&drop->pending));
		str_clear(&drop->pending);
	}
	if (bytes.len > PENDING_MAX)
		put(drop, bytes);
	else
		str_add_slice(&drop->pending, bytes);
}

/* After the data and before the fsync: a file with a length is whole. */
static int
put_length(struct drop *drop)
{
	struct str digits = {0};
	int result;

	str_add_digits(&digits, drop->length, LENGTH_DIGITS);
	result = pwrite_all(drop->fd, digits.s, digits.len, LENGTH_AT);
	str_free(&digits);
	return result;
}

/* What the disk would not take is refused, and its writer comes again: without
 * a length it is an aborted session, and does not go a first time. */
static void
take_length_back(int fd)
{
	char blanks[LENGTH_DIGITS];

	memset(blanks, ' ', sizeof blanks);
	(void)pwrite_all(fd, blanks, sizeof blanks, LENGTH_AT);
}

static void
complete(struct drop *drop)
{
	put(drop, str_slice(&drop->pending));
	str_clear(&drop->pending);
	if (!drop->error && put_length(drop) < 0)
		drop->error = errno;
	drop->is_complete = true;
}

/* syncfs promises for the filesystem what fsync does for a file, names
 * included, with few flushes of the disk where a filesystem without a journal
 * needs one for each.  The last of them comes with an fsync: without a journal
 * syncfs may flush before it writes inodes and folders (ext4), or not at all.
 * After an error each is asked, but for the one whose fsync has said it. */
static bool
make_all_durable(struct drop *const drops[], size_t count)
{
	if (count < MANY || fs_sync_whole(drops[0]->fd) < 0)
		return false;
	if (fsync(drops[0]->fd) == 0)
		return true;
	drops[0]->error = errno;
	take_length_back(drops[0]->fd);
	return false;
}

/* Few wait for their own bytes alone: blocks are allocated when the writing
 * begins, so that one commit of the journal, that of the first fsync, holds
 * the inodes of the whole batch.  Many are made durable together. */
void
drop_prepare(struct drop *const drops[], size_t count)
{
	bool is_durable;

	for (size_t i = 0; i < count; i++)
		complete(drops[i]);
	is_durable = make_all_durable(drops, count);
	for (size_t i = 0; i < count; i++) {
		struct drop *drop = drops[i];

		drop->is_durable = is_durable;
		if (!is_durable && !drop->error)
			(void)sync_file_range(drop->fd, 0, 0,
			    SYNC_FILE_RANGE_WRITE);
	}
}

int
drop_commit(struct drop *drop)
{
	int fd = drop->fd, error;

	if (!drop->is_complete)
		complete(drop);
	if (!drop->error && !drop->is_durable && fsync(fd) < 0) {
		drop->error = errno;
		take_length_back(fd);
	}
	error = drop->error;
	if (error) {
		drop_abort(drop);
		errno = error;
		return -1;
	}
	drop->fd = -1;
	return close(fd);
}

void
drop_abort(struct drop *drop)
{
	if (drop->fd >= 0)
		close(drop->fd);
	drop->fd = -1;
	str_free(&drop->pending);
}

bool
drop_has_room(int box_fd, uint64_t min_bytes, unsigned min_percent)
{
	struct statvfs fs;
	uint64_t free_bytes, size;

	if (fstatvfs(box_fd, &fs) < 0)
		return true; /* creating the file will tell */
	free_bytes = (uint64_t)fs.f_bavail * fs.f_frsize;
	size = (uint64_t)fs.f_blocks * fs.f_frsize;
	return free_bytes >= min_bytes && free_bytes / 100 >= size / 10000 *
	    min_percent;
}
