/* maildir_scan - how much is in a mailbox; see maildir_scan.h. */
#include "lib/mail/maildir_scan.h"

#include "lib/base/io.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

const char *
maildir_path_in(struct str *path, const char *mailbox, const char *name)
{
	str_clear(path);
	str_puts(path, mailbox);
	str_putc(path, '/');
	str_puts(path, name);
	return str_c(path);
}

bool
maildir_is_later(struct timespec a, struct timespec b)
{
	return a.tv_sec != b.tv_sec ? a.tv_sec > b.tv_sec
	                            : a.tv_nsec > b.tv_nsec;
}

/* The size in a name, ",S=1234"; else of the file itself. */
static bool
size_of(int fd, const char *name, uint64_t *bytes)
{
	const char *size = strstr(name, ",S=");
	struct stat st;

	if (size && slice_u64(slice_make(size + 3,
	    strspn(size + 3, "0123456789")), INT64_MAX / 2, bytes))
		return true;
	if (fstatat(fd, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return false;
	*bytes = (uint64_t)st.st_size;
	return true;
}

static int
count_messages(int dir_fd, const char *path, struct maildir_scan *scan)
{
	DIR *dir = list_dir(dir_fd, path);
	struct dirent *entry;
	struct stat st;
	uint64_t bytes;

	if (!dir)
		return errno == ENOENT || errno == ENOTDIR ? 0 : -1;
	if (fstat(dirfd(dir), &st) == 0 &&
	    maildir_is_later(st.st_mtim, scan->newest))
		scan->newest = st.st_mtim;
	while ((entry = readdir(dir)))
		if (entry->d_name[0] != '.' &&
		    size_of(dirfd(dir), entry->d_name, &bytes)) {
			scan->usage.bytes += (int64_t)bytes;
			scan->usage.messages++;
		}
	closedir(dir);
	return 0;
}

static int
count_folder(int dir_fd, const char *folder, struct maildir_scan *scan)
{
	struct str path = {0};
	int result = 0;

	if (count_messages(dir_fd, maildir_path_in(&path, folder, "new"),
	    scan) < 0 ||
	    count_messages(dir_fd, maildir_path_in(&path, folder, "cur"),
	    scan) < 0)
		result = -1;
	str_free(&path);
	return result;
}

static bool
is_folder(const char *name)
{
	return name[0] == '.' && name[1] && strcmp(name, "..") != 0;
}

/* INBOX is the root itself, every other folder a directory ".NAME" in it. */
int
maildir_scan(int dir_fd, const char *mailbox, struct maildir_scan *scan)
{
	struct str path = {0};
	DIR *dir = list_dir(dir_fd, mailbox);
	struct dirent *entry;
	int result;

	*scan = (struct maildir_scan){0};
	if (!dir)
		return errno == ENOENT ? 0 : -1;
	result = count_folder(dir_fd, mailbox, scan);
	while (result == 0 && (entry = readdir(dir)))
		if (is_folder(entry->d_name))
			result = count_folder(dir_fd, maildir_path_in(&path,
			    mailbox, entry->d_name), scan);
	closedir(dir);
	str_free(&path);
	return result;
}
