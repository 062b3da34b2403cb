/* lock - is somebody at it still. */
#ifndef QUEUE_MANAGER_LOCK_H
#define QUEUE_MANAGER_LOCK_H

struct delivery;
struct manager;

/* Opens and locks the message of one that is about to be handed out.  0; or
 * -1: it was put off or is gone. */
int lock_message(struct manager *manager, struct delivery *delivery);

#endif
