/*
 * approve - a manager's word on a letter that waits for it: what share-assign
 * and posthouse share ask of queue-manager on run/approve/s.
 *
 * One packet, "approve ID SEAL" or "reject ID SEAL WHY"; the answer is one
 * packet, a word.  The seal came with the manager's copy of the letter
 * (X-Posthouse-Hold), and only whoever has that copy knows it.
 */
#ifndef MAIL_APPROVE_H
#define MAIL_APPROVE_H

#include "lib/base/str.h"

enum { APPROVE_WHY_MAX = 200 };

enum approve_answer {
	APPROVE_OK,      /* it goes, or goes back */
	APPROVE_ALREADY, /* that was decided before */
	APPROVE_UNKNOWN, /* no such letter waits */
	APPROVE_REFUSED, /* the seal is not that of this letter */
	APPROVE_NOBODY   /* no answer, or one that decides nothing: later */
};

/* Asks, and waits some seconds for the answer; why is for a rejection. */
enum approve_answer approve_ask(bool is_approval, struct slice id,
    struct slice seal, struct slice why);

#endif
