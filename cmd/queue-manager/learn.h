/* learn - what a provider's answers say beyond their letter. */
#ifndef QUEUE_MANAGER_LEARN_H
#define QUEUE_MANAGER_LEARN_H

struct delivery;
struct job_result;
struct manager;

void learn(struct manager *manager, const struct delivery *delivery,
    const struct job_result *result);

#endif
