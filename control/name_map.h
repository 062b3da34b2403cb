/* name_map - a hash table from names to numbers. */
#ifndef CONTROL_NAME_MAP_H
#define CONTROL_NAME_MAP_H

#include "lib/base/str.h"

struct name_slot {
	struct str name;
	size_t value;
};

/* {0} is a valid empty one; it keeps copies of the names. */
struct name_map {
	struct name_slot *slots;
	size_t cap, len;
};

/* Adds name with this value.  NULL; or, when it is there already, its value,
 * which stays (valid, and changeable, until the next call). */
size_t *name_map_add(struct name_map *map, struct slice name, size_t value);

/* The value of name, or NULL. */
size_t *name_map_find(const struct name_map *map, struct slice name);

void name_map_free(struct name_map *map);

#endif
