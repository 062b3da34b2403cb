/* etrn - ETRN: a client asks for the mail that waits for its domain. */
#ifndef SMTP_RECEIVE_ETRN_H
#define SMTP_RECEIVE_ETRN_H

#include "cmd/smtp-receive/session.h"

/* Is it one that may ask for anything?  What for, etrn-serve says. */
bool etrn_is_possible(const struct session *session);

/* ETRN with this argument, from question to reply. */
void etrn_obey(struct session *session, struct slice argument);

#endif
