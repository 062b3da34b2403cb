/* password - ask for one and hash it. */
#ifndef POSTHOUSE_ACCOUNT_PASSWORD_H
#define POSTHOUSE_ACCOUNT_PASSWORD_H

#include "lib/base/str.h"

/* Replaces *hash by "{CRYPT}..." (yescrypt) of a password that is asked for
 * twice on a terminal, or is the first line of standard input.  Ends the
 * program when there is none, or none that can be used. */
void password_ask(const char *address, struct str *hash);

#endif
