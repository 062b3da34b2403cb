/*
 * submission - what is asked of somebody who has logged in: RFC 6409.
 *
 * Own addresses only, in the envelope and in From; Date and Message-ID are
 * added, Bcc is taken out; not more messages in an hour than rate= says.  The
 * header is collected (so it has a limit), the body flows through.  All of it
 * lets pass whoever has not logged in, and needs not.
 */
#ifndef SMTP_RECEIVE_SUBMISSION_H
#define SMTP_RECEIVE_SUBMISSION_H

#include "cmd/smtp-receive/session.h"
#include "lib/mail/submit_header.h"

/* A message on its way.  {.session = ...} begins it, submission_free ends
 * it. */
struct submission {
	struct session *session;
	struct submit_text text;
	struct str domain;  /* of a Message-ID that is added */
	struct str foreign; /* the address in From that was not the login's */
};

/* May the login write as the envelope's sender, and write now?  Answers (and
 * logs) when it may not. */
bool submission_begin(struct session *session);

/* Writes bytes (decoded, LF line ends) into the drop file, mending the header
 * on its way.  A fault ends the message. */
enum submit_fault submission_write(struct submission *submission,
    struct slice bytes);

/* The message is over: writes what was held back. */
enum submit_fault submission_end(struct submission *submission);

/* Counts a message that is about to be accepted.  False: others were faster,
 * and it is one too many. */
bool submission_count(struct session *session);

void submission_free(struct submission *submission);

#endif
