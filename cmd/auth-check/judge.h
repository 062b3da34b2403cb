/* judge - one login: right, wrong, or not now. */
#ifndef AUTH_CHECK_JUDGE_H
#define AUTH_CHECK_JUDGE_H

#include "cmd/auth-check/memory.h"
#include "control/config.h"
#include "lib/base/tally.h"
#include "lib/mail/auth.h"
#include "lib/mail/passport.h"

#include <pthread.h>

struct judge {
	struct config config;        /* cdb/passwd */
	struct memory *memory;       /* shared by all workers */
	struct tally *failures;      /* shared; of addresses and accounts */
	struct tally *homes;         /* shared; where accounts logged in */
	struct str dummy;            /* what unknown accounts are measured by */
	int passport_fd;             /* state/passport */
	pthread_mutex_t *renewal;    /* shared: one worker makes a key */
	struct passport_keys keys;
	uint64_t keys_read_ms;       /* monotonic; 0: never */
};

/* Opens all that is needed, and makes or renews the passport key.  Ends the
 * program when it cannot. */
void judge_open(struct judge *judge);

/* Fills in the answer; never fails. */
void judge_login(struct judge *judge, const struct auth_request *request,
    struct auth_answer *answer);

#endif
