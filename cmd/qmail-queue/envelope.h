/*
 * envelope - sender and recipients as qmail writes them:
 * F sender NUL, T recipient NUL ..., NUL.
 */
#ifndef QMAIL_QUEUE_ENVELOPE_H
#define QMAIL_QUEUE_ENVELOPE_H

#include "lib/base/str.h"

struct qmail_envelope {
	struct str sender;
	bool is_verp; /* each recipient has a sender of its own */
	struct strs rcpts;
};

enum qmail_result {
	QMAIL_FINE,
	QMAIL_LONG_ADDRESS,
	QMAIL_SHORT, /* it ends too early */
	QMAIL_BAD
};

/* Takes bytes apart; a pure function.  Whatever follows the end is ignored. */
enum qmail_result qmail_envelope_parse(struct slice bytes,
    struct qmail_envelope *envelope);
void qmail_envelope_free(struct qmail_envelope *envelope);

/* Replaces *to by the sender for one recipient: "list-@host-@[]" becomes
 * "list-user=domain@host". */
void qmail_verp(struct str *to, const struct qmail_envelope *envelope,
    struct slice rcpt);

#endif
