/*
 * rcpt_map - recipients by address and folder; see rcpt_map.h.
 *
 * A message may have a hundred thousand of them.
 */
#include "cmd/queue-manager/rcpt_map.h"

#include "cmd/queue-manager/message.h"

#include <stdlib.h>
#include <string.h>

enum { FIRST_SIZE = 16 };

static bool
is_it(const struct rcpt *rcpt, const char *address, const char *folder)
{
	return !strcmp(rcpt->address, address) &&
	    !strcmp(rcpt_folder(rcpt), folder);
}

/* Where that one is, or where it would be. */
static struct rcpt **
slot_of(const struct rcpt_map *map, const char *address, const char *folder)
{
	size_t at = slice_hash(slice_of(folder), slice_hash(slice_of(address),
	    0)) & (map->size - 1);

	while (map->slots[at] && !is_it(map->slots[at], address, folder))
		at = (at + 1) & (map->size - 1);
	return &map->slots[at];
}

static struct rcpt **
slot_for(const struct rcpt_map *map, const struct rcpt *rcpt)
{
	return slot_of(map, rcpt->address, rcpt_folder(rcpt));
}

struct rcpt *
rcpt_map_find(const struct rcpt_map *map, const char *address,
    const char *folder)
{
	return map->size ? *slot_of(map, address, folder) : NULL;
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
			*slot_for(&bigger, map->slots[i]) = map->slots[i];
	free(map->slots);
	*map = bigger;
}

void
rcpt_map_add(struct rcpt_map *map, struct rcpt *rcpt)
{
	struct rcpt **slot;

	if (map->count * 2 >= map->size)
		grow(map);
	slot = slot_for(map, rcpt);
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
