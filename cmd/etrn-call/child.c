/*
 * child - a child for one call, and when to call again; see house.h.
 *
 * The child looks its one login up and closes the tables before it locks
 * itself in: the memory that it shares with its parent holds no other.
 */
#include "cmd/etrn-call/house.h"

#include "lib/base/clock.h"
#include "lib/base/confine.h"
#include "lib/base/die.h"
#include "lib/base/log.h"

#include <errno.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { RETRY_MS = 60 * 1000 };

/* ---- in the child ---- */

/* Gives up all that is the parent's, but for who asked for this call. */
static void
become_child(struct house *house, const struct caller *caller)
{
	close(house->listen_fd);
	for (size_t i = 0; i < house->len; i++)
		if (house->v[i].asker_fd >= 0 && &house->v[i] != caller)
			close(house->v[i].asker_fd);
}

static _Noreturn void
run_child(struct house *house, const struct caller *caller)
{
	static struct call call;
	struct str text = {0};
	bool is_good;

	become_child(house, caller);
	if (!call_find(&house->config, str_slice(&caller->name), &call))
		_exit(EXIT_TEMP);
	config_close(&house->config);
	confine_enter(house->domain_fd);
	is_good = talk(house, &call, &text);
	/* the text names the host, so that the row's name would be too much */
	log_event("call", "to", str_c(&call.argument), "why", str_c(&text),
	    NULL);
	if (caller->asker_fd >= 0)
		answer_line(caller->asker_fd, is_good ? 'o' : 'e',
		    &call.argument, &text);
	call_free(&call);
	_exit(is_good ? EXIT_DONE : EXIT_TEMP);
}

/* ---- in the parent ---- */

static void
forget_asker(struct caller *caller)
{
	if (caller->asker_fd >= 0)
		close(caller->asker_fd);
	caller->asker_fd = -1;
}

void
child_begin(struct house *house, struct caller *caller)
{
	pid_t pid = children_fork(&house->calls, &house->waiting);

	if (pid == 0)
		run_child(house, caller);
	forget_asker(caller);
	if (pid < 0) {
		log_event("alarm", "to", str_c(&caller->name), "why",
		    strerror(errno), NULL);
		caller->next_ms = clock_mono_ms() + RETRY_MS;
		return;
	}
	caller->pid = pid;
}

/* A host that does not answer is tried sooner than at the next turn, but not
 * for ever: 1, 2, 4 ... minutes, up to maxprobe or every=. */
static uint64_t
wait_ms(const struct house *house, const struct caller *caller)
{
	uint64_t every = caller->every_s * 1000;
	uint64_t most = house->settings.maxprobe_s * 1000;

	if (!caller->failures)
		return clock_about(every);
	return clock_about(clock_doubled(RETRY_MS, caller->failures - 1,
	    most < every ? most : every));
}

void
child_end(struct house *house, struct caller *caller, int status)
{
	bool is_good = WIFEXITED(status) && WEXITSTATUS(status) == EXIT_DONE;

	if (WIFSIGNALED(status))
		log_event("alarm", "to", str_c(&caller->name), "why",
		    "a call died of a signal", "count",
		    log_number((uint64_t)WTERMSIG(status)).s, NULL);
	caller->pid = 0;
	caller->failures = is_good ? 0 : caller->failures + 1;
	if (caller->asker_fd < 0) /* else it is to be called again, now */
		caller->next_ms = clock_mono_ms() + wait_ms(house, caller);
}
