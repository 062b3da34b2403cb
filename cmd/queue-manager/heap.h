/* heap - what waits for its time, the next one first. */
#ifndef QUEUE_MANAGER_HEAP_H
#define QUEUE_MANAGER_HEAP_H

#include <stddef.h>
#include <stdint.h>

/* What stands in a heap; the first member of whatever it is. */
struct timed {
	uint64_t due_ms;
	size_t heap_at;
};

struct heap {
	struct timed **v;
	size_t len, cap;
};

void heap_add(struct heap *heap, struct timed *timed);
void heap_remove(struct heap *heap, struct timed *timed);

#endif
