/*
 * plus - an address and the shorter ones it may stand for (user+tag: user).
 *
 * The setting plusaddress holds the characters that separate a tag; what
 * follows the last one falls first, so that the longest name wins.
 */
#ifndef CONTROL_PLUS_H
#define CONTROL_PLUS_H

#include "control/config.h"

struct plus_walk {
	struct str address;  /* normalized and folded, tag included */
	struct str name;     /* the candidate given last */
	size_t local_len;    /* of address */
	size_t cut;          /* the candidate's local part; 0: none yet */
	struct slice separators; /* in the CDB */
};

/* 0, or -1 when it is no address.  plus_end ends it in both cases. */
int plus_begin(struct plus_walk *walk, struct config *config,
    struct slice address);

/* The next candidate: the address itself, then without tags.  False at the
 * end.  *name is valid until the next call. */
bool plus_next(struct plus_walk *walk, struct slice *name);

void plus_end(struct plus_walk *walk);

#endif
