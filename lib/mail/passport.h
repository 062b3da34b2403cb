/*
 * passport - proof that a login happened: DESIGN section 4.
 *
 * auth-check mints one at each accepted login; smtp-receive puts it into the
 * envelope beside the account; queue-manager believes the account only if the
 * passport holds.  A passport is "TIME NONCE MAC" without blanks: 16 hex
 * digits of microseconds since 1970, 16 of nonce, 64 of HMAC-SHA256 over
 * account, NUL, time, nonce.  The keys lie in state/passport (phauth's,
 * readable by phqueue): "current", and "previous" for as long as mail that
 * was sent under it may wait.
 */
#ifndef MAIL_PASSPORT_H
#define MAIL_PASSPORT_H

#include "lib/base/str.h"

enum {
	PASSPORT_KEY_LEN = 32,
	PASSPORT_LEN = 96,
	PASSPORT_LIFE_S = 3600 /* how old it may be when the message is born */
};

struct passport_keys {
	unsigned char current[PASSPORT_KEY_LEN], previous[PASSPORT_KEY_LEN];
	bool has_previous;
	uint64_t current_s; /* since 1970: when it was made */
};

/* Reads the keys below dir_fd (state/passport).  0, or -1 with errno (EPROTO:
 * not a key).  Whoever holds keys wipes them at the end. */
int passport_keys_read(int dir_fd, struct passport_keys *keys);

/* Makes a new current key; the old one becomes the previous.  0 or -1. */
int passport_keys_renew(int dir_fd);

/* Appends a passport for account (normalized), minted at now_us. */
void passport_mint(struct str *to, const struct passport_keys *keys,
    struct slice account, uint64_t now_us);

/* Holds it for this account, for a message born at born_us?  Compares in
 * constant time. */
bool passport_holds(const struct passport_keys *keys, struct slice passport,
    struct slice account, uint64_t born_us);

#endif
