/*
 * tls - the server's side of TLS 1.2 and 1.3 on a stream.
 *
 * A parent makes one tls_server; all forked sessions share its ticket keys,
 * so that a client resumes with any of them.  The private key is not here:
 * whoever makes a server gives a function that has handshakes signed.
 *
 * The key method: OpenSSL's RSA_METHOD and EC_KEY_METHOD, deprecated in 3.0
 * but complete there for TLS 1.2 and 1.3.  ARCHITECTURE.md says why not a
 * provider.
 */
#ifndef BASE_TLS_H
#define BASE_TLS_H

#include "lib/base/stream.h"

enum tls_sign_kind {
	TLS_SIGN_ECDSA, /* bytes are a digest */
	TLS_SIGN_RSA    /* bytes are an encoded block, as long as the modulus */
};

/* Has a handshake signed with the private key of a certificate. */
struct tls_signer {
	/* key: SHA-256 of its SubjectPublicKeyInfo, hex.  Appends the
	 * signature.  0, or -1: the handshake fails. */
	int (*sign)(void *context, const char *key, enum tls_sign_kind kind,
	    struct slice bytes, struct str *signature);
	void *context;
};

struct tls_server;

/* One without certificates.  signer must live as long.  NULL when OpenSSL fails
 * (tls_error says why). */
struct tls_server *tls_server_make(const struct tls_signer *signer);
void tls_server_free(struct tls_server *server);

/* Makes new ticket keys: what was encrypted under the old ones stays secret
 * once these are gone.  Clients shake hands in full once.  0, or -1. */
int tls_server_renew(struct tls_server *server);

/* Adds a chain in PEM, leaf first, for clients that ask for name (lower-case
 * A-labels); the first added is also for those who ask for nothing or for
 * something else.  0, or -1: not a chain that can be used. */
int tls_server_add(struct tls_server *server, struct slice name,
    struct slice chain);

/* Shakes hands on a plain stream without unread bytes, within the stream's
 * deadline; from then on it speaks TLS.  STREAM_OK, or what ended it
 * (STREAM_ERROR: tls_error says why); then it is plain, and good for nothing
 * but to be closed. */
enum stream_result tls_accept(struct tls_server *server,
    struct stream *stream);

/* Says goodbye (close_notify, within the deadline) and frees: the stream is
 * plain again.  Harmless on a plain stream. */
void tls_close(struct stream *stream);

/* "TLSv1.3 TLS_AES_256_GCM_SHA384" of a stream that speaks TLS. */
void tls_describe(const struct stream *stream, struct str *to);

/* Appends what OpenSSL complained of last, and forgets it. */
void tls_error(struct str *to);

#endif
