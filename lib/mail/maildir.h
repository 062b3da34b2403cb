/*
 * maildir - letters into Maildirs, many at a time, durable together.
 *
 * A mailbox is a Maildir++ (INBOX at its root) below one directory; missing
 * ones, and missing folders, are made.  A letter's file is Return-Path,
 * Delivered-To, lines that the caller may add, and then the message as it is.
 * Its name, SECONDS.ID_R.HOST,S=BYTES, follows from the message, the recipient
 * and the folder alone, so that a second attempt finds the first one's copy:
 * SECONDS is the message's arrival, R a hash of the address and the folder.
 * Lines that were added may be others the second time, and BYTES with them: of
 * such a copy SECONDS.ID_R decides.
 *
 * The order of a commit.  A name in new/ must never stand for bytes that are
 * not there, not even after a power cut: a reader would show them, and the
 * next attempt would take them for its own work.  And name and bytes must
 * both be durable before anybody is told.
 *
 *   any filesystem     write all; fsync each; rename each into new/; fsync
 *                      each new/.  Nothing is assumed but fsync itself.
 *   btrfs              the same, but where many are to be asked one syncfs is
 *   (fs_syncs_as_one)  asked instead.
 *   journalled         write all; wait for each file's data with
 *   (fs_keeps_order)   sync_file_range; rename each; fsync the last one.
 *
 * Why the short form is enough.  When sync_file_range has waited, the data is
 * with the device, and the size and the mapping of the blocks have been put
 * into a transaction: ext4 (delayed allocation, unwritten extents) and xfs
 * convert and log them before the page's writeback ends.  The rename comes
 * later, so it is in the same transaction or a later one, and the commit
 * record is written only after the device's cache was flushed, the data with
 * it: if the name is there after a power cut, so is the letter.  fsync of the
 * letter renamed last commits its rename and everything logged before, that
 * is all the others; with ext4's fast_commit too, which writes all names and
 * inodes that changed since the last commit.  A failed write shows in the
 * sync_file_range of its own file.
 *
 * Renaming before the data was waited for would not do: ext4 may commit the
 * new name with a size whose blocks still read as zeros, and no look at the
 * size would tell.
 *
 * Between rename and the last fsync a reader sees the whole letter, which a
 * power cut may take away again; it was not acknowledged, and comes again
 * under the same name.
 */
#ifndef MAIL_MAILDIR_H
#define MAIL_MAILDIR_H

#include "lib/mail/maildir_quota.h"

#include <sys/types.h>

/* Where mailboxes are.  Embedded by its user; maildir_free ends it. */
struct maildir {
	int dir_fd;        /* mailboxes are named relative to it */
	struct str host;   /* as it stands in names */
	dev_t dev;
	bool keeps_order;  /* the filesystem dev does */
	bool syncs_as_one; /* it does not, but syncfs of it is one step */
	struct str buffer, path, new_path; /* scratch */
};

/* A message, the same for all its recipients; the caller's. */
struct maildir_message {
	int fd;               /* readable at any position */
	uint64_t head_len;    /* the message begins here */
	uint64_t length;      /* and ends here, where the file must end too */
	uint64_t arrived_us;
	struct slice id;      /* fit for a file name */
	struct slice sender;  /* empty: the null sender; without line ends */
	bool is_first;        /* no earlier attempt can have left a copy */
};

enum maildir_state {
	MAILDIR_FAILED,     /* error says why; nothing is left behind */
	MAILDIR_WRITTEN,    /* to be committed */
	MAILDIR_DELIVERED,  /* durable */
	MAILDIR_PRESENT,    /* an earlier attempt's copy is there, durable */
	MAILDIR_OVER_QUOTA
};

/* One recipient's copy.  {.fd = -1} is a valid empty one; the strings are
 * kept from use to use, maildir_copy_free ends them. */
struct maildir_copy {
	struct str mailbox;   /* "example.org/anna", set by the caller */
	struct str address;   /* for Delivered-To; without line ends */
	struct maildir_quota quota; /* {0}: none */
	struct str folder;    /* "Sent", a plain name; empty: the INBOX */
	bool is_seen;         /* into cur/, as if it had been read */
	struct str lines;     /* header lines behind Delivered-To, each with
	                       * its LF; empty: none */

	enum maildir_state state;
	int error;            /* errno of MAILDIR_FAILED; EBADMSG: the message
	                       * is not as long as it should be */
	struct str name;
	uint64_t bytes;       /* of the whole file */
	int fd;
	bool is_away;         /* on another filesystem than dir_fd */
	bool is_ordered;
};

/* dir_fd stays the caller's.  Before confinement: it asks what filesystem
 * this is.  host is the name of this machine. */
void maildir_init(struct maildir *maildir, int dir_fd, struct slice host);

/* Another host name from now on. */
void maildir_host(struct maildir *maildir, struct slice host);
void maildir_free(struct maildir *maildir);

/* Writes copies[at] into tmp/; sets its state and what follows.  The copies
 * before it are those that will be committed with it. */
void maildir_write(struct maildir *maildir,
    const struct maildir_message *message, struct maildir_copy *copies,
    size_t at);

/* Brings all copies that are MAILDIR_WRITTEN into new/ and makes them durable
 * together: then each is MAILDIR_DELIVERED or MAILDIR_FAILED. */
void maildir_commit(struct maildir *maildir, struct maildir_copy *copies,
    size_t count);

void maildir_copy_free(struct maildir_copy *copy);

#endif
