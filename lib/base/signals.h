/*
 * signals - for a parent that waits in ppoll(): told to end, or a child gone.
 *
 * The signals are blocked but for the wait, so that they interrupt nothing
 * else.
 */
#ifndef BASE_SIGNALS_H
#define BASE_SIGNALS_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

/* Catches SIGTERM, and SIGCHLD with children, and blocks what it catches.
 * *waiting: the mask for ppoll(), and the one that was before. */
void signals_catch(bool children, sigset_t *waiting);

/* Waits for a signal, for input on fd (-1: on none), or until then
 * (clock_mono_ms).  True: there is input. */
bool signals_wait(const sigset_t *waiting, int fd, uint64_t until_ms);

/* Has SIGTERM come? */
bool signals_told_to_end(void);

/* In a child: all as it was before signals_catch. */
void signals_forget(const sigset_t *waiting);

#endif
