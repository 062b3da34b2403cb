/*
 * heap - the deliveries whose time has not come, the next one first.
 */
#include "cmd/queue-manager/manager.h"

static void
heap_put(struct heap *heap, size_t at, struct delivery *delivery)
{
	heap->v[at] = delivery;
	delivery->heap_at = at;
}

static void
heap_up(struct heap *heap, size_t at, struct delivery *delivery)
{
	while (at && heap->v[(at - 1) / 2]->due_ms > delivery->due_ms) {
		heap_put(heap, at, heap->v[(at - 1) / 2]);
		at = (at - 1) / 2;
	}
	heap_put(heap, at, delivery);
}

static void
heap_down(struct heap *heap, size_t at, struct delivery *delivery)
{
	for (;;) {
		size_t child = 2 * at + 1;

		if (child + 1 < heap->len &&
		    heap->v[child + 1]->due_ms < heap->v[child]->due_ms)
			child++;
		if (child >= heap->len ||
		    heap->v[child]->due_ms >= delivery->due_ms)
			break;
		heap_put(heap, at, heap->v[child]);
		at = child;
	}
	heap_put(heap, at, delivery);
}

void
heap_add(struct heap *heap, struct delivery *delivery)
{
	if (heap->len == heap->cap) {
		heap->cap = heap->cap ? heap->cap * 2 : 64;
		heap->v = mem_grow(heap->v, heap->cap, sizeof *heap->v);
	}
	heap_up(heap, heap->len++, delivery);
}

void
heap_remove(struct heap *heap, struct delivery *delivery)
{
	size_t at = delivery->heap_at;
	struct delivery *last = heap->v[--heap->len];

	if (last == delivery)
		return;
	if (at && heap->v[(at - 1) / 2]->due_ms > last->due_ms)
		heap_up(heap, at, last);
	else
		heap_down(heap, at, last);
}
