/* pem - what certificates and keys in PEM say of themselves; see pem.h. */
#include "lib/base/pem.h"

#include "lib/base/hex.h"

#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <time.h>

static X509 *
leaf_of(struct slice chain)
{
	BIO *bio = BIO_new_mem_buf(chain.s, (int)chain.len);
	X509 *leaf = bio ? PEM_read_bio_X509(bio, NULL, NULL, NULL) : NULL;

	BIO_free(bio);
	return leaf;
}

static int
key_hash(EVP_PKEY *key, struct str *hex)
{
	unsigned char digest[EVP_MAX_MD_SIZE], *der = NULL;
	int len = i2d_PUBKEY(key, &der);
	unsigned n = 0;

	if (len > 0)
		EVP_Digest(der, (size_t)len, digest, &n, EVP_sha256(), NULL);
	OPENSSL_free(der);
	hex_add(hex, digest, n);
	return n ? 0 : -1;
}

int
pem_chain_key(struct slice chain, struct str *hex)
{
	X509 *leaf = leaf_of(chain);
	EVP_PKEY *key = leaf ? X509_get0_pubkey(leaf) : NULL;
	int result = key ? key_hash(key, hex) : -1;

	X509_free(leaf);
	return result;
}

/* OpenSSL would ask at the terminal. */
static int
no_passphrase(char *to, int size, int is_writing, void *context)
{
	(void)to;
	(void)size;
	(void)is_writing;
	(void)context;
	return -1;
}

int
pem_private_key(struct slice pem, struct str *hex)
{
	BIO *bio = BIO_new_mem_buf(pem.s, (int)pem.len);
	EVP_PKEY *key = bio ?
	    PEM_read_bio_PrivateKey(bio, NULL, no_passphrase, NULL) : NULL;
	int kind = key ? EVP_PKEY_get_base_id(key) : EVP_PKEY_NONE;
	int result = -1;

	if (kind == EVP_PKEY_RSA || kind == EVP_PKEY_EC)
		result = key_hash(key, hex);
	EVP_PKEY_free(key);
	BIO_free(bio);
	return result;
}

int
pem_chain_look(struct slice chain, const char *host, struct pem_leaf *to)
{
	X509 *leaf = leaf_of(chain);
	struct tm when;
	int result = leaf &&
		ASN1_TIME_to_tm(X509_get0_notAfter(leaf), &when) == 1 ? 0 : -1;

	if (result == 0) {
		to->expiry_s = (uint64_t)timegm(&when);
		to->is_self_signed = X509_self_signed(leaf, 0) == 1;
		to->is_for_host = X509_check_host(leaf, host, 0, 0, NULL) == 1;
	}
	X509_free(leaf);
	return result;
}
