/*
 * passport - proof that a login happened.
 *
 * auth-check mints one at each accepted login; smtp-receive puts it into the
 * envelope beside the account; queue-manager believes the account only if the
 * passport holds.  A passport is "TIME NONCE MAC" without blanks: 16 hex
 * digits of microseconds since 1970, 16 of nonce, 64 of HMAC-SHA256 over
 * account, NUL, time, nonce.  The keys lie in state/passport (phauth's,
 * readable by phqueue): "current", and those before it, each named
 * "until.SECONDS" by when it was replaced.  Mail waits for months, and its
 * passport is asked for again at each start, so old keys stay; one holds only
 * for what was minted in its time, so it is of no use to whoever finds it.
 */
#ifndef MAIL_PASSPORT_H
#define MAIL_PASSPORT_H

#include "lib/base/key_file.h"
#include "lib/base/str.h"

enum {
	PASSPORT_KEY_LEN = KEY_FILE_LEN,
	PASSPORT_LEN = 96,
	PASSPORT_LIFE_S = 3600, /* how old it may be when the message is born */
	PASSPORT_KEYS_MAX = 128 /* of which the newest count: ten years */
};

struct passport_key {
	unsigned char bytes[PASSPORT_KEY_LEN];
	uint64_t until_s; /* since 1970; UINT64_MAX for the current one */
};

struct passport_keys {
	struct passport_key v[PASSPORT_KEYS_MAX]; /* the first: current */
	size_t len;
	uint64_t current_s; /* since 1970: when it was made */
};

/* Reads the keys below dir_fd (state/passport).  0, or -1 with errno (EPROTO:
 * not a key).  Whoever holds keys wipes them at the end. */
int passport_keys_read(int dir_fd, struct passport_keys *keys);

/* Makes a new current key; the old one is kept.  0 or -1. */
int passport_keys_renew(int dir_fd);

/* Appends a passport for account (normalized), minted at now_us. */
void passport_mint(struct str *to, const struct passport_keys *keys,
    struct slice account, uint64_t now_us);

/* Holds it for this account, for a message born at born_us?  Compares in
 * constant time. */
bool passport_holds(const struct passport_keys *keys, struct slice passport,
    struct slice account, uint64_t born_us);

#endif
