/* maildir_folder - the folders beside an INBOX; see maildir_folder.h. */
#include "lib/mail/maildir_folder.h"

#include "lib/base/clock.h"
#include "lib/base/io.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	SUBSCRIPTIONS_MAX = 1024 * 1024,
	LOCK_STALE_S = 120 /* as Dovecot has it */
};

static const char lock_name[] = "subscriptions.lock";
static const char version_2[] = "V\t2\n";

int
maildir_open_box(int dir_fd, const char *mailbox)
{
	struct slice rest = slice_of(mailbox);
	struct str part = {0};
	int fd = -1, next;

	do {
		str_set_slice(&part, slice_cut(&rest, '/'));
		next = open_dir(fd < 0 ? dir_fd : fd, str_c(&part));
		close_quietly(fd);
		fd = next;
	} while (fd >= 0 && rest.s);
	str_free(&part);
	return fd;
}

/* ---- folders ---- */

/* 1: made, 0: there, -1 with errno.  Most often it is there. */
static int
make_dir(int dir_fd, const char *name)
{
	struct stat st;

	if (fstatat(dir_fd, name, &st, AT_SYMLINK_NOFOLLOW) == 0) {
		errno = ENOTDIR;
		return S_ISDIR(st.st_mode) ? 0 : -1;
	}
	if (errno != ENOENT)
		return -1;
	/* somebody else may have been faster */
	if (mkdirat(dir_fd, name, 0700) == 0)
		return 1;
	return errno == EEXIST ? 0 : -1;
}

/* Says that this is a folder and no mailbox.  Nobody waits for it. */
static void
mark_folder(int folder_fd)
{
	int fd = openat(folder_fd, "maildirfolder",
	    O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);

	if (fd >= 0)
		close(fd);
}

/* tmp/ comes last, as in maildir_make_box. */
static int
fill_folder(int folder_fd)
{
	static const char *const parts[] = {"new", "cur", "tmp"};
	int made = 0, result;

	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
		result = make_dir(folder_fd, parts[i]);
		if (result < 0)
			return -1;
		made |= result;
	}
	if (!made)
		return 0;
	return fsync(folder_fd) < 0 ? -1 : 1;
}

/* A directory with new/, cur/ and tmp/ in it. */
static int
make_letters_dir(int dir_fd, const char *name, bool is_folder)
{
	int fd = -1, made = make_dir(dir_fd, name), filled = -1;

	if (made >= 0)
		fd = open_dir(dir_fd, name);
	if (fd >= 0)
		filled = fill_folder(fd);
	if (filled > 0 && is_folder)
		mark_folder(fd);
	if (filled >= 0 && made && fsync(dir_fd) < 0)
		filled = -1;
	close_quietly(fd);
	return filled < 0 ? -1 : made | filled;
}

int
maildir_folder_make(int mailbox_fd, const char *name)
{
	struct str dir = {0};
	int result;

	str_putc(&dir, '.');
	str_puts(&dir, name);
	result = make_letters_dir(mailbox_fd, str_c(&dir), true);
	str_free(&dir);
	return result;
}

int
maildir_make_account(int dir_fd, const char *mailbox)
{
	struct slice name = slice_of(mailbox), domain = slice_cut(&name, '/');
	struct str path = {0};
	int fd = -1, made, result = -1;

	str_set_slice(&path, domain);
	made = make_dir(dir_fd, str_c(&path));
	if (made > 0 && fsync(dir_fd) < 0)
		made = -1;
	if (made >= 0)
		fd = open_dir(dir_fd, str_c(&path));
	if (fd >= 0)
		result = make_letters_dir(fd, name.s, false);
	close_quietly(fd);
	str_free(&path);
	return result;
}

/* ---- subscriptions ---- */

static bool
has_line(struct slice file, struct slice line)
{
	while (file.s)
		if (slice_eq(slice_cut(&file, '\n'), line))
			return true;
	return false;
}

/* The second form has a tab between the parts of a name. */
static void
put_name(struct str *to, struct slice folder, bool is_second)
{
	size_t start = to->len;

	str_add_slice(to, folder);
	for (size_t i = start; is_second && i < to->len; i++)
		if (to->s[i] == '.')
			to->s[i] = '\t';
}

bool
subscriptions_add(struct slice file, const struct strs *folders,
    struct str *to)
{
	struct str line = {0};
	bool is_missing = false, is_second;

	str_set_slice(to, file);
	if (!file.len)
		str_addf(to, "%s\n", version_2);
	else if (file.s[file.len - 1] != '\n')
		str_putc(to, '\n');
	is_second = slice_starts(str_slice(to), version_2);
	for (size_t i = 0; i < folders->len; i++) {
		str_clear(&line);
		put_name(&line, str_slice(&folders->v[i]), is_second);
		if (has_line(str_slice(to), str_slice(&line)))
			continue;
		is_missing = true;
		str_add_slice(to, str_slice(&line));
		str_putc(to, '\n');
	}
	str_free(&line);
	return is_missing;
}

/* Nothing but a regular file of sane size: 0; none is an empty one. */
static int
read_subscriptions(int mailbox_fd, struct str *to)
{
	struct stat st;
	int fd = openat(mailbox_fd, "subscriptions",
	    O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	int result = -1;

	if (fd < 0)
		return errno == ENOENT ? 0 : -1;
	errno = EINVAL;
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode))
		result = read_to_end(fd, to, SUBSCRIPTIONS_MAX);
	close_quietly(fd);
	return result;
}

/* Dovecot's lock, in Dovecot's way: the new file itself, under another name.
 * One that a killed program left is taken away. */
static int
lock(int mailbox_fd)
{
	int flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
	int fd = openat(mailbox_fd, lock_name, flags, 0600);
	struct stat st;

	if (fd >= 0 || errno != EEXIST)
		return fd;
	if (fstatat(mailbox_fd, lock_name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	    (uint64_t)st.st_mtime + LOCK_STALE_S < clock_wall_s() &&
	    unlinkat(mailbox_fd, lock_name, 0) == 0)
		return openat(mailbox_fd, lock_name, flags, 0600);
	errno = EAGAIN;
	return -1;
}

/* Under the lock, whose file is lock_fd. */
static int
rewrite(int mailbox_fd, int lock_fd, const struct strs *folders)
{
	struct str old = {0}, new = {0};
	int result = -1, error;

	if (read_subscriptions(mailbox_fd, &old) < 0)
		goto out;
	result = 0;
	if (!subscriptions_add(str_slice(&old), folders, &new))
		goto out;
	result = -1;
	if (write_all(lock_fd, new.s, new.len) < 0 || fsync(lock_fd) < 0 ||
	    renameat(mailbox_fd, lock_name, mailbox_fd, "subscriptions") < 0)
		goto out;
	result = 1;
out:
	error = errno;
	if (result <= 0)
		(void)unlinkat(mailbox_fd, lock_name, 0);
	str_free(&old);
	str_free(&new);
	errno = error;
	return result;
}

int
maildir_subscribe(int mailbox_fd, const struct strs *folders)
{
	struct str old = {0}, new = {0};
	bool is_missing = false;
	int result, fd;

	/* most often there is nothing to do, and no lock to take */
	result = read_subscriptions(mailbox_fd, &old);
	if (result == 0)
		is_missing = subscriptions_add(str_slice(&old), folders, &new);
	str_free(&old);
	str_free(&new);
	if (!is_missing)
		return result;
	fd = lock(mailbox_fd);
	if (fd < 0)
		return -1;
	result = rewrite(mailbox_fd, fd, folders);
	close_quietly(fd);
	return result;
}
