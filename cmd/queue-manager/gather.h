/* gather - recipients into deliveries, one for each lane and time. */
#ifndef QUEUE_MANAGER_GATHER_H
#define QUEUE_MANAGER_GATHER_H

#include "cmd/queue-manager/lane.h"

struct manager;
struct message;
struct rcpt;

/* Makes deliveries of all pending recipients that are in none. */
void gather_rcpts(struct manager *manager, struct message *message);
/* The same when only these can be such. */
void gather_some(struct manager *manager, struct message *message,
    struct rcpt *const *rcpts, size_t count);
/* Has the message's writer told: of all that failed or was delivered and is
 * not reported yet, or of the delay of what is pending. */
void gather_report(struct manager *manager, struct message *message,
    enum delivery_purpose purpose);

#endif
