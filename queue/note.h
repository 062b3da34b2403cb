/* note - what has happened to a message so far; see FORMAT.md. */
#ifndef QUEUE_NOTE_H
#define QUEUE_NOTE_H

#include "lib/base/str.h"

enum rcpt_state {
	RCPT_PENDING = 'P',
	RCPT_DONE = 'K',
	RCPT_DONE_UNTOLD = 'R', /* delivered; its writer wants to hear it */
	RCPT_FAILED = 'D',      /* and its writer does not know yet */
	RCPT_BOUNCED = 'B',     /* failed, and reported */
	RCPT_QUARANTINED = 'Q', /* failed, kept, and postmaster to be told */
	RCPT_QUARANTINED_TOLD = 'T',
	RCPT_LEANING = 'L'      /* an envelope recipient: others' shared rows
				 * stand for it too */
};

enum {
	NOTE_MAX = 256 * 1024 * 1024, /* bytes */
	ATTEMPTS_MAX = 99999,
	STAGE_MAX = 9
};

/* Does what is to come wait for somebody's consent? */
enum note_approval {
	APPROVAL_NONE,    /* it needs none */
	APPROVAL_AWAITED,
	APPROVAL_GIVEN
};

/* One recipient; the strings belong to whoever owns the note. */
struct note_row {
	enum rcpt_state state;
	bool is_shared;   /* pending, and for other envelope recipients too */
	uint64_t attempts;
	uint64_t next_us; /* next attempt (Q, T: removal), since 1970 */
	uint64_t stage;   /* from 1 */
	uint64_t origin;  /* number of its envelope recipient, from 0; behind
	                   * them: share-sort added it */
	bool is_sorted;   /* share-sort has seen to it */
	struct str address;
	struct str words; /* the last answer; may be empty */
	struct str copy;  /* what is to be done at its copy, as
	                   * lib/mail/copy.h has it; may be empty */
};

struct note {
	bool is_old;     /* of version 1: nothing in it is shared or leaning */
	bool is_delayed; /* the writer was warned */
	bool is_held;    /* by hand, or because of what happened to it */
	enum note_approval approval;
	uint64_t deaths;
	struct note_row *rows;
	size_t len, cap;
};

/* Adds an empty row; valid until the next call. */
struct note_row *note_add(struct note *note);
void note_free(struct note *note);

void note_encode(struct str *to, const struct note *note);

/* A pure function.  0, or -1: torn or not a note.  Changes count up to the
 * first that is torn. */
int note_decode(struct slice bytes, struct note *note);

/* A line to follow an encoded note: what became of row number at (its origin,
 * stage, address and copy stay). */
void note_encode_change(struct str *to, size_t at, const struct note_row *row);

#endif
