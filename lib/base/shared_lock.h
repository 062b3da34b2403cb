/* shared_lock - memory and a lock that forked processes share. */
#ifndef BASE_SHARED_LOCK_H
#define BASE_SHARED_LOCK_H

#include <pthread.h>
#include <stddef.h>

/* Zeroed, shared with all that is forked from here.  NULL with errno. */
void *shared_memory(size_t size);

/* 0, or -1. */
int shared_lock_init(pthread_mutex_t *lock);

/* A holder that was killed leaves the lock behind: whoever takes it next goes
 * on with what it finds, which therefore must make sense half written. */
void shared_lock(pthread_mutex_t *lock);
void shared_unlock(pthread_mutex_t *lock);

#endif
