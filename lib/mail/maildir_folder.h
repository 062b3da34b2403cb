/*
 * maildir_folder - the folders beside an INBOX: Maildir++.
 *
 * A folder is a directory ".NAME" in the mailbox, NAME with a dot between its
 * parts ("Assign.Zhangsan"); mail programs show those that the file
 * subscriptions lists.  The mailbox may hold anything: links are not followed.
 */
#ifndef MAIL_MAILDIR_FOLDER_H
#define MAIL_MAILDIR_FOLDER_H

#include "lib/base/str.h"

/* Opens DOMAIN/ACCOUNT, the mailbox, below dir_fd, following no link in it.
 * A descriptor, or -1 with errno. */
int maildir_open_box(int dir_fd, const char *mailbox);

/* Makes what is missing of it.  As maildir_folder_make. */
int maildir_make_account(int dir_fd, const char *mailbox);

/* Makes what is missing of a folder, durable with its name.  1: it was made,
 * 0: it was there; -1 with errno (ENOTDIR: something else has its name). */
int maildir_folder_make(int mailbox_fd, const char *name);

/* Adds those of the folders to the file subscriptions that are not in it.
 * 1: it was changed, 0: they were all there, -1 with errno (EAGAIN: somebody
 * else is changing it now). */
int maildir_subscribe(int mailbox_fd, const struct strs *folders);

/* What subscriptions is to hold: a pure function over its bytes, in the form
 * that it has (Dovecot's first or second; a new one is of the second).  False
 * when nothing is missing; else *to has the whole new file. */
bool subscriptions_add(struct slice file, const struct strs *folders,
    struct str *to);

#endif
