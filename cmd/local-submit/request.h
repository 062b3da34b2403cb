/* request - a caller's wishes become an envelope, or are refused. */
#ifndef LOCAL_SUBMIT_REQUEST_H
#define LOCAL_SUBMIT_REQUEST_H

#include "cmd/local-submit/owner.h"
#include "cmd/local-submit/replies.h"
#include "cmd/local-submit/session.h"
#include "lib/mail/submit_wire.h"
#include "queue/message.h"

struct refusal {
	unsigned code;
	struct str text;
};

/* The reply's words, and detail behind them unless it is empty. */
void refusal_set(struct refusal *refusal, enum reply reply,
    struct slice detail);

/* Fills *envelope ({0}).  False: *why says why not.  A letter is taken when
 * somebody can get it; the others' share comes back to the sender. */
bool request_take(const struct submit_request *request,
    const struct owner *owner, const struct submit_settings *settings,
    struct envelope *envelope, struct refusal *why);

#endif
