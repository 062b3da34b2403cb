/* house - which host is called when; see house.h. */
#include "cmd/etrn-call/house.h"

#include "lib/base/clock.h"
#include "lib/base/die.h"
#include "lib/base/home.h"
#include "lib/base/signals.h"

#include <errno.h>
#include <sys/wait.h>

enum {
	REFRESH_MS = 1000,
	CALL_DEADLINE_MS = 10 * 60 * 1000
};

static void
reap(struct house *house)
{
	pid_t pid;
	int status;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
		for (size_t i = 0; i < house->len; i++)
			if (house->v[i].pid == pid) {
				child_end(house, &house->v[i], status);
				break;
			}
}

/* Begins what is due; when the next is.  A server that drips for ever loses
 * its call. */
static uint64_t
begin_due(struct house *house)
{
	uint64_t now_ms = clock_mono_ms(), next_ms = now_ms + REFRESH_MS;

	for (size_t i = 0; i < house->len; i++) {
		struct caller *caller = &house->v[i];

		if (caller->pid) {
			if (now_ms - caller->began_ms > CALL_DEADLINE_MS)
				kill(caller->pid, SIGKILL);
			continue;
		}
		if (!caller->is_listed)
			continue;
		if (caller->next_ms <= now_ms && house->running < CALLS_MAX)
			child_begin(house, caller);
		else if (caller->next_ms > now_ms &&
		    caller->next_ms < next_ms)
			next_ms = caller->next_ms;
	}
	return next_ms;
}

/* A call may be killed at any moment. */
static int
close_house(struct house *house)
{
	for (size_t i = 0; i < house->len; i++)
		if (house->v[i].pid)
			kill(house->v[i].pid, SIGTERM);
	while (waitpid(-1, NULL, 0) > 0 || errno == EINTR)
		;
	return EXIT_DONE;
}

int
house_serve(struct house *house)
{
	bool is_asked = false;

	signals_catch(true, &house->waiting);
	ready();
	while (!signals_told_to_end() && tables_refresh(house)) {
		reap(house);
		if (is_asked)
			answer_caller(house);
		is_asked = signals_wait(&house->waiting,
		    house->listen_fd, begin_due(house));
	}
	return close_house(house);
}
