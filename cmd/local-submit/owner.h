/*
 * owner - which addresses are a caller's own?
 *
 * NAME@me, with a tag too (NAME+tag@me), and in the tables every address that
 * leads to the account NAME@me.
 */
#ifndef LOCAL_SUBMIT_OWNER_H
#define LOCAL_SUBMIT_OWNER_H

#include "cmd/local-submit/caller.h"
#include "control/config.h"

struct owner {
	struct config *config;
	const struct caller *caller;
	struct str own; /* NAME@me */
};

/* me: the host's name.  A name that cannot stand in an address is replaced by
 * uid1234. */
void owner_init(struct owner *owner, struct config *config,
    const struct caller *caller, const struct str *me);
void owner_free(struct owner *owner);

bool owner_has(const struct owner *owner, struct slice address);

#endif
