/*
 * spool_take - from a box to active/; see spool.h and FORMAT.md.
 *
 * Whatever is in a box may have been put there by a captured producer.
 */
#include "queue/spool_letter.h"

#include "lib/base/clock.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { TORN_AGE_S = 10 /* covers the instant between creation and lock */ };

static int
move(int from_fd, const char *from, int to_fd, const char *to)
{
	return renameat2(from_fd, from, to_fd, to, RENAME_NOREPLACE);
}

/* renameat2 into a fan folder, made on first use. */
static int
move_to_fan(int from_fd, const char *from, int fan_fd, const char *id)
{
	struct str path = {0};
	int result;

	queue_id_path(&path, ".", slice_of(id));
	result = move(from_fd, from, fan_fd, str_c(&path));
	if (result < 0 && errno == ENOENT && spool_make_fan(fan_fd, &path) == 0)
		result = move(from_fd, from, fan_fd, str_c(&path));
	str_free(&path);
	return result;
}

/* What is no regular file holds no letter, and Landlock lets nobody move it
 * to where only regular files may be made. */
static int
remove_special(int dir_fd, const char *name)
{
	struct stat st;

	if (fstatat(dir_fd, name, &st, AT_SYMLINK_NOFOLLOW) < 0 ||
	    S_ISREG(st.st_mode))
		return -1;
	return unlinkat(dir_fd, name, S_ISDIR(st.st_mode) ? AT_REMOVEDIR : 0);
}

static enum spool_taken
clear_away(struct spool *spool, size_t box, const char *name)
{
	if (spool_set_aside(spool, spool->box_fd[box], name, name) == 0)
		return SPOOL_CORRUPT;
	if (remove_special(spool->box_fd[box], name) == 0)
		return SPOOL_REMOVED;
	return SPOOL_LEFT;
}

static enum spool_taken
check_file(int fd, uid_t producer, struct spool_letter *letter,
    struct stat *st)
{
	if (fstat(fd, st) < 0)
		return spool_corrupt(letter, "cannot be examined");
	if (!S_ISREG(st->st_mode))
		return spool_corrupt(letter, "not a regular file");
	if (st->st_nlink != 1)
		return spool_corrupt(letter, "has several names");
	if (st->st_uid != producer)
		return spool_corrupt(letter, "not its producer's file");
	return SPOOL_TAKEN;
}

/* Its writer is gone when nobody holds the lock. */
static bool
is_being_written(int fd, const struct stat *st)
{
	uint64_t now_s = clock_wall_s();

	if (flock(fd, LOCK_SH | LOCK_NB) < 0)
		return true;
	flock(fd, LOCK_UN);
	return (uint64_t)st->st_ctim.tv_sec + TORN_AGE_S > now_s;
}

static enum spool_taken
clear_unfinished(struct spool *spool, size_t box, const char *name,
    bool was_closed, const struct spool_letter *letter, const struct stat *st)
{
	if (was_closed) {
		unlinkat(spool->box_fd[box], name, 0);
		return SPOOL_ABORTED;
	}
	if (is_being_written(letter->fd, st))
		return SPOOL_UNFINISHED;
	if (move(spool->box_fd[box], name, spool->torn_fd, name) < 0)
		unlinkat(spool->box_fd[box], name, 0);
	return SPOOL_ABORTED;
}

static enum spool_taken
check_id(size_t box, const char *name, struct spool_letter *letter)
{
	const struct envelope *envelope = &letter->envelope;

	if (!slice_is(str_slice(&envelope->id), name))
		return spool_corrupt(letter, "its id is not its name");
	if (queue_id_is_once(slice_of(name)) &&
	    (!boxes[box].takes_once || name[0] != boxes[box].once_prefix))
		return spool_corrupt(letter, "this box takes no such id");
	if (!slice_is(str_slice(&envelope->box), boxes[box].name))
		return spool_corrupt(letter, "it names another box");
	if (envelope->login.len && !boxes[box].needs_login)
		return spool_corrupt(letter, "this box takes no login");
	if (!envelope->login.len && boxes[box].needs_login)
		return spool_corrupt(letter, "nobody has logged in");
	return SPOOL_TAKEN;
}

/* Without a length, or, after a power cut, shorter than its length says. */
static bool
is_unfinished(enum envelope_result read, const struct spool_letter *letter,
    const struct stat *st, bool was_closed)
{
	if (read != ENVELOPE_OK)
		return read == ENVELOPE_MORE;
	return !letter->envelope.length ||
	    (!was_closed && letter->envelope.length > (uint64_t)st->st_size);
}

static enum spool_taken
check_letter(struct spool *spool, size_t box, const char *name,
    bool was_closed, struct spool_letter *letter)
{
	enum envelope_result read;
	struct stat st;

	if (check_file(letter->fd, spool->producer[box], letter, &st) !=
	    SPOOL_TAKEN)
		return SPOOL_CORRUPT;
	errno = 0;
	read = envelope_read(letter->fd, &letter->envelope, &letter->head_len);
	if (read == ENVELOPE_BAD && errno) {
		letter->why = strerror(errno);
		return SPOOL_LATER;
	}
	if (read == ENVELOPE_UNKNOWN) {
		letter->why = "of a format that this version does not know";
		return SPOOL_LEFT;
	}
	if (is_unfinished(read, letter, &st, was_closed))
		return clear_unfinished(spool, box, name, was_closed, letter,
		    &st);
	if (read == ENVELOPE_BAD)
		return spool_corrupt(letter,
		    "its envelope cannot be understood");
	if (letter->envelope.length != (uint64_t)st.st_size)
		return spool_corrupt(letter, "its length is not its size");
	return check_id(box, name, letter);
}

static enum spool_taken
activate(struct spool *spool, size_t box, const char *name,
    struct spool_letter *letter)
{
	int result;

	if (spool_is_spent(spool, name)) {
		unlinkat(spool->box_fd[box], name, 0);
		return SPOOL_AGAIN;
	}
	result = move_to_fan(spool->box_fd[box], name, spool->active_fd, name);
	if (result == 0)
		return SPOOL_TAKEN;
	if (errno == ENOENT)
		return SPOOL_GONE;
	if (errno == EEXIST && queue_id_is_once(slice_of(name))) {
		unlinkat(spool->box_fd[box], name, 0);
		return SPOOL_AGAIN;
	}
	if (errno == EEXIST)
		return spool_corrupt(letter, "another message has its id");
	letter->why = strerror(errno);
	return SPOOL_LATER;
}

enum spool_taken
spool_take(struct spool *spool, size_t box, const char *name, bool was_closed,
    struct spool_letter *letter)
{
	enum spool_taken taken =
	    spool_letter_open(spool->box_fd[box], name, letter);

	if (taken == SPOOL_TAKEN && !queue_id_valid(slice_of(name)))
		taken = spool_corrupt(letter, "its name is not a queue id");
	if (taken == SPOOL_TAKEN)
		taken = check_letter(spool, box, name, was_closed, letter);
	if (taken == SPOOL_TAKEN)
		taken = activate(spool, box, name, letter);
	if (taken == SPOOL_CORRUPT)
		taken = clear_away(spool, box, name);
	if (taken != SPOOL_TAKEN)
		spool_letter_close(letter);
	return taken;
}
