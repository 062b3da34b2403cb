/*
 * maildir_letter - the letters in a folder of a Maildir: found, opened, moved.
 *
 * A mail server works in the same folder at the same time: a name may be gone
 * or have other flags a moment later.  What is no regular file is no letter.
 */
#ifndef MAIL_MAILDIR_LETTER_H
#define MAIL_MAILDIR_LETTER_H

#include "lib/base/str.h"

#include <sys/types.h>

/* A letter as it was found. */
struct maildir_letter {
	int folder_fd;
	const char *dir;  /* "new" or "cur" */
	int dir_fd;       /* that directory */
	const char *name;
};

/* Goes through new/ and cur/ until take() says false.  0, or -1 with errno
 * (ENOENT: such a directory is missing). */
int maildir_each_letter(int folder_fd, bool (*take)(void *context,
    const struct maildir_letter *letter), void *context);

/* What makes a name unique: the part before sizes, marks and flags. */
struct slice maildir_name_base(const char *name);

/* Its flags: RS of "1793397600.x,S=71:2,RS". */
struct slice maildir_name_flags(const char *name);

/* The value of ",H=" in a name, our mark that a letter is dealt with; empty
 * without one. */
struct slice maildir_name_mark(const char *name);

/* Opens it for reading, if it is a regular file.  A descriptor, or -1 with
 * errno (EINVAL: it is something else). */
int maildir_letter_open(const struct maildir_letter *letter, uint64_t *bytes);

struct maildir_move {
	int to_fd;         /* the folder */
	struct slice host; /* of this machine */
	char add, drop;    /* flags; 0: none */
	const char *mark;  /* for ",H="; NULL: none */
};

/* Moves it into another folder's cur/, or marks it in its own, under a fresh
 * unique name.  Its flags stay, but for keywords, whose meaning is each
 * folder's own.  0, or -1 with errno (ENOENT: somebody else was faster). */
int maildir_letter_move(const struct maildir_letter *letter,
    const struct maildir_move *move);

/* Appends a unique name as Maildir has it, "SECONDS.MnPnQn.HOST". */
void maildir_fresh_name(struct str *to, struct slice host);

#endif
