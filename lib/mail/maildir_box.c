/* maildir_box - a mailbox on disk; see maildir_box.h. */
#include "lib/mail/maildir_box.h"

#include "lib/mail/maildir_scan.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

const char *
maildir_path(struct str *path, const struct maildir_copy *copy, const char *dir,
    const char *name)
{
	str_clear(path);
	str_add_slice(path, str_slice(&copy->mailbox));
	str_putc(path, '/');
	str_puts(path, dir);
	if (name) {
		str_putc(path, '/');
		str_puts(path, name);
	}
	return str_c(path);
}

bool
maildir_same_box(const struct maildir_copy *a, const struct maildir_copy *b)
{
	return slice_eq(str_slice(&a->mailbox), str_slice(&b->mailbox));
}

int
maildir_sync(int dir_fd, const char *path)
{
	int fd = openat(dir_fd, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int result, error;

	if (fd < 0)
		return -1;
	result = fsync(fd);
	error = errno;
	close(fd);
	errno = error;
	return result;
}

/* The file, if it is whole: one whose size is wrong never was, and is written
 * anew.  A descriptor, or -1 with errno, ENOENT when there is no such copy. */
static int
open_whole(const struct maildir *maildir, const char *path, uint64_t bytes)
{
	struct stat st;
	int fd = openat(maildir->dir_fd, path,
	    O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);

	if (fd < 0)
		return -1;
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) &&
	    (uint64_t)st.st_size == bytes)
		return fd;
	close(fd);
	errno = ENOENT;
	return -1;
}

/* In cur/ the name has got flags, and perhaps another host than ours is now:
 * SECONDS.ID_R. decides.  As open_whole. */
static int
open_in_cur(struct maildir *maildir, const struct maildir_copy *copy)
{
	size_t len = (size_t)(strrchr(str_c(&copy->name), '_') -
	    str_c(&copy->name)) + 1 + MAILDIR_HASH_BYTES * 2 + 1;
	DIR *dir = maildir_list(maildir->dir_fd,
	    maildir_path(&maildir->path, copy, "cur", NULL));
	struct dirent *entry;
	int fd = -1;

	if (!dir)
		return -1;
	while (fd < 0 && (entry = readdir(dir)))
		if (!strncmp(entry->d_name, str_c(&copy->name), len))
			fd = open_whole(maildir, maildir_path(&maildir->path,
			    copy, "cur", entry->d_name), copy->bytes);
	closedir(dir);
	if (fd < 0)
		errno = ENOENT;
	return fd;
}

/* Who made this copy may have been killed before it was durable. */
static int
settle_found(struct maildir *maildir, const struct maildir_copy *copy, int fd,
    const char *dir)
{
	int result = fsync(fd);

	close(fd);
	if (result < 0)
		return -1;
	return maildir_sync(maildir->dir_fd,
	    maildir_path(&maildir->path, copy, dir, NULL));
}

int
maildir_find(struct maildir *maildir, const struct maildir_copy *copy)
{
	/* new/ first: a reader moves letters from there to cur/, never back */
	const char *dir = "new";
	int fd = open_whole(maildir, maildir_path(&maildir->path, copy, dir,
	    str_c(&copy->name)), copy->bytes);

	if (fd < 0 && errno == ENOENT) {
		dir = "cur";
		fd = open_in_cur(maildir, copy);
	}
	if (fd < 0)
		return errno == ENOENT ? 0 : -1;
	return settle_found(maildir, copy, fd, dir) < 0 ? -1 : 1;
}

static int
make_dir(int dir_fd, const char *path)
{
	return mkdirat(dir_fd, path, 0700) == 0 || errno == EEXIST ? 0 : -1;
}

int
maildir_make_box(struct maildir *maildir, const struct maildir_copy *copy)
{
	int fd = maildir->dir_fd;
	struct slice mailbox = str_slice(&copy->mailbox);
	struct str *domain = &maildir->path, *dir = &maildir->new_path;

	str_set_slice(domain, slice_make(mailbox.s, slice_find(mailbox, '/')));
	if (make_dir(fd, str_c(domain)) < 0 || make_dir(fd, mailbox.s) < 0 ||
	    make_dir(fd, maildir_path(dir, copy, "new", NULL)) < 0 ||
	    maildir_sync(fd, str_c(dir)) < 0 ||
	    make_dir(fd, maildir_path(dir, copy, "cur", NULL)) < 0 ||
	    maildir_sync(fd, str_c(dir)) < 0 ||
	    maildir_sync(fd, mailbox.s) < 0 ||
	    maildir_sync(fd, str_c(domain)) < 0 || fsync(fd) < 0)
		return -1;
	return make_dir(fd, maildir_path(dir, copy, "tmp", NULL));
}

void
maildir_forget(struct maildir *maildir, struct maildir_copy *copy,
    const char *dir, int error)
{
	copy->state = MAILDIR_FAILED;
	copy->error = error;
	(void)unlinkat(maildir->dir_fd, maildir_path(&maildir->path, copy, dir,
	    str_c(&copy->name)), 0);
	if (copy->fd >= 0)
		close(copy->fd);
	copy->fd = -1;
}
