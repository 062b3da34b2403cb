/* tls_bio - OpenSSL's way to a stream's socket; for tls.c and its kin. */
#ifndef BASE_TLS_BIO_H
#define BASE_TLS_BIO_H

#include "lib/base/stream.h"

#include <openssl/bio.h>

/* Reads and writes the stream's descriptor, every time within the stream's
 * deadline: OpenSSL waits for whole records, which a peer may drip.  Past the
 * deadline it asks to be called again.  NULL: out of memory. */
BIO *tls_bio_make(const BIO_METHOD *method, struct stream *stream);

/* What tls_bio_make needs, once for many; BIO_meth_free ends it. */
BIO_METHOD *tls_bio_method(void);

#endif
