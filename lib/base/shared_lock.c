/* shared_lock - memory and a lock for forked processes; see shared_lock.h. */
#include "lib/base/shared_lock.h"

#include <errno.h>
#include <sys/mman.h>

void *
shared_memory(size_t size)
{
	void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	return memory == MAP_FAILED ? NULL : memory;
}

int
shared_lock_init(pthread_mutex_t *lock)
{
	pthread_mutexattr_t shared;

	if (pthread_mutexattr_init(&shared) ||
	    pthread_mutexattr_setpshared(&shared, PTHREAD_PROCESS_SHARED) ||
	    pthread_mutexattr_setrobust(&shared, PTHREAD_MUTEX_ROBUST) ||
	    pthread_mutex_init(lock, &shared))
		return -1;
	return 0;
}

void
shared_lock(pthread_mutex_t *lock)
{
	if (pthread_mutex_lock(lock) == EOWNERDEAD)
		pthread_mutex_consistent(lock);
}

void
shared_unlock(pthread_mutex_t *lock)
{
	pthread_mutex_unlock(lock);
}
