/* signals - told to end, or a child gone; see signals.h. */
#include "lib/base/signals.h"

#include <stddef.h>

static volatile sig_atomic_t is_told_to_end;

static void
on_signal(int number)
{
	if (number == SIGTERM)
		is_told_to_end = 1;
}

void
signals_catch(bool children, sigset_t *waiting)
{
	struct sigaction action = {.sa_handler = on_signal};
	sigset_t blocked;

	sigemptyset(&blocked);
	sigaddset(&blocked, SIGTERM);
	sigaction(SIGTERM, &action, NULL);
	if (children) {
		sigaddset(&blocked, SIGCHLD);
		sigaction(SIGCHLD, &action, NULL);
	}
	sigprocmask(SIG_BLOCK, &blocked, waiting);
	sigdelset(waiting, SIGTERM);
	sigdelset(waiting, SIGCHLD);
}

bool
signals_told_to_end(void)
{
	return is_told_to_end;
}

void
signals_forget(const sigset_t *waiting)
{
	signal(SIGTERM, SIG_DFL);
	signal(SIGCHLD, SIG_DFL);
	sigprocmask(SIG_SETMASK, waiting, NULL);
}
