/* seal - by which the manager of a share domain is believed. */
#ifndef QUEUE_MANAGER_SEAL_H
#define QUEUE_MANAGER_SEAL_H

#include "lib/base/str.h"

struct manager;

enum { SEAL_DIGITS = 32 };

/* Opens (at the first start, makes) state/hold/key.  0, or -1 with errno. */
int seal_open(struct manager *manager);
/* Appends the seal of an id, hex: whoever shows it has seen the letter that
 * waits under this id, in its manager's mailbox. */
void seal_add(const struct manager *manager, struct str *to, const char *id);
bool seal_holds(const struct manager *manager, struct slice id,
    struct slice seal);

#endif
