/* house - which mailbox is visited when; see house.h. */
#include "cmd/pop3-fetch/house.h"

#include "lib/base/clock.h"
#include "lib/base/die.h"
#include "lib/base/home.h"
#include "lib/base/signals.h"

enum {
	REFRESH_MS = 1000,
	VISIT_DEADLINE_MS = 4 * 3600 * 1000
};

static void
reap(struct house *house)
{
	pid_t pid;
	int status;

	while ((pid = children_reap(&house->visits, &status)))
		for (size_t i = 0; i < house->len; i++)
			if (house->bindings[i].pid == pid)
				visit_end(house, &house->bindings[i], status);
}

uint64_t
binding_due_ms(const struct binding *binding)
{
	return binding->next_ms > binding->earliest_ms ? binding->next_ms :
	    binding->earliest_ms;
}

static size_t
visits_at(const struct house *house, const struct binding *binding)
{
	size_t count = 0;

	for (size_t i = 0; i < house->len; i++)
		count += house->bindings[i].state == BINDING_RUNS &&
		    slice_eq(str_slice(&house->bindings[i].host),
			str_slice(&binding->host));
	return count;
}

/* Begins what is due; when the next is.  A server that drips for hours loses
 * its visit. */
static uint64_t
begin_due(struct house *house)
{
	uint64_t now_ms = clock_mono_ms(), next_ms = now_ms + REFRESH_MS;

	children_limit(&house->visits, VISIT_DEADLINE_MS);
	for (size_t i = 0; i < house->len; i++) {
		struct binding *binding = &house->bindings[i];
		uint64_t due_ms = binding_due_ms(binding);

		if (binding->state != BINDING_WAITS || !binding->is_listed ||
		    binding->is_elsewhere)
			continue;
		if (due_ms <= now_ms && house->visits.len < VISITS_MAX &&
		    visits_at(house, binding) < VISITS_PER_HOST_MAX)
			visit_begin(house, binding);
		else if (due_ms > now_ms && due_ms < next_ms)
			next_ms = due_ms;
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
		if (is_asked) /* by who has just compiled, perhaps */
			answer_caller(house);
		is_asked = signals_wait(&house->waiting,
		    house->listen_fd, begin_due(house));
	}
	children_end(&house->visits);
	return EXIT_DONE;
}
