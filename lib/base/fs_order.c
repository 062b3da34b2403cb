/* fs_order - may we lean on the filesystem's journal?  See fs_order.h. */
#include "lib/base/fs_order.h"

#include "lib/base/io.h"

#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <string.h>
#include <sys/stat.h>
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
