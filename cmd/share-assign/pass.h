/* pass - one look through an office: what its parts share. */
#ifndef SHARE_ASSIGN_PASS_H
#define SHARE_ASSIGN_PASS_H

#include "cmd/share-assign/office.h"
#include "lib/mail/letter_top.h"
#include "lib/mail/maildir_letter.h"

/* Letters dealt with in one go, so that no manager keeps others waiting. */
enum { PASS_LETTERS_MAX = 200 };

/* What becomes of a letter. */
enum outcome {
	OUTCOME_DONE,   /* it is where it belongs */
	OUTCOME_LEAVE,  /* nothing to do */
	OUTCOME_LATER,  /* something is in the way */
	/* Not as the manager meant it: it goes back to the INBOX, and a note
	 * says why. */
	OUTCOME_NOBODY,
	OUTCOME_TOO_BIG,
	OUTCOME_NOT_HELD,
	OUTCOME_FORGED,
	/* The note alone. */
	OUTCOME_GONE,
	OUTCOMES
};

struct pass {
	struct tools *tools;
	struct office *office;
	int fd;                  /* the mailbox */
	struct str folder;       /* being looked through: "Assign.Anna" */
	struct str account;      /* whom it means; empty: nobody */
	struct str text;         /* of a letter, from its beginning */
	struct letter_top top;
	size_t handled;
	bool is_incomplete;      /* something is in the way */
	bool is_cut_short;       /* there may be more to do */
	/* For the notes about this folder. */
	unsigned counts[OUTCOMES];
	struct str subjects[OUTCOMES]; /* of the first such letter */
};

/* assign.c: hands a letter to the queue, for pass->account. */
enum outcome assign_letter(struct pass *pass,
    const struct maildir_letter *letter);

/* decide.c: a letter in Approved or Rejected. */
enum outcome decide_letter(struct pass *pass,
    const struct maildir_letter *letter, bool is_approval);

/* note.c: tells the manager what happened to letters of this folder. */
void notes_write(struct pass *pass);

/* Moves a letter to ".FOLDER" (NULL: the INBOX).  0, or -1 with errno. */
int pass_move(struct pass *pass, const struct maildir_letter *letter,
    const char *folder, char add, char drop);

/* Says what is in the way, once for each office until that is over. */
void pass_alarm(struct pass *pass, const char *why, const char *path,
    int error);

#endif
