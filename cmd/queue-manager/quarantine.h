/* quarantine - what may not be sent back. */
#ifndef QUEUE_MANAGER_QUARANTINE_H
#define QUEUE_MANAGER_QUARANTINE_H

#include <stdbool.h>

struct job;
struct manager;
struct message;
struct rcpt;

/* Is the refusal of this recipient nothing to tell its writer of? */
bool quarantine_wants(struct manager *manager, const struct message *message,
    const struct rcpt *rcpt);
/* It failed, its words say why: keeps it. */
void quarantine_take(struct message *message, struct rcpt *rcpt);
/* One that is kept, or NULL. */
const struct rcpt *quarantine_first(const struct message *message);
/* They are to be tried again. */
void quarantine_release(struct message *message);
/* Has it something that the postmaster was not told of? */
bool quarantine_is_news(const struct message *message);
/* Says into a job for bounce-write what is kept and was not told of. */
void quarantine_fill(struct manager *manager, struct job *job);
/* That is in the queue, durable. */
void quarantine_told(struct manager *manager);
/* Has the postmaster told when it is time, and lets go of what is old.  True:
 * it did, and the message may be finished. */
bool quarantine_check(struct manager *manager, struct message *message);

#endif
