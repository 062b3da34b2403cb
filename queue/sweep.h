/*
 * sweep - finished messages are removed by a process of its own.
 *
 * To remove a file is to free its blocks, and that may wait for the disk: a
 * large file, or one that is discarded at once (mount -o discard), takes
 * longer than all else that queue-manager does for a letter.  Its loop only
 * says which; the sweeper ends when the manager does and nothing is left to
 * do.  Should it be killed, the manager notices with the next letter, and
 * removes what the sweeper may have left behind; if both are, that is found
 * at the next start, as after a power cut.
 */
#ifndef QUEUE_SWEEP_H
#define QUEUE_SWEEP_H

#include "lib/base/str.h"

struct sweep {
	int fd;         /* to the sweeper; -1: there is none */
	struct str ids; /* not handed over yet */
	struct str given; /* the last ones that were: it may not have come to
	                   * them yet */
};

/* Waits for the sweeper of an earlier manager, then starts one, confined to
 * queue/active.  0, or -1 with errno. */
int sweep_start(struct sweep *sweep, int active_fd);

/* Has the message removed, after the next flush. */
void sweep_add(struct sweep *sweep, int active_fd, const char *id);

/* Hands over what was added; removes it here if the sweeper is too busy, or
 * gone.  Never waits for the sweeper. */
void sweep_flush(struct sweep *sweep, int active_fd);

/* In a child of the manager: it may live on, the sweeper need not. */
void sweep_let_go(struct sweep *sweep);

#endif
