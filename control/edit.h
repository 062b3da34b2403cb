/* edit - change a text table, with a way back. */
#ifndef CONTROL_EDIT_H
#define CONTROL_EDIT_H

#include "lib/base/str.h"

#include <sys/types.h>

/* A file, as it was and as it shall be.  {0} is a valid empty one. */
struct edit {
	struct str path;   /* links followed: the file itself is replaced */
	struct str before;
	struct str text;   /* to be changed, then edit_put_in_force */
	bool existed;
	mode_t mode;
	uid_t uid;
	gid_t gid;
};

/* Reads path; a missing one is empty and will get this mode.  Ends the program
 * when it cannot be read. */
void edit_open(struct edit *edit, const char *path, mode_t mode);

void edit_free(struct edit *edit);

/* Replaces the files by the changed texts, owner and mode stay, and compiles
 * them: all are in force then, and it is said what else needs a hand, or as
 * they were, and it is said why.  The exit status; ends the program when that
 * is impossible.  Call with the lock of compile.h held. */
int edit_put_in_force(struct edit *const edits[], size_t count);

/* The line (from 1) whose first word, up to a blank or end, is this
 * normalized address; 0 when there is none. */
size_t edit_find(const struct edit *edit, struct slice address, char end);

/* Takes a line out. */
void edit_cut(struct edit *edit, size_t number);

/* Adds a line at the end, or in place of line number (0: none). */
void edit_put(struct edit *edit, size_t number, struct slice line);

#endif
