/* maildir_box - a mailbox on disk; see maildir_box.h. */
#include "lib/mail/maildir_box.h"

#include "lib/base/io.h"
#include "lib/mail/maildir_folder.h"

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
	if (copy->folder.len) {
		str_puts(path, "/.");
		str_add_slice(path, str_slice(&copy->folder));
	}
	str_putc(path, '/');
	str_puts(path, dir);
	if (name) {
		str_putc(path, '/');
		str_puts(path, name);
	}
	return str_c(path);
}

const char *
maildir_published_dir(const struct maildir_copy *copy)
{
	return copy->is_seen ? "cur" : "new";
}

const char *
maildir_published(struct str *path, const struct maildir_copy *copy)
{
	maildir_path(path, copy, maildir_published_dir(copy),
	    str_c(&copy->name));
	if (copy->is_seen)
		str_puts(path, ":2,S");
	return str_c(path);
}

bool
maildir_same_box(const struct maildir_copy *a, const struct maildir_copy *b)
{
	return slice_eq(str_slice(&a->mailbox), str_slice(&b->mailbox));
}

bool
maildir_same_dir(const struct maildir_copy *a, const struct maildir_copy *b)
{
	return maildir_same_box(a, b) && a->is_seen == b->is_seen &&
	    slice_eq(str_slice(&a->folder), str_slice(&b->folder));
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

/* How large that copy is when it is whole. */
static uint64_t
bytes_of(const struct maildir_copy *copy, const char *name)
{
	const char *size = strstr(name, ",S=");
	uint64_t bytes;

	if (copy->lines.len && size && slice_u64(slice_make(size + 3,
	    strspn(size + 3, "0123456789")), UINT64_MAX, &bytes))
		return bytes;
	return copy->bytes;
}

/* In cur/ the name has got flags, and perhaps another host than ours is now:
 * SECONDS.ID_R. decides.  As open_whole. */
static int
open_in(struct maildir *maildir, const struct maildir_copy *copy,
    const char *in)
{
	size_t len = (size_t)(strrchr(str_c(&copy->name), '_') -
	    str_c(&copy->name)) + 1 + MAILDIR_HASH_BYTES * 2 + 1;
	DIR *dir = list_dir(maildir->dir_fd,
	    maildir_path(&maildir->path, copy, in, NULL));
	struct dirent *entry;
	int fd = -1;

	if (!dir)
		return -1;
	while (fd < 0 && (entry = readdir(dir)))
		if (!strncmp(entry->d_name, str_c(&copy->name), len))
			fd = open_whole(maildir, maildir_path(&maildir->path,
			    copy, in, entry->d_name),
			    bytes_of(copy, entry->d_name));
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
	return sync_dir(maildir->dir_fd,
	    maildir_path(&maildir->path, copy, dir, NULL));
}

int
maildir_find(struct maildir *maildir, const struct maildir_copy *copy)
{
	/* new/ first: a reader moves letters from there to cur/, never back */
	const char *dir = "new";
	int fd = copy->lines.len ? open_in(maildir, copy, dir) :
	    open_whole(maildir, maildir_path(&maildir->path, copy, dir,
		str_c(&copy->name)), copy->bytes);

	if (fd < 0 && errno == ENOENT) {
		dir = "cur";
		fd = open_in(maildir, copy, dir);
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

static int
make_inbox(struct maildir *maildir, const struct maildir_copy *copy)
{
	int fd = maildir->dir_fd;
	struct slice mailbox = str_slice(&copy->mailbox);
	struct str *domain = &maildir->path, *dir = &maildir->new_path;

	str_set_slice(domain, slice_make(mailbox.s, slice_find(mailbox, '/')));
	if (make_dir(fd, str_c(domain)) < 0 || make_dir(fd, mailbox.s) < 0 ||
	    make_dir(fd, maildir_path(dir, copy, "new", NULL)) < 0 ||
	    sync_dir(fd, str_c(dir)) < 0 ||
	    make_dir(fd, maildir_path(dir, copy, "cur", NULL)) < 0 ||
	    sync_dir(fd, str_c(dir)) < 0 ||
	    sync_dir(fd, mailbox.s) < 0 ||
	    sync_dir(fd, str_c(domain)) < 0 || fsync(fd) < 0)
		return -1;
	return make_dir(fd, maildir_path(dir, copy, "tmp", NULL));
}

/* Mail programs show the folders that the mailbox's owner subscribed to; one
 * that he sees for the first time, too. */
static int
make_folder(const struct maildir *maildir, const struct maildir_copy *copy)
{
	int fd = maildir_open_box(maildir->dir_fd, str_c(&copy->mailbox));
	int made;
	struct strs names = {0};

	if (fd < 0)
		return -1;
	made = maildir_folder_make(fd, str_c(&copy->folder));
	if (made > 0) {
		strs_add(&names, str_slice(&copy->folder));
		(void)maildir_subscribe(fd, &names);
		strs_free(&names);
	}
	close_quietly(fd);
	return made < 0 ? -1 : 0;
}

int
maildir_make_box(struct maildir *maildir, const struct maildir_copy *copy)
{
	const struct maildir_copy inbox = {.mailbox = copy->mailbox};

	if (make_inbox(maildir, &inbox) < 0)
		return -1;
	return copy->folder.len ? make_folder(maildir, copy) : 0;
}

static void
give_up(struct maildir *maildir, struct maildir_copy *copy, const char *path,
    int error)
{
	copy->state = MAILDIR_FAILED;
	copy->error = error;
	(void)unlinkat(maildir->dir_fd, path, 0);
	if (copy->fd >= 0)
		close(copy->fd);
	copy->fd = -1;
}

void
maildir_forget(struct maildir *maildir, struct maildir_copy *copy, int error)
{
	give_up(maildir, copy, maildir_path(&maildir->path, copy, "tmp",
	    str_c(&copy->name)), error);
}

void
maildir_withdraw(struct maildir *maildir, struct maildir_copy *copy, int error)
{
	give_up(maildir, copy, maildir_published(&maildir->path, copy), error);
}
