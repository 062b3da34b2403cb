/* rcpt_map - recipients by address. */
#ifndef QUEUE_MANAGER_RCPT_MAP_H
#define QUEUE_MANAGER_RCPT_MAP_H

#include <stddef.h>

struct rcpt;

/* Recipients by address and folder; {0} is a valid empty one.  They stay their
 * owner's. */
struct rcpt_map {
	struct rcpt **slots;
	size_t size, count;
};

struct rcpt *rcpt_map_find(const struct rcpt_map *map, const char *address,
    const char *folder);
/* The first of its kind stays. */
void rcpt_map_add(struct rcpt_map *map, struct rcpt *rcpt);
void rcpt_map_free(struct rcpt_map *map);

#endif
