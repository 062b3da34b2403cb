/* calls - who has called at a socket. */
#ifndef QUEUE_MANAGER_CALLS_H
#define QUEUE_MANAGER_CALLS_H

struct manager;
struct source;

/* Accepts the calls that wait at a listener; each connection, which does not
 * block, is take's to keep or to close.  In a turn all that can wait for it
 * (local_listen), but not as many as somebody can make. */
void calls_accept(struct manager *manager, struct source *listener,
    void (*take)(struct manager *manager, struct source *listener, int fd));

#endif
