/*
 * pool - a parent that keeps a number of workers alive.
 *
 * Workers are forked, never exec'ed, and confined by what the parent already
 * is.  One whose work is over is replaced at once; one that dies, after a
 * pause that grows while they die quickly.  A parent that is killed takes its
 * workers along.
 */
#ifndef BASE_POOL_H
#define BASE_POOL_H

/* Keeps `workers` processes running work(context), which ends at SIGTERM (not
 * blocked in it), or when it wants a fresh process in its place.  Returns the
 * exit status when told to end (SIGTERM), after all workers have ended. */
int pool_serve(unsigned workers, void (*work)(void *context), void *context);

#endif
