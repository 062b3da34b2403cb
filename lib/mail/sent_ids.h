/*
 * sent_ids - what was sent by a mailbox at a provider, known by Message-ID:
 * state/sent/HASH.0 and HASH.1.
 *
 * For providers that show what one has sent among what came: isp-forward
 * adds, pop3-fetch reads.  A line each, TIME HASH: seconds since 1970, and
 * SHA-256 of the Message-ID in hex.  One file is added to until it is large;
 * then the other is begun anew, so that what is older than both is forgotten.
 * Nothing waits for the disk: a lost line costs a copy of what was sent.
 */
#ifndef MAIL_SENT_IDS_H
#define MAIL_SENT_IDS_H

#include "lib/base/str.h"

enum { SENT_IDS_BYTES = 1024 * 1024 }; /* then the other file */

/* The Message-ID in a header, its angle brackets included; empty: none. */
struct slice sent_ids_of(struct slice header);

/* Opens the file to add to, of this mailbox.  The descriptor, or -1 with
 * errno. */
int sent_ids_open(struct slice mailbox);

/* Adds a line.  0, or -1 with errno. */
int sent_ids_add(int fd, struct slice id, uint64_t now_s);

/* Appends what the files hold; what cannot be read counts as empty. */
void sent_ids_read(struct slice mailbox, struct str *to);

/* Is it in what sent_ids_read gave? */
bool sent_ids_has(struct slice text, struct slice id);

#endif
