/* nosync - for LD_PRELOAD: the control's fsync, which does nothing. */
#include <fcntl.h>
#include <unistd.h>

int
fsync(int fd)
{
	(void)fd;
	return 0;
}

int
fdatasync(int fd)
{
	(void)fd;
	return 0;
}

int
syncfs(int fd)
{
	(void)fd;
	return 0;
}

int
sync_file_range(int fd, off_t offset, off_t bytes, unsigned flags)
{
	(void)fd;
	(void)offset;
	(void)bytes;
	(void)flags;
	return 0;
}
