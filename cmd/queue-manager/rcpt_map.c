/*
 * rcpt_map - recipients by address; see manager.h.
 *
 * A message may have a hundred thousand of them.
 */
#include "cmd/queue-manager/manager.h"

#include <stdlib.h>
#include <string.h>

enum { FIRST_SIZE = 16 };

/* Where that address is, or where it would be. */
static struct rcpt **
slot_of(const struct rcpt_map *map, const char *address)
{
	uint64_t hash = 1469598103934665603U; /* FNV-1a */
	size_t at;

	for (const char *c = address; *c; c++)
		hash = (hash ^ (unsigned char)*c) * 1099511628211U;
	at = (hash ^ hash >> 32) & (map->size - 1);
	while (map->slots[at] && strcmp(map->slots[at]->address, address) != 0)
		at = (at + 1) & (map->size - 1);
	return &map->slots[at];
}

struct rcpt *
rcpt_map_find(const struct rcpt_map *map, const char *address)
{
	return map->size ? *slot_of(map, address) : NULL;
}

static void
grow(struct rcpt_map *map)
{
	struct rcpt_map bigger = {
	    .size = map->size ? map->size * 2 : FIRST_SIZE,
	    .count = map->count};

	bigger.slots = mem_alloc(bigger.size * sizeof *bigger.slots);
	for (size_t i = 0; i < map->size; i++)
		if (map->slots[i])
			*slot_of(&bigger, map->slots[i]->address) =
			    map->slots[i];
	free(map->slots);
	*map = bigger;
}

void
rcpt_map_add(struct rcpt_map *map, struct rcpt *rcpt)
{
	struct rcpt **slot;

	if (map->count * 2 >= map->size)
		grow(map);
	slot = slot_of(map, rcpt->address);
	if (*slot)
		return;
	*slot = rcpt;
	map->count++;
}

void
rcpt_map_free(struct rcpt_map *map)
{
	free(map->slots);
	*map = (struct rcpt_map){0};
}
