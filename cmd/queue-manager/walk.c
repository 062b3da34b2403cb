/*
 * walk - work about many messages, a slice at a time; see walk.h.
 *
 * The start's reading of active/, orders about all, new tables, lifetimes:
 * each has a list of ids, and what it does for one of them.  Walks take turns,
 * so that none delays another, and leave the loop alone after a moment, so
 * that none delays deliveries.  An id may be gone when its turn comes.
 */
#include "cmd/queue-manager/walk.h"

#include "cmd/queue-manager/manager.h"
#include "cmd/queue-manager/message.h"
#include "lib/base/clock.h"

#include <stdlib.h>
#include <string.h>

enum { SLICE_MS = 10, TURN_MS = 30 };

static void
put_last(struct manager *manager, struct walk *walk)
{
	struct walk **link = &manager->walks;

	while (*link)
		link = &(*link)->next;
	walk->next = NULL;
	*link = walk;
}

struct walk *
walk_begin(struct manager *manager, walk_each *each, walk_end *end,
    void *context)
{
	struct walk *walk = mem_alloc(sizeof *walk);

	walk->each = each;
	walk->end = end;
	walk->context = context;
	put_last(manager, walk);
	return walk;
}

void
walk_add(struct walk *walk, const char *id)
{
	walk->ids = mem_room(walk->ids, walk->len, &walk->cap,
	    sizeof *walk->ids);
	memset(walk->ids[walk->len], 0, sizeof *walk->ids);
	memcpy(walk->ids[walk->len++], id, strlen(id));
}

void
walk_add_all(struct walk *walk, const struct index *index)
{
	for (size_t i = 0; i < index->size; i++)
		for (const struct message *message = index->buckets[i];
		     message; message = message->next)
			walk_add(walk, message->id);
}

/* True: it is not at its end. */
static bool
step(struct manager *manager, struct walk *walk)
{
	if (walk->at < walk->len &&
	    !walk->each(manager, walk->ids[walk->at], walk->context))
		walk->at++;
	return walk->at < walk->len;
}

static bool
take_slice(struct manager *manager, struct walk *walk)
{
	uint64_t until_ms = clock_mono_ms() + SLICE_MS;
	bool more;

	do
		more = step(manager, walk);
	while (more && clock_mono_ms() < until_ms);
	return more;
}

static void
end(struct manager *manager, struct walk *walk)
{
	if (walk->end)
		walk->end(manager, walk->context);
	free(walk->ids);
	free(walk);
}

bool
walk_some(struct manager *manager)
{
	uint64_t until_ms = clock_mono_ms() + TURN_MS;

	while (manager->walks && clock_mono_ms() < until_ms) {
		struct walk *walk = manager->walks;

		manager->walks = walk->next;
		if (take_slice(manager, walk))
			put_last(manager, walk);
		else
			end(manager, walk);
	}
	return manager->walks != NULL;
}
