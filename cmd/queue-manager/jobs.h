/* jobs - deliveries to workers. */
#ifndef QUEUE_MANAGER_JOBS_H
#define QUEUE_MANAGER_JOBS_H

struct delivery;
struct manager;
struct worker;

/* Hands a delivery in flight to a worker that has room; failing that, it
 * waits again. */
void jobs_hand_out(struct manager *manager, struct worker *worker,
    struct delivery *delivery);

/* Hands out what may go to whoever has room. */
void jobs_dispatch(struct manager *manager);

#endif
