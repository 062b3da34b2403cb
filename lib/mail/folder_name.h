/*
 * folder_name - how a person's name stands in the name of a folder.
 *
 * On disk a Maildir++ folder is ".PARENT.CHILD", and its parts are modified
 * UTF-7 (RFC 3501 5.1.3), as IMAP servers keep them: that is what mail
 * programs are shown.
 */
#ifndef MAIL_FOLDER_NAME_H
#define MAIL_FOLDER_NAME_H

#include "lib/base/str.h"

/* Longest part of a folder's name, as it stands on disk: with "Assign." and
 * the dots the whole is a file name. */
enum { FOLDER_PART_MAX = 240 };

/* Appends a UTF-8 name as one part of a folder's name: what would divide it
 * (a dot, a slash) and control characters become "_".  False (and *to as it
 * was): it is empty, no UTF-8, or too long. */
bool folder_name_add(struct str *to, struct slice name);

/* Appends what a part on disk means, in UTF-8.  False (and *to as it was)
 * when it is no modified UTF-7. */
bool folder_name_decode(struct str *to, struct slice part);

#endif
