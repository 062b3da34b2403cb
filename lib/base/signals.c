/* signals - told to end, or a child gone; see signals.h. */
#include "lib/base/signals.h"

#include "lib/base/clock.h"

#include <poll.h>
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
signals_wait(const sigset_t *waiting, int fd, uint64_t until_ms)
{
	struct pollfd at = {fd, POLLIN, 0};
	uint64_t now_ms = clock_mono_ms();
	uint64_t ms = until_ms > now_ms ? until_ms - now_ms : 0;
	struct timespec patience = {.tv_sec = (time_t)(ms / 1000),
		.tv_nsec = (long)(ms % 1000) * 1000000};

	return ppoll(&at, 1, &patience, waiting) > 0;
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
