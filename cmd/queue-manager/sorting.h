/* sorting - what share-sort is asked, and what it may answer. */
#ifndef QUEUE_MANAGER_SORTING_H
#define QUEUE_MANAGER_SORTING_H

struct delivery;
struct job_result;
struct manager;
struct message;
struct rcpt;

/* It was not sorted in time, and goes on as it is. */
void sorting_skip(struct manager *manager, struct message *message,
    struct rcpt *rcpt);
/* What share-sort said of a delivery. */
void sorting_results(struct manager *manager, struct delivery *delivery,
    const struct job_result *result);

#endif
