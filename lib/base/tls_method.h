/* tls_method - private keys that are elsewhere; the inside of tls.c. */
#ifndef BASE_TLS_METHOD_H
#define BASE_TLS_METHOD_H

#include "lib/base/tls.h"

#include <openssl/evp.h>

/* A key for SSL_CTX_use_PrivateKey: public is the certificate's; signing asks
 * the signer.  The caller's to free, or NULL (an RSA or EC key it must be). */
EVP_PKEY *tls_method_key(EVP_PKEY *public_key, const char *key_hash,
    const struct tls_signer *signer);

#endif
