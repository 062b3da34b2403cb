/*
 * keys - the private keys of cdb/tls-key, and those of the one before it.
 *
 * Sessions show a certificate for as long as they live, and it may be
 * replaced meanwhile.
 */
#ifndef TLS_KEY_KEYS_H
#define TLS_KEY_KEYS_H

#include "control/config.h"

#include <openssl/evp.h>

struct kept_key {
	char *hash;
	EVP_PKEY *key;
};

struct keys {
	struct config config;     /* cdb/tls-key */
	struct cdb_file previous;
	struct kept_key *v;       /* decoded: costs more than to sign */
	size_t len, cap;
};

/* Opens cdb/tls-key, or ends the program. */
void keys_open(struct keys *keys);

/* The key whose SubjectPublicKeyInfo has this SHA-256 (hex), valid until the
 * next call.  NULL: there is none. */
EVP_PKEY *keys_find(struct keys *keys, struct slice hash);

#endif
