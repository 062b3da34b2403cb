/* outcome - what an answer does to a message. */
#ifndef QUEUE_MANAGER_OUTCOME_H
#define QUEUE_MANAGER_OUTCOME_H

#include "lib/base/str.h"

struct delivery;
struct job_result;
struct manager;
struct message;
struct rcpt;

/* All results of one delivery are in (or it is to be tried again). */
void outcome_results(struct manager *manager, struct delivery *delivery,
    const struct job_result *result);
void outcome_worker_died(struct manager *manager, struct delivery *delivery);
/* What an agent says of one recipient: "K 250 2.0.0 host text". */
void outcome_apply(struct manager *manager, struct message *message,
    struct rcpt *rcpt, struct slice verdict);
/* After any change: reports, saves, finishes. */
void outcome_settle(struct manager *manager, struct message *message);
/* Its attempt was in vain: later, unless it is too old. */
void outcome_put_off(struct manager *manager, struct message *message,
    struct rcpt *rcpt);
/* Its deliveries are handed out no more: closes the message after the last. */
void outcome_end_delivery(struct manager *manager, struct delivery *delivery);
void outcome_fail(struct message *message, struct rcpt *rcpt,
    const char *words);
/* Is its writer being told of something? */
bool outcome_is_reporting(const struct message *message);

#endif
