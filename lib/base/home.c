/* home - the instance and readiness; see home.h. */
#include "lib/base/home.h"

#include "lib/base/die.h"

#include <stdlib.h>
#include <unistd.h>

const char *
home_path(void)
{
	const char *home = getenv("POSTHOUSE_HOME");

	return home && *home ? home : "/var/posthouse";
}

void
home_enter(void)
{
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
