/*
 * children - the children that a parent sends out for what falls due.
 *
 * Each does one thing and ends; none outlives the parent, and none needs to:
 * it may be killed at any moment.  The signals are those of signals.h.
 */
#ifndef BASE_CHILDREN_H
#define BASE_CHILDREN_H

#include <signal.h>
#include <stdint.h>
#include <sys/types.h>

struct child {
	pid_t pid;
	uint64_t began_ms;
};

/* {0} are none. */
struct children {
	struct child *v;
	size_t len, cap;
};

/* As fork.  In the child the signals are as they were before signals_catch,
 * which left that in *waiting. */
pid_t children_fork(struct children *children, const sigset_t *waiting);

/* One that has ended, how being in *status, or 0: no other has. */
pid_t children_reap(struct children *children, int *status);

/* Kills those that have been out for longer; they are still to be reaped. */
void children_limit(const struct children *children, uint64_t ms);

/* Tells all to end, and waits until they have. */
void children_end(struct children *children);

#endif
