/* home - the instance and readiness; see home.h. */
#include "lib/base/home.h"

#include "lib/base/die.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

const char *
home_path(void)
{
	const char *home = getenv("POSTHOUSE_HOME");

	return home && *home ? home : "/var/posthouse";
}

/* Started without a supervisor nobody holds READY_FD, and the next open would
 * get it: ready() must not write into a socket of ours. */
static void
keep_ready_fd(void)
{
	int fd;

	if (fcntl(READY_FD, F_GETFD) >= 0 || errno != EBADF)
		return;
	fd = open("/dev/null", O_WRONLY | O_CLOEXEC);
	if (fd >= 0 && fd != READY_FD) {
		(void)dup3(fd, READY_FD, O_CLOEXEC);
		close(fd);
	}
}

void
home_enter(void)
{
	keep_ready_fd();
	if (chdir(home_path()) < 0)
		die_temp("cannot enter %s (name the instance with -d HOME or "
		    "POSTHOUSE_HOME)", home_path());
}

void
ready(void)
{
	if (write(READY_FD, "\n", 1) == 1)
		close(READY_FD);
}
