/* walk - work about many messages, a slice at a time. */
#ifndef QUEUE_MANAGER_WALK_H
#define QUEUE_MANAGER_WALK_H

#include "queue/id.h"

#include <stdbool.h>
#include <stddef.h>

struct index;
struct manager;

/* What a walk does for one id; true: it is to be called with this one again,
 * there is more to do. */
typedef bool walk_each(struct manager *manager, const char *id, void *context);
typedef void walk_end(struct manager *manager, void *context);

struct walk {
	struct walk *next; /* of those under way */
	walk_each *each;
	walk_end *end;     /* or NULL */
	void *context;
	char (*ids)[QUEUE_ID_MAX + 1];
	size_t len, cap, at;
};

/* A walk that is under way with the next turn, through what is added to it. */
struct walk *walk_begin(struct manager *manager, walk_each *each,
    walk_end *end, void *context);
void walk_add(struct walk *walk, const char *id);
void walk_add_all(struct walk *walk, const struct index *index);
/* A slice of what is under way, some 30 ms.  True: there is more. */
bool walk_some(struct manager *manager);

#endif
