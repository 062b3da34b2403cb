/* listing - what waits, and how much of it, for posthouse queue. */
#ifndef QUEUE_MANAGER_LISTING_H
#define QUEUE_MANAGER_LISTING_H

#include "cmd/queue-manager/answer.h"

/* Answers a request for lists, lanes and totals, from a forked child. */
void listing_tell(struct manager *manager, struct answer *answer);

/* For that child, in listing_lanes.c: a line for each lane; how many are
 * down. */
void listing_lanes(struct manager *manager, struct answer *answer);
void listing_count_lanes(struct manager *manager, struct answer *answer);
/* In listing_domains.c: a line for each domain. */
void listing_domains(struct manager *manager, struct answer *answer);

/* "42s", "7m", "3h", "2d" */
void listing_age(struct str *to, uint64_t seconds);

#endif
