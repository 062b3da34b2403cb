/* pool - a parent that keeps workers alive; see pool.h. */
#include "lib/base/pool.h"

#include "lib/base/clock.h"
#include "lib/base/die.h"
#include "lib/base/log.h"
#include "lib/base/str.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
	PAUSE_MIN_MS = 100,
	PAUSE_MAX_MS = 5000,
	QUICK_MS = 10000 /* who dies younger died quickly */
};

struct place {
	pid_t pid; /* 0: empty */
	uint64_t since_ms;
};

struct pool {
	unsigned workers;
	void (*work)(void *context);
	void *context;
	struct place *places; /* one for each worker */
	unsigned pause_ms;    /* 0: the last to die had a long life */
	uint64_t not_before_ms;
	pid_t parent;
	sigset_t awaited;     /* SIGCHLD and SIGTERM: blocked, taken in turn */
};

static _Noreturn void
be_worker(const struct pool *pool)
{
	/* Killed parents take their workers along; the parent may be gone
	 * before the call. */
	if (prctl(PR_SET_PDEATHSIG, SIGTERM) < 0 || getppid() != pool->parent)
		_exit(EXIT_TEMP);
	sigprocmask(SIG_UNBLOCK, &pool->awaited, NULL);
	pool->work(pool->context);
	_exit(EXIT_DONE);
}

static void
start_worker(struct pool *pool, struct place *place)
{
	pid_t pid = fork();

	if (pid == 0)
		be_worker(pool);
	if (pid < 0) {
		log_event("alarm", "why", "cannot fork a worker", NULL);
		pool->not_before_ms = clock_mono_ms() + PAUSE_MAX_MS;
		return;
	}
	*place = (struct place){pid, clock_mono_ms()};
}

/* Fills the empty places, unless workers die too fast for that.  True when
 * no place is left empty. */
static bool
start_workers(struct pool *pool)
{
	bool is_full = true;

	for (unsigned i = 0; i < pool->workers; i++) {
		struct place *place = &pool->places[i];

		if (!place->pid && clock_mono_ms() >= pool->not_before_ms)
			start_worker(pool, place);
		if (!place->pid)
			is_full = false;
	}
	return is_full;
}

/* Who ends with status 0 has done its part, however short it was. */
static void
note_death(struct pool *pool, const struct place *place, int status)
{
	uint64_t now_ms = clock_mono_ms();
	char why[64];

	if (WIFEXITED(status) && WEXITSTATUS(status) == EXIT_DONE)
		return;
	if (now_ms - place->since_ms >= QUICK_MS)
		pool->pause_ms = 0;
	else if (!pool->pause_ms)
		pool->pause_ms = PAUSE_MIN_MS;
	else if ((pool->pause_ms *= 2) > PAUSE_MAX_MS)
		pool->pause_ms = PAUSE_MAX_MS;
	pool->not_before_ms = now_ms + pool->pause_ms;
	if (WIFSIGNALED(status))
		snprintf(why, sizeof why, "a worker died of signal %d",
		    WTERMSIG(status));
	else
		snprintf(why, sizeof why, "a worker ended with status %d",
		    WEXITSTATUS(status));
	log_event("alarm", "why", why, NULL);
}

static void
reap(struct pool *pool)
{
	pid_t pid;
	int status;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
		for (unsigned i = 0; i < pool->workers; i++)
			if (pool->places[i].pid == pid) {
				note_death(pool, &pool->places[i], status);
				pool->places[i].pid = 0;
			}
}

/* Waits for a signal, not longer than ms unless that is 0.  Which, or -1. */
static int
await_signal(const struct pool *pool, uint64_t ms)
{
	struct timespec limit = {(time_t)(ms / 1000),
		(long)(ms % 1000) * 1000000};

	return sigtimedwait(&pool->awaited, NULL, ms ? &limit : NULL);
}

static void
end_workers(struct pool *pool)
{
	for (unsigned i = 0; i < pool->workers; i++)
		if (pool->places[i].pid)
			(void)kill(pool->places[i].pid, SIGTERM);
	while (wait(NULL) > 0 || errno == EINTR)
		;
}

static void
keep_workers(struct pool *pool)
{
	for (;;) {
		bool is_full = start_workers(pool);

		if (await_signal(pool, is_full ? 0 : PAUSE_MIN_MS) == SIGTERM)
			return;
		reap(pool);
	}
}

int
pool_serve(unsigned workers, void (*work)(void *context), void *context)
{
	struct pool pool = {.workers = workers, .work = work,
		.context = context, .parent = getpid()};

	signal(SIGPIPE, SIG_IGN);
	sigemptyset(&pool.awaited);
	sigaddset(&pool.awaited, SIGCHLD);
	sigaddset(&pool.awaited, SIGTERM);
	sigprocmask(SIG_BLOCK, &pool.awaited, NULL);
	pool.places = mem_alloc(workers * sizeof *pool.places);
	keep_workers(&pool);
	end_workers(&pool);
	free(pool.places);
	return EXIT_DONE;
}
