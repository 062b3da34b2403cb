/* block - is this what a TLS handshake has signed, and nothing else? */
#ifndef TLS_KEY_BLOCK_H
#define TLS_KEY_BLOCK_H

#include "lib/base/str.h"

/* A digest of SHA-256, -384 or -512. */
bool block_is_digest(struct slice bytes);

/* RFC 8017 9.1: EMSA-PSS with one of those hashes, its MGF1, and a salt as
 * long as the hash (RFC 8446 4.2.3); modulus_bits is the key's. */
bool block_is_pss(struct slice block, unsigned modulus_bits);

/* RFC 8017 9.2: EMSA-PKCS1-v1_5 with the DigestInfo of one of those hashes,
 * full padding. */
bool block_is_pkcs1(struct slice block);

#endif
