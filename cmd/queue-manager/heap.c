/*
 * heap - what waits for its time, the next one first.
 */
#include "cmd/queue-manager/heap.h"

#include "lib/base/str.h"

static void
heap_put(struct heap *heap, size_t at, struct timed *timed)
{
	heap->v[at] = timed;
	timed->heap_at = at;
}

static void
heap_up(struct heap *heap, size_t at, struct timed *timed)
{
	while (at && heap->v[(at - 1) / 2]->due_ms > timed->due_ms) {
		heap_put(heap, at, heap->v[(at - 1) / 2]);
		at = (at - 1) / 2;
	}
	heap_put(heap, at, timed);
}

static void
heap_down(struct heap *heap, size_t at, struct timed *timed)
{
	for (;;) {
		size_t child = 2 * at + 1;

		if (child + 1 < heap->len &&
		    heap->v[child + 1]->due_ms < heap->v[child]->due_ms)
			child++;
		if (child >= heap->len ||
		    heap->v[child]->due_ms >= timed->due_ms)
			break;
		heap_put(heap, at, heap->v[child]);
		at = child;
	}
	heap_put(heap, at, timed);
}

void
heap_add(struct heap *heap, struct timed *timed)
{
	heap->v = mem_room(heap->v, heap->len, &heap->cap, sizeof *heap->v);
	heap_up(heap, heap->len++, timed);
}

void
heap_remove(struct heap *heap, struct timed *timed)
{
	size_t at = timed->heap_at;
	struct timed *last = heap->v[--heap->len];

	if (last == timed)
		return;
	if (at && heap->v[(at - 1) / 2]->due_ms > last->due_ms)
		heap_up(heap, at, last);
	else
		heap_down(heap, at, last);
}
