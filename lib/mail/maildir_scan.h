/* maildir_scan - how much is in a mailbox, counted; for maildir_quota. */
#ifndef MAIL_MAILDIR_SCAN_H
#define MAIL_MAILDIR_SCAN_H

#include "lib/mail/maildir_quota.h"

#include <time.h>

struct maildir_scan {
	struct maildir_usage usage;
	struct timespec newest; /* change of a folder's new/ or cur/ */
};

/* Counts all folders.  0, or -1 with errno; a missing mailbox is empty. */
int maildir_scan(int dir_fd, const char *mailbox, struct maildir_scan *scan);

bool maildir_is_later(struct timespec a, struct timespec b);

/* "MAILBOX/NAME".  In *path, and returned. */
const char *maildir_path_in(struct str *path, const char *mailbox,
    const char *name);

#endif
