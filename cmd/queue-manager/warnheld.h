/* warnheld - that mail is held for long. */
#ifndef QUEUE_MANAGER_WARNHELD_H
#define QUEUE_MANAGER_WARNHELD_H

#include <stdbool.h>

struct job;
struct manager;
struct message;

/* Is it held, and for too long? */
bool warnheld_is_news(const struct manager *manager,
    const struct message *message);
/* Then the postmaster is told, once a week, of all that is. */
void warnheld_check(struct manager *manager, struct message *message);
void warnheld_fill(struct manager *manager, struct job *job);
/* That is in the queue, durable. */
void warnheld_told(struct manager *manager);

#endif
