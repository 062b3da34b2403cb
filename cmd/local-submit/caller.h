/* caller - who is at the other end of a local socket? */
#ifndef LOCAL_SUBMIT_CALLER_H
#define LOCAL_SUBMIT_CALLER_H

#include "lib/base/str.h"

#include <sys/types.h>

struct caller {
	uid_t uid;
	struct str name; /* of /etc/passwd, or "uid1234" */
};

/* The kernel's word on a connected socket.  0, or -1 with errno. */
int caller_learn(int fd, struct caller *caller);

/* Is it one of the suite's own users?  prefix is "ph"; NULL: one user runs
 * everything, and may submit. */
bool caller_is_ours(const struct caller *caller, const char *prefix);
void caller_free(struct caller *caller);

#endif
