/*
 * sign - what smtp-receive and tls-key say to each other.
 *
 * On run/key/s (SOCK_SEQPACKET): one request and one answer a connection.
 * tls-key signs TLS handshake digests and nothing else: for ECDSA digests of
 * 32, 48 or 64 bytes; for RSA blocks of the modulus' length that are EMSA-PSS
 * (RFC 8017 9.1) or EMSA-PKCS1-v1_5 with a DigestInfo (9.2).
 */
#ifndef MAIL_SIGN_H
#define MAIL_SIGN_H

#include "lib/base/record.h"

enum { SIGN_HEX_MAX = 2048 };

struct sign_request {
	struct str key;   /* SHA-256 of its SubjectPublicKeyInfo, hex */
	struct str kind;  /* "ecdsa" or "rsa" */
	struct str bytes; /* hex: the digest, or the encoded block */
};

struct sign_answer {
	struct str signature; /* hex; empty: refused */
	struct str why;       /* then, for the log */
};

extern const struct record_field sign_request_fields[];
extern const struct record_field sign_answer_fields[];

#endif
