/* spool_note - notes on disk; see spool.h and FORMAT.md. */
#include "queue/spool.h"

#include "lib/base/io.h"
#include "queue/id.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

int
spool_note_read(struct spool *spool, const char *id, struct note *note)
{
	struct str path = {0}, bytes = {0};
	int result;

	queue_id_path(&path, ".", slice_of(id));
	result = read_file(spool->note_fd, str_c(&path), &bytes, NOTE_MAX);
	if (result == 0 && note_decode(str_slice(&bytes), note) < 0) {
		spool_note_remove(spool, id); /* torn: as good as none */
		errno = EPROTO;
		result = -1;
	}
	str_free(&path);
	str_free(&bytes);
	return result;
}

/* note/XX/.ID while it is written. */
static void
temporary_path(struct str *path, const char *id)
{
	queue_id_path(path, ".", slice_of(id));
	path->len -= strlen(id);
	str_putc(path, '.');
	str_puts(path, id);
}

static int
open_temporary(struct spool *spool, const struct str *path)
{
	int flags = O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW;
	int fd = openat(spool->note_fd, str_c(path), flags, 0600);

	if (fd < 0 && errno == ENOENT &&
	    spool_make_fan(spool->note_fd, path) == 0)
		fd = openat(spool->note_fd, str_c(path), flags, 0600);
	return fd;
}

int
spool_note_write(struct spool *spool, const char *id, struct slice note)
{
	struct str temporary = {0}, path = {0};
	int fd, result = -1;

	temporary_path(&temporary, id);
	queue_id_path(&path, ".", slice_of(id));
	fd = open_temporary(spool, &temporary);
	if (fd >= 0) {
		result = write_all(fd, note.s, note.len);
		if (close(fd) < 0)
			result = -1;
	}
	if (result == 0)
		result = renameat(spool->note_fd, str_c(&temporary),
		    spool->note_fd, str_c(&path));
	str_free(&temporary);
	str_free(&path);
	return result;
}

int
spool_note_append(struct spool *spool, const char *id, struct slice changes)
{
	struct str path = {0};
	int fd, result;

	queue_id_path(&path, ".", slice_of(id));
	fd = openat(spool->note_fd, str_c(&path),
	    O_WRONLY | O_APPEND | O_CLOEXEC | O_NOFOLLOW);
	str_free(&path);
	if (fd < 0)
		return -1;
	result = write_all(fd, changes.s, changes.len);
	if (close(fd) < 0)
		result = -1;
	return result;
}

int
spool_note_sync(struct spool *spool, const char *id)
{
	struct str path = {0}, dir = {0};
	int fd, result = -1;

	queue_id_path(&path, ".", slice_of(id));
	str_add(&dir, path.s, path.len - strlen(id) - 1);
	fd = openat(spool->note_fd, str_c(&path),
	    O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd >= 0 && fsync(fd) == 0)
		result = sync_dir(spool->note_fd, str_c(&dir));
	close_quietly(fd);
	str_free(&path);
	str_free(&dir);
	return result;
}

void
spool_note_remove(struct spool *spool, const char *id)
{
	struct str path = {0};

	queue_id_path(&path, ".", slice_of(id));
	unlinkat(spool->note_fd, str_c(&path), 0);
	str_free(&path);
}
