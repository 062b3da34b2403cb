/* name_map - names to numbers, open addressing; see name_map.h. */
#include "control/name_map.h"

#include <stdlib.h>

/* The slot that holds name, or the free one where it belongs.  The names come
 * from the tables, and nobody attacks those. */
static struct name_slot *
slot_of(const struct name_map *map, struct slice name)
{
	size_t at = slice_hash(name, 0) & (map->cap - 1);

	while (map->slots[at].name.s &&
	    !slice_eq(str_slice(&map->slots[at].name), name))
		at = (at + 1) & (map->cap - 1);
	return &map->slots[at];
}

static void
grow(struct name_map *map)
{
	struct name_map bigger = {.cap = map->cap ? map->cap * 2 : 64};

	bigger.slots = mem_alloc(bigger.cap * sizeof *bigger.slots);
	bigger.len = map->len;
	for (size_t i = 0; i < map->cap; i++)
		if (map->slots[i].name.s)
			*slot_of(&bigger, str_slice(&map->slots[i].name)) =
			    map->slots[i];
	free(map->slots);
	*map = bigger;
}

size_t *
name_map_add(struct name_map *map, struct slice name, size_t value)
{
	struct name_slot *slot;

	if (map->len * 2 >= map->cap)
		grow(map);
	slot = slot_of(map, name);
	if (slot->name.s)
		return &slot->value;
	str_add_slice(&slot->name, name);
	slot->value = value;
	map->len++;
	return NULL;
}

size_t *
name_map_find(const struct name_map *map, struct slice name)
{
	struct name_slot *slot;

	if (!map->cap)
		return NULL;
	slot = slot_of(map, name);
	return slot->name.s ? &slot->value : NULL;
}

void
name_map_free(struct name_map *map)
{
	for (size_t i = 0; i < map->cap; i++)
		str_free(&map->slots[i].name);
	free(map->slots);
	*map = (struct name_map){0};
}
