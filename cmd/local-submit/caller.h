/* caller - who is at the other end of a local socket? */
#ifndef LOCAL_SUBMIT_CALLER_H
#define LOCAL_SUBMIT_CALLER_H

#include "lib/base/str.h"

#include <stdio.h>
#include <sys/types.h>

struct caller {
	uid_t uid;
	struct str name; /* of the user, or "uid1234" */
	struct strs namesakes; /* other users whose names begin with it */
};

/* Looks the uid up in a file like /etc/passwd; NULL: there is none. */
void caller_look_up(struct caller *caller, uid_t uid, FILE *passwd);

/* The same in /etc/passwd. */
void caller_learn(struct caller *caller, uid_t uid);

/* Is it one of the suite's own users?  prefix is "ph"; NULL: one user runs
 * everything, and may submit. */
bool caller_is_ours(const struct caller *caller, const char *prefix);
void caller_free(struct caller *caller);

#endif
