/* login - is the account the one that logged in. */
#ifndef QUEUE_MANAGER_LOGIN_H
#define QUEUE_MANAGER_LOGIN_H

#include "lib/base/str.h"

struct manager;
struct spool_letter;

/* Opens state/passport.  0, or -1 with errno. */
int login_open(struct manager *manager);
enum login_verdict {
	LOGIN_HOLDS,  /* or there is none, and its box needs none */
	LOGIN_FALSE,  /* missing, forged, too old, or another account's */
	LOGIN_UNKNOWN /* the keys cannot be read now */
};
enum login_verdict login_check(struct manager *manager,
    const struct spool_letter *letter);
/* Does the passport prove that the account logged in, not long before at_us
 * (since 1970)? */
enum login_verdict login_holds(struct manager *manager, struct slice account,
    struct slice passport, uint64_t at_us);

#endif
