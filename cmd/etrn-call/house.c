/* house - which host is called when; see house.h. */
#include "cmd/etrn-call/house.h"

#include "lib/base/clock.h"
#include "lib/base/die.h"
#include "lib/base/home.h"
#include "lib/base/signals.h"

enum {
	REFRESH_MS = 1000,
	CALL_DEADLINE_MS = 10 * 60 * 1000
};

static void
reap(struct house *house)
{
	pid_t pid;
	int status;

	while ((pid = children_reap(&house->calls, &status)))
		for (size_t i = 0; i < house->len; i++)
			if (house->v[i].pid == pid)
				child_end(house, &house->v[i], status);
}

/* Begins what is due; when the next is.  A server that drips for ever loses
 * its call. */
static uint64_t
begin_due(struct house *house)
{
	uint64_t now_ms = clock_mono_ms(), next_ms = now_ms + REFRESH_MS;

	children_limit(&house->calls, CALL_DEADLINE_MS);
	for (size_t i = 0; i < house->len; i++) {
		struct caller *caller = &house->v[i];

		if (caller->pid || !caller->is_listed)
			continue;
		if (caller->next_ms <= now_ms && house->calls.len < CALLS_MAX)
			child_begin(house, caller);
		else if (caller->next_ms > now_ms &&
		    caller->next_ms < next_ms)
			next_ms = caller->next_ms;
	}
	return next_ms;
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
	children_end(&house->calls);
	return EXIT_DONE;
}
