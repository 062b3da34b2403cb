/* pending - what stands in control/ and is not in force yet. */
#ifndef CONTROL_PENDING_H
#define CONTROL_PENDING_H

#include "lib/base/str.h"

/* Appends a line for people: of when the tables in force are, what was edited
 * since, what the last posthouse compile found.  Nothing when all is in force.
 *
 * The times of the files decide: of their inodes, so that what mv or cp -p put
 * there counts, too; a folder's, when something came or went. */
void pending_tell(struct str *to);

/* Says it on standard error, as of the program, if there is something. */
void pending_warn(void);

/* An edit was undone: calls what is in control/ now in force.  Only for who has
 * the lock of compile.h, and found nothing pending before. */
void pending_settle(void);

/* Leaves word for pending_tell that a compilation replaces the tables, and has
 * not come to its end.  0, or -1 with errno. */
int pending_begin(void);

/* It came to its end, and so many faults were found; 0: there are none. */
void pending_faults(size_t count);

#endif
