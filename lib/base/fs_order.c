/* fs_order - may we lean on the filesystem?  See fs_order.h. */
#include "lib/base/fs_order.h"

#include "lib/base/io.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <unistd.h>

/* ext2, and ext4 without a journal, have ext4's magic number.  Such a
 * filesystem shows "<none>" as its journal's task, or no such file. */
static bool
has_journal(int fd)
{
	struct str path = {0}, task = {0};
	struct stat st;
	char device[PATH_MAX], *name;
	ssize_t n;
	bool result = false;

	if (fstat(fd, &st) < 0)
		return false;
	str_addf(&path, "/sys/dev/block/%u:%u", major(st.st_dev),
	    minor(st.st_dev));
	n = readlink(str_c(&path), device, sizeof device - 1);
	if (n > 0) {
		device[n] = '\0';
		name = strrchr(device, '/');
		str_clear(&path);
		str_addf(&path, "/sys/fs/ext4/%s/journal_task",
		    name ? name + 1 : device);
		result = read_file(AT_FDCWD, str_c(&path), &task, 64) == 0 &&
		    task.len && task.s[0] >= '0' && task.s[0] <= '9';
	}
	str_free(&path);
	str_free(&task);
	return result;
}

bool
fs_keeps_order(int fd)
{
	struct statfs fs;

	if (fstatfs(fd, &fs) < 0)
		return false;
	switch (fs.f_type) {
	case XFS_SUPER_MAGIC:
		return true;
	case EXT4_SUPER_MAGIC:
		return has_journal(fd);
	default:
		return false;
	}
}

bool
fs_syncs_as_one(int fd)
{
	struct statfs fs;

	return fstatfs(fd, &fs) == 0 && fs.f_type == BTRFS_SUPER_MAGIC;
}

/* On others it may be less than fsync: FUSE, CIFS and 9p do not hand it to
 * their servers, and overlayfs forgets errors. */
static bool
is_sync_whole(const struct statfs *fs)
{
	return fs->f_type == BTRFS_SUPER_MAGIC ||
	    fs->f_type == EXT4_SUPER_MAGIC || fs->f_type == XFS_SUPER_MAGIC;
}

/* Where an error has made the filesystem read-only, syncfs does nothing and
 * says that it went well. */
int
fs_sync_whole(int fd)
{
	struct statfs fs;

	if (fstatfs(fd, &fs) < 0)
		return -1;
	if (!is_sync_whole(&fs)) {
		errno = EOPNOTSUPP;
		return -1;
	}
	if (syncfs(fd) < 0 || fstatfs(fd, &fs) < 0)
		return -1;
	if (!(fs.f_flags & ST_RDONLY))
		return 0;
	errno = EROFS;
	return -1;
}
