/* tls_look - what a server showed in the handshake, for people to judge. */
#ifndef BASE_TLS_LOOK_H
#define BASE_TLS_LOOK_H

#include "lib/base/str.h"

/* {0} is one of nothing.  All of it is in the server's words: it may lie, and
 * may hold any bytes. */
struct tls_look {
	struct str version;     /* "TLSv1.3 TLS_AES_256_GCM_SHA384" */
	struct str name;        /* of the certificate: its first DNS name, or
	                         * its subject; empty: no certificate */
	struct str issuer;
	struct str until;       /* "2026-12-31", UTC */
	struct str fingerprint; /* SHA-256 of it, 64 hex digits */
};

struct ssl_st;

/* Replaces *look by what this connection has, after its handshake. */
void tls_look_take(struct tls_look *look, struct ssl_st *ssl);
void tls_look_free(struct tls_look *look);

#endif
