/*
 * pem - what certificates and keys in PEM say of themselves.
 *
 * Parsers over a slice; they hold nothing.
 */
#ifndef BASE_PEM_H
#define BASE_PEM_H

#include "lib/base/str.h"

/* SHA-256 of the leaf's SubjectPublicKeyInfo in hex, for a chain; and of a
 * private key.  0, or -1: it is none (a key that is not RSA's or ECDSA's
 * neither: tls-key signs with those). */
int pem_chain_key(struct slice chain, struct str *hex);
int pem_private_key(struct slice pem, struct str *hex);

/* The leaf of a chain. */
struct pem_leaf {
	uint64_t expiry_s;   /* since 1970 */
	bool is_self_signed; /* clients know it only if they were told */
	bool is_for_host;    /* RFC 6125: subject alternative names, or CN */
};

/* host may be "".  0, or -1: this is no chain. */
int pem_chain_look(struct slice chain, const char *host,
    struct pem_leaf *leaf);

#endif
