/*
 * submission - what is asked of somebody who has logged in: RFC 6409.
 *
 * Own addresses only, in the envelope and in From; Date and Message-ID are
 * added, Bcc is taken out.  The header is collected (so it has a limit), the
 * body flows through.
 */
#ifndef SMTP_RECEIVE_SUBMISSION_H
#define SMTP_RECEIVE_SUBMISSION_H

#include "cmd/smtp-receive/session.h"

/* Does this address (any spelling) belong to the account that logged in:
 * its own, with a tag, or an alias that leads to it? */
bool submission_owns(struct session *session, struct slice address);

/* Text on its way into the drop box; {0} is a message's start. */
struct submission {
	struct str header;
	bool is_body;    /* the header is done */
};

enum submission_result {
	SUBMISSION_FINE,
	SUBMISSION_HEADER_TOO_LONG,
	SUBMISSION_FROM_NOT_OWN,
	SUBMISSION_FROM_BAD
};

/* Writes text into session->drop, mending the header on its way. */
enum submission_result submission_write(struct session *session,
    struct submission *submission, struct slice text);

/* The message is over: writes what was held back. */
enum submission_result submission_end(struct session *session,
    struct submission *submission);
void submission_free(struct submission *submission);

#endif
