/* spool_list - what lies in the queue's folders; see spool.h and FORMAT.md. */
#include "queue/spool.h"

#include "lib/base/clock.h"
#include "queue/id.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { TORN_KEEP_S = 7 * 24 * 3600 };

/* Calls each for every name below dir_fd/path that does not begin with '.'
 * unless with_dots. */
static int
each_name(int dir_fd, const char *path, bool with_dots,
    void (*each)(void *context, const char *dir, const char *name),
    void *context)
{
	int fd = openat(dir_fd, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;

	if (!dir) {
		if (fd >= 0)
			close(fd);
		return -1;
	}
	while ((entry = readdir(dir)))
		if (strcmp(entry->d_name, ".") && strcmp(entry->d_name, "..") &&
		    (with_dots || entry->d_name[0] != '.'))
			each(context, path, entry->d_name);
	return closedir(dir);
}

struct listing {
	struct spool *spool;
	void (*found)(void *context, const char *id);
	void *context;
};

static void
found_active(void *context, const char *dir, const char *name)
{
	struct listing *listing = context;

	(void)dir;
	if (queue_id_valid(slice_of(name)))
		listing->found(listing->context, name);
}

static void
found_active_fan(void *context, const char *dir, const char *name)
{
	struct listing *listing = context;

	(void)dir;
	(void)each_name(listing->spool->active_fd, name, false, found_active,
	    listing);
}

/* A note whose message is gone was about to be removed; a temporary one was
 * never finished. */
static void
found_note(void *context, const char *dir, const char *name)
{
	struct spool *spool = context;
	struct str path = {0};

	str_addf(&path, "%s/%s", dir, name);
	if (name[0] == '.' || (faccessat(spool->active_fd, str_c(&path), F_OK,
				   AT_EACCESS) < 0 && errno == ENOENT))
		unlinkat(spool->note_fd, str_c(&path), 0);
	str_free(&path);
}

static void
found_note_fan(void *context, const char *dir, const char *name)
{
	struct spool *spool = context;

	(void)dir;
	(void)each_name(spool->note_fd, name, true, found_note, spool);
}

int
spool_list(struct spool *spool, void (*found)(void *context, const char *id),
    void *context)
{
	struct listing listing = {spool, found, context};

	if (each_name(spool->note_fd, ".", false, found_note_fan, spool) < 0)
		return -1;
	return each_name(spool->active_fd, ".", false, found_active_fan,
	    &listing);
}

static void
found_in_box(void *context, const char *dir, const char *name)
{
	struct listing *listing = context;

	(void)dir;
	listing->found(listing->context, name);
}

int
spool_list_box(struct spool *spool, size_t box,
    void (*found)(void *context, const char *name), void *context)
{
	struct listing listing = {spool, found, context};

	return each_name(spool->box_fd[box], ".", true, found_in_box,
	    &listing);
}

struct pruning {
	int dir_fd;
	uint64_t before_s;
	bool by_ctime;
};

/* Of a torn file, when it was moved (ctime), for its writer can set the other.
 * Of a mark, when its file was made (mtime): each name that is added to it, or
 * removed, changes its ctime. */
static uint64_t
since_s(const struct pruning *pruning, const struct stat *st)
{
	return (uint64_t)(pruning->by_ctime ? st->st_ctim : st->st_mtim).tv_sec;
}

static void
prune_one(void *context, const char *dir, const char *name)
{
	struct pruning *pruning = context;
	struct stat st;

	(void)dir;
	if (fstatat(pruning->dir_fd, name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	    S_ISREG(st.st_mode) &&
	    since_s(pruning, &st) < pruning->before_s)
		unlinkat(pruning->dir_fd, name, 0);
}

void
spool_prune(struct spool *spool)
{
	uint64_t now_s = clock_wall_s();
	struct pruning spent = {spool->spent_fd, now_s - SPENT_KEEP_S, false};
	struct pruning torn = {spool->torn_fd, now_s - TORN_KEEP_S, true};

	(void)each_name(spool->spent_fd, ".", true, prune_one, &spent);
	(void)each_name(spool->torn_fd, ".", true, prune_one, &torn);
}
