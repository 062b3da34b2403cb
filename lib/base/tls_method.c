/*
 * tls_method - private keys that are elsewhere; see tls_method.h.
 *
 * An EVP_PKEY whose RSA or EC_KEY has a method of ours counts as foreign in
 * OpenSSL 3.0, which then leaves it to the method instead of exporting it to
 * a provider.  TLS asks RSA for a raw operation on a padded block (PSS in
 * TLS 1.3), and EC for the signature of a digest.
 */
#define OPENSSL_SUPPRESS_DEPRECATED
#include "lib/base/tls_method.h"

#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <stdlib.h>
#include <string.h>

/* Hangs on the key, and dies with it. */
struct remote {
	const struct tls_signer *signer;
	char *key_hash;
};

static void
forget(struct remote *remote)
{
	if (remote)
		free(remote->key_hash);
	free(remote);
}

static void
free_remote(void *parent, void *pointer, CRYPTO_EX_DATA *data, int index,
    long argl, void *argp)
{
	(void)parent;
	(void)data;
	(void)index;
	(void)argl;
	(void)argp;
	forget(pointer);
}

static int
rsa_slot(void)
{
	static int slot = -1;

	if (slot < 0)
		slot = RSA_get_ex_new_index(0, NULL, NULL, NULL, free_remote);
	return slot;
}

static int
ec_slot(void)
{
	static int slot = -1;

	if (slot < 0)
		slot = EC_KEY_get_ex_new_index(0, NULL, NULL, NULL,
		    free_remote);
	return slot;
}

static struct remote *
make_remote(const char *key_hash, const struct tls_signer *signer)
{
	struct remote *remote = mem_alloc(sizeof *remote);

	remote->signer = signer;
	remote->key_hash = mem_dup(slice_of(key_hash));
	return remote;
}

/* The signature into out, at most max bytes.  Its length, or -1. */
static int
ask(const struct remote *remote, enum tls_sign_kind kind, struct slice bytes,
    unsigned char *out, size_t max)
{
	struct str signature = {0};
	int len = -1;

	if (remote &&
	    remote->signer->sign(remote->signer->context, remote->key_hash,
		kind, bytes, &signature) == 0 &&
	    signature.len && signature.len <= max) {
		memcpy(out, signature.s, signature.len);
		len = (int)signature.len;
	}
	str_free(&signature);
	return len;
}

/* ---- RSA ---- */

static int
rsa_sign(int len, const unsigned char *from, unsigned char *to, RSA *rsa,
    int padding)
{
	size_t size = (size_t)RSA_size(rsa);
	unsigned char *block = mem_alloc(size);
	int result = -1, padded = 0;

	if (padding == RSA_PKCS1_PADDING)
		padded = RSA_padding_add_PKCS1_type_1(block, (int)size, from,
		    len);
	else if (padding == RSA_NO_PADDING && len == (int)size)
		padded = memcpy(block, from, size) != NULL;
	if (padded)
		result = ask(RSA_get_ex_data(rsa, rsa_slot()), TLS_SIGN_RSA,
		    slice_make((const char *)block, size), to, size);
	free(block);
	return result;
}

/* Key exchange by decryption is not offered (ECDHE only), and never done. */
static int
rsa_decrypt(int len, const unsigned char *from, unsigned char *to, RSA *rsa,
    int padding)
{
	(void)len;
	(void)from;
	(void)to;
	(void)rsa;
	(void)padding;
	return -1;
}

static RSA_METHOD *
rsa_method(void)
{
	static RSA_METHOD *method;

	if (!method) {
		method = RSA_meth_dup(RSA_PKCS1_OpenSSL());
		if (method) {
			RSA_meth_set1_name(method, "tls-key");
			RSA_meth_set_priv_enc(method, rsa_sign);
			RSA_meth_set_priv_dec(method, rsa_decrypt);
		}
	}
	return method;
}

static EVP_PKEY *
rsa_key(EVP_PKEY *public_key, struct remote *remote)
{
	RSA *theirs = EVP_PKEY_get1_RSA(public_key);
	RSA *rsa = theirs ? RSAPublicKey_dup(theirs) : NULL;
	EVP_PKEY *key = EVP_PKEY_new();

	RSA_free(theirs);
	if (!rsa || RSA_set_ex_data(rsa, rsa_slot(), remote) != 1)
		forget(remote);
	else if (key && rsa_method() &&
	    RSA_set_method(rsa, rsa_method()) == 1 &&
	    EVP_PKEY_assign_RSA(key, rsa) == 1)
		return key;
	RSA_free(rsa);
	EVP_PKEY_free(key);
	return NULL;
}

/* ---- ECDSA ---- */

static int
ec_sign(int type, const unsigned char *digest, int len, unsigned char *to,
    unsigned *to_len, const BIGNUM *kinv, const BIGNUM *r, EC_KEY *ec)
{
	int n = ask(EC_KEY_get_ex_data(ec, ec_slot()), TLS_SIGN_ECDSA,
	    slice_make((const char *)digest, (size_t)len), to,
	    (size_t)ECDSA_size(ec));

	(void)type;
	(void)kinv;
	(void)r;
	if (n < 0)
		return 0;
	*to_len = (unsigned)n;
	return 1;
}

static EC_KEY_METHOD *
ec_method(void)
{
	static EC_KEY_METHOD *method;

	if (!method) {
		method = EC_KEY_METHOD_new(EC_KEY_OpenSSL());
		if (method)
			EC_KEY_METHOD_set_sign(method, ec_sign, NULL, NULL);
	}
	return method;
}

static EVP_PKEY *
ec_key(EVP_PKEY *public_key, struct remote *remote)
{
	EC_KEY *theirs = EVP_PKEY_get1_EC_KEY(public_key);
	EC_KEY *ec = theirs ? EC_KEY_dup(theirs) : NULL;
	EVP_PKEY *key = EVP_PKEY_new();

	EC_KEY_free(theirs);
	if (!ec || EC_KEY_set_ex_data(ec, ec_slot(), remote) != 1)
		forget(remote);
	else if (key && ec_method() &&
	    EC_KEY_set_method(ec, ec_method()) == 1 &&
	    EVP_PKEY_assign_EC_KEY(key, ec) == 1)
		return key;
	EC_KEY_free(ec);
	EVP_PKEY_free(key);
	return NULL;
}

EVP_PKEY *
tls_method_key(EVP_PKEY *public_key, const char *key_hash,
    const struct tls_signer *signer)
{
	switch (EVP_PKEY_get_base_id(public_key)) {
	case EVP_PKEY_RSA:
		return rsa_key(public_key, make_remote(key_hash, signer));
	case EVP_PKEY_EC:
		return ec_key(public_key, make_remote(key_hash, signer));
	default:
		ERR_raise(ERR_LIB_EVP, EVP_R_UNSUPPORTED_KEY_TYPE);
		return NULL;
	}
}
