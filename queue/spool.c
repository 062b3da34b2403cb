/* spool - queue-manager's side of the queue; see spool.h and FORMAT.md. */
#include "queue/spool_letter.h"

#include "lib/base/clock.h"
#include "lib/base/home.h"
#include "lib/base/io.h"
#include "queue/id.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	SET_ASIDE_TRIES = 10,
	SET_ASIDE_NAME_MAX = 200 /* leaves room for the time */
};

const struct box boxes[BOX_COUNT] = {
    {.name = "smtp", .user = "smtp"},
    {.name = "submission", .user = "subm", .needs_login = true},
    {.name = "relay", .user = "relay"},
    {.name = "local-submit", .user = "submit"},
    {.name = "pop3", .user = "pop", .takes_once = true, .once_prefix = 'p'},
    {.name = "local", .user = "mail", .takes_once = true, .once_prefix = 'a'},
    {.name = "bounce", .user = "queue", .takes_once = true, .once_prefix = 'b'},
};

static int
open_part(const char *path, const char **what)
{
	*what = path;
	return open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

static int
open_box(struct spool *spool, size_t box, const char *prefix, const char **what)
{
	struct str path = {0};

	str_addf(&path, "queue/drop/%s", boxes[box].name);
	spool->box_fd[box] = open_part(str_c(&path), what);
	*what = boxes[box].name;
	str_free(&path);
	if (spool->box_fd[box] < 0)
		return -1;
	return home_user(prefix, boxes[box].user, &spool->producer[box]);
}

static bool
make_fan_folder(int dir_fd, char first, char second)
{
	const char fan[] = {first, second, '\0'};

	return mkdirat(dir_fd, fan, 0700) == 0 || errno == EEXIST;
}

/* All fan folders of active/, durable before the first message is moved into
 * one: a lost folder would take its names along. */
static int
prepare_active(int dir_fd)
{
	for (const char *first = queue_id_chars; *first; first++)
		for (const char *second = queue_id_chars; *second; second++)
			if (!make_fan_folder(dir_fd, *first, *second))
				return -1;
	return fsync(dir_fd);
}

int
spool_open(struct spool *spool, const char *prefix, const char **what)
{
	spool->sweep = (struct sweep){.fd = -1};
	spool->mark = (struct spool_mark){0};
	for (size_t i = 0; i < BOX_COUNT; i++)
		if (open_box(spool, i, prefix, what) < 0)
			return -1;
	if ((spool->active_fd = open_part("queue/active", what)) < 0 ||
	    (spool->note_fd = open_part("queue/note", what)) < 0 ||
	    (spool->spent_fd = open_part("queue/spent", what)) < 0 ||
	    (spool->corrupt_fd = open_part("queue/corrupt", what)) < 0 ||
	    (spool->torn_fd = open_part("queue/corrupt/torn", what)) < 0)
		return -1;
	return prepare_active(spool->active_fd);
}

int
spool_make_fan(int dir_fd, const struct str *path)
{
	struct str dir = {0};
	size_t slash = slice_find(str_slice(path), '/');
	struct slice rest = slice_after(str_slice(path), slash + 1);
	int result;

	str_add(&dir, path->s, slash + 1 + slice_find(rest, '/'));
	result = mkdirat(dir_fd, str_c(&dir), 0700);
	if (result < 0 && errno == EEXIST)
		result = 0;
	str_free(&dir);
	return result;
}

/* With the time, not with a number: who drops one name again and again would
 * make us count for ever. */
int
spool_set_aside(struct spool *spool, int from_fd, const char *from,
    const char *name)
{
	struct str to = {0};
	int result = renameat2(from_fd, from, spool->corrupt_fd, name,
	    RENAME_NOREPLACE);

	for (int tries = 0; result < 0 && tries < SET_ASIDE_TRIES &&
	     (errno == EEXIST || errno == ENAMETOOLONG); tries++) {
		str_clear(&to);
		str_addf(&to, "%.*s.%llu", SET_ASIDE_NAME_MAX, name,
		    (unsigned long long)clock_wall_us());
		result = renameat2(from_fd, from, spool->corrupt_fd,
		    str_c(&to), RENAME_NOREPLACE);
	}
	str_free(&to);
	return result;
}

enum spool_taken
spool_corrupt(struct spool_letter *letter, const char *why)
{
	letter->why = why;
	return SPOOL_CORRUPT;
}

enum spool_taken
spool_letter_open(int dir_fd, const char *path, struct spool_letter *letter)
{
	*letter = (struct spool_letter){.fd = -1};
	letter->fd = openat(dir_fd, path,
	    O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (letter->fd >= 0)
		return SPOOL_TAKEN;
	if (errno == ENOENT)
		return SPOOL_GONE;
	if (errno == ELOOP || errno == ENXIO)
		return spool_corrupt(letter, "not a regular file");
	if (errno == EACCES)
		return spool_corrupt(letter,
		    "its producer lets nobody read it");
	letter->why = strerror(errno);
	return SPOOL_LATER;
}

void
spool_letter_close(struct spool_letter *letter)
{
	if (letter->fd >= 0)
		close(letter->fd);
	letter->fd = -1;
	envelope_free(&letter->envelope);
}

/* Its writer may have kept it open, and have changed since what box it names:
 * the owner tells where it came from. */
static bool
is_from_its_box(const struct spool *spool, const struct spool_letter *letter,
    const struct stat *st)
{
	for (size_t i = 0; i < BOX_COUNT; i++)
		if (slice_is(str_slice(&letter->envelope.box), boxes[i].name))
			return st->st_uid == spool->producer[i];
	return true; /* a box of another version: the caller's matter */
}

enum spool_taken
spool_read(struct spool *spool, const char *id, struct spool_letter *letter)
{
	struct str path = {0};
	enum spool_taken taken;
	enum envelope_result read;
	struct stat st;

	queue_id_path(&path, ".", slice_of(id));
	taken = spool_letter_open(spool->active_fd, str_c(&path), letter);
	if (taken != SPOOL_TAKEN)
		goto out;
	errno = 0;
	read = envelope_read(letter->fd, &letter->envelope, &letter->head_len);
	if (read == ENVELOPE_UNKNOWN || (read == ENVELOPE_BAD && errno)) {
		letter->why = "unreadable, or of an unknown format";
		taken = SPOOL_LEFT;
	} else if (read != ENVELOPE_OK || fstat(letter->fd, &st) < 0 ||
	    letter->envelope.length != (uint64_t)st.st_size ||
	    !slice_is(str_slice(&letter->envelope.id), id) ||
	    !is_from_its_box(spool, letter, &st)) {
		taken = spool_corrupt(letter,
		    "damaged or changed after it was accepted");
		(void)spool_set_aside(spool, spool->active_fd, str_c(&path),
		    id);
	}
out:
	if (taken != SPOOL_TAKEN)
		spool_letter_close(letter);
	str_free(&path);
	return taken;
}

int
spool_lock(struct spool *spool, const char *id, int fd)
{
	struct str path = {0};

	if (fd < 0) {
		queue_id_path(&path, ".", slice_of(id));
		fd = openat(spool->active_fd, str_c(&path),
		    O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
		str_free(&path);
	}
	if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) < 0) {
		close_quietly(fd);
		return -1;
	}
	return fd;
}

int
spool_give_up(struct spool *spool, const char *id)
{
	struct str path = {0};
	int result;

	queue_id_path(&path, ".", slice_of(id));
	result = spool_set_aside(spool, spool->active_fd, str_c(&path), id);
	str_free(&path);
	if (result == 0)
		spool_note_remove(spool, id);
	return result;
}

int
spool_finish(struct spool *spool, const char *id, bool has_note)
{
	struct str path = {0};
	int result;

	/* The mark comes before the unlink, so that no kill leaves a moment
	 * without either. */
	if (queue_id_is_once(slice_of(id)) && spool_mark_spent(spool, id) < 0)
		return -1;
	/* With a note the order counts: the message goes before it does. */
	if (spool->sweep.fd >= 0 && !has_note) {
		sweep_add(&spool->sweep, spool->active_fd, id);
		return 0;
	}
	queue_id_path(&path, ".", slice_of(id));
	result = unlinkat(spool->active_fd, str_c(&path), 0);
	if (result < 0 && errno == ENOENT)
		result = 0;
	str_free(&path);
	if (has_note)
		spool_note_remove(spool, id);
	return result;
}
