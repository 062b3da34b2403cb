/* verbs - what smtp-receive does at each command: a table. */
#ifndef SMTP_RECEIVE_VERBS_H
#define SMTP_RECEIVE_VERBS_H

#include "cmd/smtp-receive/session.h"

/* Obeys one command line without its CRLF. */
void verbs_obey(struct session *session, struct slice line);

#endif
