/*
 * tls_stream - TLS below a stream, for tls.c (servers) and tls_client.c;
 * tls_close, tls_describe and tls_error of tls.h are in its .c, too.
 */
#ifndef BASE_TLS_STREAM_H
#define BASE_TLS_STREAM_H

#include "lib/base/stream.h"

#include <openssl/ssl.h>

/* Shakes hands, within the stream's deadline, by SSL_accept or SSL_connect;
 * takes ssl, which may be NULL.  As tls_accept otherwise. */
enum stream_result tls_stream_start(struct stream *stream, SSL *ssl,
    const BIO_METHOD *method, int (*shake)(SSL *ssl));

#endif
