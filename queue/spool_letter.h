/* spool_letter - between the parts of spool: a letter opened, or put away. */
#ifndef QUEUE_SPOOL_LETTER_H
#define QUEUE_SPOOL_LETTER_H

#include "queue/spool.h"

/* Fills *letter with a descriptor; SPOOL_TAKEN, SPOOL_GONE, SPOOL_LATER or
 * SPOOL_CORRUPT.  It is to be closed in any case. */
enum spool_taken spool_letter_open(int dir_fd, const char *path,
    struct spool_letter *letter);
void spool_letter_close(struct spool_letter *letter);

/* Says why; SPOOL_CORRUPT. */
enum spool_taken spool_corrupt(struct spool_letter *letter, const char *why);

/* Moves a file into corrupt/, under its own name or, when that is taken or too
 * long, with the time behind it.  0 or -1, errno. */
int spool_set_aside(struct spool *spool, int from_fd, const char *from,
    const char *name);

#endif
