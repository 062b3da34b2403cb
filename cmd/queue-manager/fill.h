/* fill - what a job says. */
#ifndef QUEUE_MANAGER_FILL_H
#define QUEUE_MANAGER_FILL_H

#include <stdint.h>

struct delivery;
struct job;
struct manager;

void fill_job(struct manager *manager, struct job *job,
    const struct delivery *delivery, uint64_t number);

#endif
