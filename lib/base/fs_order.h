/* fs_order - may we lean on the filesystem's journal, and on syncfs? */
#ifndef BASE_FS_ORDER_H
#define BASE_FS_ORDER_H

#include <stdbool.h>

/*
 * Does the filesystem that fd is on make changes of names and sizes durable in
 * the order in which they were made, so that one fsync covers all that came
 * before it?  True for ext3 and ext4 with a journal (fast_commit too) and for
 * xfs; false for all others, and whenever it cannot be told.  Asks /sys: call
 * it before confinement.
 */
bool fs_keeps_order(int fd);

/*
 * Is what one syncfs writes there after a power cut as a whole, or not at all?
 * So on btrfs, where it is one transaction.  (Where order is kept nobody needs
 * to ask.)  Not so on ext4 without a journal: cut in the middle, it leaves
 * names of files that had been removed with the bytes of newer ones.
 */
bool fs_syncs_as_one(int fd);

/* syncfs, where it can be believed: on ext4, xfs and btrfs that can still be
 * written to.  Else -1 with errno, and each file must be asked by itself.  An
 * error of any file there since fd was opened is one, too (Linux 5.8). */
int fs_sync_whole(int fd);

#endif
