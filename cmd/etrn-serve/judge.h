/* judge - may this client ask for that mail?  And what became of it. */
#ifndef ETRN_SERVE_JUDGE_H
#define ETRN_SERVE_JUDGE_H

#include "control/config.h"
#include "lib/base/tally.h"
#include "lib/mail/etrn_wire.h"

struct etrn_settings {
	uint64_t limit; /* etrnlimit */
};

struct judge {
	struct config config;  /* cdb/routing */
	struct etrn_settings settings;
	struct tally *asked;   /* in a minute, by domain; what was refused, by
	                        * client */
};

/* Opens cdb/routing, or ends the program. */
void judge_open(struct judge *judge);

/* Answers a request, which may say anything, and logs it.  has_login: its
 * login may be believed.  *answer is {0}; its code is 0 when the request
 * makes no sense. */
void judge_request(struct judge *judge, const struct etrn_request *request,
    bool has_login, struct etrn_answer *answer);

#endif
