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
/* Has somebody told: FOR_REPORT, its writer, of all that failed or was
 * delivered and is not reported yet; else of what the purpose is about, which
 * names no recipients. */
void gather_report(struct manager *manager, struct message *message,
    enum delivery_purpose purpose);

#endif
