/*
 * login - AUTH: RFC 4954, by PLAIN and LOGIN, and only under TLS.
 *
 * Who a password belongs to is auth-check's word, and so is the passport that
 * proves it to queue-manager.  Passwords are wiped from memory at once.
 */
#ifndef SMTP_RECEIVE_LOGIN_H
#define SMTP_RECEIVE_LOGIN_H

#include "cmd/smtp-receive/session.h"

/* Obeys AUTH with this argument.  The caller wipes what was read. */
void login_obey(struct session *session, struct slice argument);

/* Is AUTH offered now? */
bool login_is_possible(const struct session *session);

/* May there be no letter, for want of a login? */
bool login_is_missing(const struct session *session);

/* Would queue-manager not believe its passport any more?  The client has to
 * come again. */
bool login_is_old(const struct session *session);

#endif
