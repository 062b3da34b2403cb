/* password - does a password fit a stored hash? */
#ifndef AUTH_CHECK_PASSWORD_H
#define AUTH_CHECK_PASSWORD_H

#include "lib/base/str.h"

enum { STORED_MAX = 512 };

/* stored: a crypt(3) hash, "{SSHA512}BASE64", or (built with libsodium)
 * "{ARGON2ID}$argon2id$...".  Takes as long as the hash wants, whatever the
 * password; compares in constant time.  False for a form it does not know. */
bool password_fits(struct slice stored, struct slice password);

/* A hash of the usual cost that no password fits: what an unknown account is
 * measured against, so that it costs the same.  False when crypt(3) fails. */
bool password_dummy(struct str *stored);

#endif
