/*
 * copy - what is to be said and done at one recipient's copy of a letter, as
 * one line of text:
 *
 *   folder=Sent seen=yes list=yes staff=ADDRESS[,ADDRESS] by=WORD hold=yes
 *
 * route_decide makes it, queue-manager keeps it with the recipient and hands
 * it on in a job, local-deliver does what it says.  share-sort may set staff=
 * and by=, nothing else.  Words come in any order, each once at most; those
 * that say nothing are left out, and an empty line is an ordinary letter.
 */
#ifndef MAIL_COPY_H
#define MAIL_COPY_H

#include "lib/base/str.h"

/* COPY_MAX: of the whole line, so that a full job fits into a packet. */
enum { COPY_MAX = 800, COPY_FOLDER_MAX = 64, COPY_BY_MAX = 32,
	COPY_HOLD_MAX = 64 };

/* {0} is a valid empty one; copy_free ends it. */
struct copy {
	struct str folder; /* "Sent": below the INBOX; empty: the INBOX.
	                    * Letters, digits, "-" and "_" */
	bool is_seen;      /* as if it had been read */
	bool has_list;     /* names all recipients of the envelope */
	struct strs staff; /* whose letter it is: X-Posthouse-Staff */
	struct str by;     /* how that was found: "name", "sent" ... */
	struct str hold;   /* waits for an approval: "yes", or from
	                    * queue-manager in a job, its seal in hex */
};

/* Reads a line into *copy, replacing what was there.  A pure function,
 * believes nothing.  0, or -1: not such a line; *copy is then empty. */
int copy_parse(struct slice text, struct copy *copy);

/* Appends the line; copy_parse reads the same from it.  Staff for whom there
 * is no room in COPY_MAX bytes, or whose address holds a blank or a comma,
 * are left out. */
void copy_add(struct str *to, const struct copy *copy);

/* Adds an address unless it is there. */
void copy_add_staff(struct copy *copy, struct slice address);

bool copy_is_empty(const struct copy *copy);
void copy_free(struct copy *copy);

#endif
