/* other_time - for LD_PRELOAD: clocks that are ahead by as many seconds as the
 * file $OTHER_TIME holds, as 8 bytes in this machine's order. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static const volatile int64_t *ahead;

/* Before the program locks itself in. */
__attribute__((constructor)) static void
map(void)
{
	const char *path = getenv("OTHER_TIME");
	int fd = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
	void *at = fd < 0 ? MAP_FAILED :
	    mmap(NULL, sizeof *ahead, PROT_READ, MAP_SHARED, fd, 0);

	if (at != MAP_FAILED)
		ahead = at;
	if (fd >= 0)
		close(fd);
}

int
clock_gettime(clockid_t clock, struct timespec *time)
{
	int result = (int)syscall(SYS_clock_gettime, clock, time);

	if (!result && ahead)
		time->tv_sec += *ahead;
	return result;
}
