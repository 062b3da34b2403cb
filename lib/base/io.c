/* io - whole reads and writes; see io.h. */
#include "lib/base/io.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int
write_all(int fd, const void *bytes, size_t len)
{
	const char *p = bytes;

	while (len) {
		ssize_t n = write(fd, p, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		p += n;
		len -= (size_t)n;
	}
	return 0;
}

int
pwrite_all(int fd, const void *bytes, size_t len, off_t at)
{
	const char *p = bytes;

	while (len) {
		ssize_t n = pwrite(fd, p, len, at);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		p += n;
		at += n;
		len -= (size_t)n;
	}
	return 0;
}

ssize_t
read_all(int fd, void *bytes, size_t len)
{
	size_t have = 0;

	while (have < len) {
		ssize_t n = read(fd, (char *)bytes + have, len - have);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		if (n == 0)
			break;
		have += (size_t)n;
	}
	return (ssize_t)have;
}

ssize_t
read_at(int fd, struct str *to, size_t len, uint64_t at)
{
	ssize_t n;

	str_reserve(to, len);
	do
		n = pread(fd, to->s + to->len, len, (off_t)at);
	while (n < 0 && errno == EINTR);
	if (n > 0)
		to->len += (size_t)n;
	to->s[to->len] = '\0';
	return n;
}

int
read_to_end(int fd, struct str *to, size_t limit)
{
	size_t start = to->len;

	for (;;) {
		ssize_t n;

		str_reserve(to, 8192);
		n = read_all(fd, to->s + to->len, 8192);
		if (n < 0)
			return -1;
		to->len += (size_t)n;
		to->s[to->len] = '\0';
		if (to->len - start > limit) {
			errno = EFBIG;
			return -1;
		}
		if (n < 8192)
			return 0;
	}
}

int
read_file(int dir_fd, const char *path, struct str *to, size_t limit)
{
	int fd = openat(dir_fd, path, O_RDONLY | O_CLOEXEC);
	int result = fd < 0 ? -1 : read_to_end(fd, to, limit);

	close_quietly(fd);
	return result;
}

/* The mode asked for, whatever the umask and an old file say.  Who is confined
 * may not change it, and asks for what a new file gets. */
static bool
has_mode(int fd, mode_t mode)
{
	struct stat st;

	return (fstat(fd, &st) == 0 && (st.st_mode & 07777) == mode) ||
	    fchmod(fd, mode) == 0;
}

static int
write_new(const char *path, struct slice content, mode_t mode)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	int result = -1;

	if (fd < 0)
		return -1;
	if (write_all(fd, content.s, content.len) == 0 &&
	    has_mode(fd, mode) && fsync(fd) == 0)
		result = 0;
	if (close(fd) < 0)
		result = -1;
	return result;
}

int
replace_file(const char *path, struct slice content, mode_t mode)
{
	struct str temporary = {0}, dir = {0};
	const char *slash = strrchr(path, '/');
	int result = -1, error;

	str_addf(&temporary, "%s.new", path);
	if (slash)
		str_add(&dir, path, (size_t)(slash - path));
	else
		str_puts(&dir, ".");
	if (write_new(str_c(&temporary), content, mode) == 0 &&
	    rename(str_c(&temporary), path) == 0 &&
	    sync_dir(AT_FDCWD, str_c(&dir)) == 0)
		result = 0;
	error = errno;
	if (result < 0)
		unlink(str_c(&temporary));
	str_free(&temporary);
	str_free(&dir);
	errno = error;
	return result;
}

int
open_dir(int dir_fd, const char *path)
{
	return openat(dir_fd, path,
	    O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

DIR *
list_dir(int dir_fd, const char *path)
{
	int fd = open_dir(dir_fd, path);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);

	if (!dir)
		close_quietly(fd);
	return dir;
}

int
sync_dir(int dir_fd, const char *path)
{
	int fd = openat(dir_fd, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int result = fd < 0 ? -1 : fsync(fd);

	close_quietly(fd);
	return result;
}

void
close_quietly(int fd)
{
	int error = errno;

	if (fd >= 0)
		close(fd);
	errno = error;
}
