/* loop - who is ready, and whose time has come. */
#ifndef QUEUE_MANAGER_LOOP_H
#define QUEUE_MANAGER_LOOP_H

#include <stdint.h>

struct manager;

/* Something epoll watches; the first member of whatever it is. */
struct source {
	int fd;
	void (*ready)(struct manager *manager, struct source *source);
};

int loop_watch(struct manager *manager, struct source *source);
void loop_unwatch(struct manager *manager, struct source *source);
/* Has the boxes read through at that time, if not before. */
void loop_scan_boxes_by(struct manager *manager, uint64_t when_ms);
int loop_open(struct manager *manager);
_Noreturn void loop_run(struct manager *manager);

#endif
