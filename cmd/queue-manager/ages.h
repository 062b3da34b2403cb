/* ages - who waits too long. */
#ifndef QUEUE_MANAGER_AGES_H
#define QUEUE_MANAGER_AGES_H

#include <stdbool.h>

struct manager;
struct message;
struct rcpt;

bool ages_is_too_old(const struct manager *manager,
    const struct message *message, const struct rcpt *rcpt);
void ages_give_up(struct manager *manager, struct message *message,
    struct rcpt *rcpt);
/* Gives up on what is too old, warns of what is late, in a walk. */
void ages_check(struct manager *manager);

#endif
