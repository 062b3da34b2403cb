/*
 * drop - the producer's side of the queue: one file, one fsync.
 *
 * After drop_commit returned 0 the message is queued, whatever happens next;
 * before that nobody will ever deliver it.
 */
#ifndef QUEUE_DROP_H
#define QUEUE_DROP_H

#include "queue/message.h"

#include <sys/types.h>

/* For one box. */
struct drop {
	int fd;          /* -1: nothing is open */
	mode_t mode;     /* of the box's files; 0: not known yet */
	struct str pending; /* not yet written */
	uint64_t length;
	bool is_complete; /* drop_prepare was called ... */
	bool is_durable;  /* ... and made it so already */
	int error;       /* errno of the first write that failed */
};

/* Opens the drop box of that name ("smtp"), before confinement, and clears
 * the umask: its one reader reads by the group's bit.
 * A directory descriptor, or -1 with errno. */
int drop_box_open(const char *box);

/* Begins a message: creates the file under a new id (or under envelope->id if
 * that is set: then EEXIST means that it was dropped before) and stores the
 * id in envelope->id.  0, or -1 with errno.  drop must be {.fd = -1}. */
int drop_begin(struct drop *drop, int box_fd, struct envelope *envelope);

/* Adds message bytes, LF line ends.  Errors show in drop_commit. */
void drop_write(struct drop *drop, struct slice bytes);

/* For those who commit many of one box at once: hands all of them to the disk
 * together, and waits for it once when they are many.  Nothing may be added
 * then.  Errors show in drop_commit, which still has to be called for each. */
void drop_prepare(struct drop *const drops[], size_t count);

/* Makes it durable and closes it.  0: it is queued.  -1 with errno: it is
 * not, and nothing may be retried on this file. */
int drop_commit(struct drop *drop);

/* Closes it unfinished; queue-manager clears it away.  Harmless twice, and
 * after a commit, which leaves the buffer to the next message. */
void drop_abort(struct drop *drop);

/* Is there room for more mail?  False when the queue's filesystem has less
 * than min_bytes, or less than min_percent of its size, free. */
bool drop_has_room(int box_fd, uint64_t min_bytes, unsigned min_percent);

#endif
