/* release - who asks for held mail, and where it goes. */
#ifndef QUEUE_MANAGER_RELEASE_H
#define QUEUE_MANAGER_RELEASE_H

#include "lib/base/str.h"

struct answer;
struct manager;
struct release_answer;

int release_listen(struct manager *manager, const char *prefix);
/* Has the held mail of a domain sent.  client: the address of who asks, where
 * that counts, or empty. */
void release_domain(struct manager *manager, struct slice domain,
    struct slice client, struct release_answer *answer);
/* The same for posthouse etrn. */
void release_by_hand(struct manager *manager, struct answer *answer);
/* The tables have changed: releases under way lead where they say now. */
void release_refresh(struct manager *manager);

#endif
