/*
 * maildir_quota - Maildir++ quota: the file maildirsize.
 *
 * http://www.courier-mta.org/imap/README.maildirquota.html, read as Dovecot's
 * maildir quota driver reads it, which shares the file with us: all folders
 * count, Trash included.
 */
#ifndef MAIL_MAILDIR_QUOTA_H
#define MAIL_MAILDIR_QUOTA_H

#include "lib/base/str.h"

struct maildir_quota {
	uint64_t bytes, messages; /* in a limit, 0: none */
};

enum maildir_room {
	MAILDIR_ROOM,
	MAILDIR_NO_ROOM,
	MAILDIR_ROOM_UNKNOWN /* errno */
};

/* Is there room for that much more in this mailbox (a path relative to
 * dir_fd)?  Scans the mailbox when maildirsize is missing, long or stale. */
enum maildir_room maildir_quota_check(int dir_fd, const char *mailbox,
    const struct maildir_quota *quota, const struct maildir_quota *more);

/* Counts a letter that came. */
void maildir_quota_add(int dir_fd, const char *mailbox, uint64_t bytes);

/* What maildirsize says: a pure function over its bytes.  True when its first
 * line is this quota and every other line two numbers; then the sums (never
 * below 0) and the number of lines after the first. */
struct maildir_usage {
	int64_t bytes, messages;
	size_t lines;
};
bool maildir_quota_parse(struct slice file, const struct maildir_quota *quota,
    struct maildir_usage *usage);

#endif
