/* admit - may this be here. */
#ifndef QUEUE_MANAGER_ADMIT_H
#define QUEUE_MANAGER_ADMIT_H

#include <stdbool.h>
#include <stddef.h>

struct manager;
struct message;

void admit_from_box(struct manager *manager, size_t box, const char *name,
    bool was_closed);
void admit_scan_box(struct manager *manager, size_t box);
/* The start: lists active/, and admits it in a walk. */
void admit_begin(struct manager *manager);
/* The same again when it is time for what could not be admitted then. */
void admit_look_again(struct manager *manager);
/* Finds a message; the start may not have come to it yet.  NULL: it is not in
 * the queue. */
struct message *admit_find(struct manager *manager, const char *id);

#endif
