/*
 * maildir_box - a mailbox on disk: its paths, its making, what is in it.
 *
 * For maildir.c and maildir_commit.c alone; see maildir.h.
 */
#ifndef MAIL_MAILDIR_BOX_H
#define MAIL_MAILDIR_BOX_H

#include "lib/mail/maildir.h"

enum { MAILDIR_HASH_BYTES = 8 }; /* of R in a name */

/* "MAILBOX/DIR/NAME", or "MAILBOX/.FOLDER/DIR/NAME"; without name
 * "MAILBOX/DIR".  In *path, and returned. */
const char *maildir_path(struct str *path, const struct maildir_copy *copy,
    const char *dir, const char *name);

/* The same for where a copy stands once it is published: in new/, or with its
 * flag in cur/.  _dir: the directory. */
const char *maildir_published(struct str *path,
    const struct maildir_copy *copy);
const char *maildir_published_dir(const struct maildir_copy *copy);

bool maildir_same_box(const struct maildir_copy *a,
    const struct maildir_copy *b);
/* Are they published in the same directory? */
bool maildir_same_dir(const struct maildir_copy *a,
    const struct maildir_copy *b);

/* Has an earlier attempt brought this copy?  1: it is there, and durable now;
 * 0: it is not; -1 with errno. */
int maildir_find(struct maildir *maildir, const struct maildir_copy *copy);

/* Makes the missing parts of a mailbox and of the copy's folder in it, durable
 * with their names.  tmp/ comes last: whoever finds it may rely on the rest.
 * 0, or -1 with errno. */
int maildir_make_box(struct maildir *maildir,
    const struct maildir_copy *copy);

/* Removes what is in tmp/, or was published, of a copy that failed with
 * error. */
void maildir_forget(struct maildir *maildir, struct maildir_copy *copy,
    int error);
void maildir_withdraw(struct maildir *maildir, struct maildir_copy *copy,
    int error);

#endif
