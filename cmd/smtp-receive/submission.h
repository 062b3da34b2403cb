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
#include "lib/mail/submit_header.h"

/* Does this address (any spelling) belong to the account that logged in:
 * its own, with a tag, or an alias that leads to it? */
bool submission_owns(struct session *session, struct slice address);

/* Writes bytes (decoded, LF line ends) into session->drop, mending the header
 * on its way; text is {0} at a message's start. */
enum submit_fault submission_write(struct session *session,
    struct submit_text *text, struct slice bytes);

/* The message is over: writes what was held back. */
enum submit_fault submission_end(struct session *session,
    struct submit_text *text);

#endif
