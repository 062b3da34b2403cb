/* test_block - tls-key signs what TLS makes, and nothing that looks like it. */
/* links: cmd/tls-key/block.c */
#include "cmd/tls-key/block.h"
#include "tests/unit/unit.h"

#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/rand.h>
#include <string.h>

/* 1025: one bit more than whole bytes, where EM is a byte shorter. */
static const int sizes[] = {1024, 1025, 2048, 2056, 3072};
enum { SIZES = 5, BLOCK_MAX = 384 };

static const struct {
	const char *name;
	int is_allowed;
} hashes[] = {
	{"SHA256", 1}, {"SHA384", 1}, {"SHA512", 1}, {"SHA1", 0},
	{"SHA224", 0}, {"SHA3-256", 0},
};
enum { HASHES = 6 };

struct block {
	unsigned char s[BLOCK_MAX];
	size_t len;
};

static struct slice
slice_of_block(const struct block *block)
{
	return slice_make((const char *)block->s, block->len);
}

static EVP_PKEY *
make_key(int bits)
{
	EVP_PKEY *key = EVP_RSA_gen((unsigned)bits);

	ck_assert_ptr_nonnull(key);
	return key;
}

/* The block that OpenSSL padded: what the public key makes of a signature. */
static void
sign_and_open(EVP_PKEY *key, const char *hash, int padding, int salt,
    struct block *block)
{
	unsigned char signature[BLOCK_MAX];
	size_t len = sizeof signature;
	EVP_MD_CTX *md = EVP_MD_CTX_new();
	EVP_PKEY_CTX *context = NULL;

	ck_assert_int_eq(EVP_DigestSignInit_ex(md, &context, hash, NULL, NULL,
	    key, NULL), 1);
	ck_assert_int_eq(EVP_PKEY_CTX_set_rsa_padding(context, padding), 1);
	if (padding == RSA_PKCS1_PSS_PADDING)
		ck_assert_int_eq(EVP_PKEY_CTX_set_rsa_pss_saltlen(context,
		    salt), 1);
	ck_assert_int_eq(EVP_DigestSign(md, signature, &len,
	    (const unsigned char *)"words", 5), 1);
	EVP_MD_CTX_free(md);
	context = EVP_PKEY_CTX_new(key, NULL);
	ck_assert_int_eq(EVP_PKEY_encrypt_init(context), 1);
	ck_assert_int_eq(EVP_PKEY_CTX_set_rsa_padding(context,
	    RSA_NO_PADDING), 1);
	block->len = sizeof block->s;
	ck_assert_int_eq(EVP_PKEY_encrypt(context, block->s, &block->len,
	    signature, len), 1);
	EVP_PKEY_CTX_free(context);
}

static bool
is_signed(const struct block *block, int bits)
{
	return block_is_pkcs1(slice_of_block(block)) ||
	    block_is_pss(slice_of_block(block), (unsigned)bits);
}

START_TEST(blocks_that_openssl_makes_pass)
{
	int bits = sizes[_i];
	EVP_PKEY *key = make_key(bits);

	for (int i = 0; i < HASHES; i++) {
		struct block block;

		sign_and_open(key, hashes[i].name, RSA_PKCS1_PADDING, 0,
		    &block);
		ck_assert_int_eq(block_is_pkcs1(slice_of_block(&block)),
		    hashes[i].is_allowed);
		if (bits < 2048 && !strcmp(hashes[i].name, "SHA512"))
			continue; /* does not fit with its salt */
		sign_and_open(key, hashes[i].name, RSA_PKCS1_PSS_PADDING,
		    RSA_PSS_SALTLEN_DIGEST, &block);
		ck_assert_int_eq(block_is_pss(slice_of_block(&block),
		    (unsigned)bits), hashes[i].is_allowed);
	}
	EVP_PKEY_free(key);
}
END_TEST

START_TEST(salts_of_other_lengths_do_not)
{
	EVP_PKEY *key = make_key(2048);
	static const int salts[] = {0, 20, 31, 33, RSA_PSS_SALTLEN_MAX};

	for (size_t i = 0; i < sizeof salts / sizeof *salts; i++) {
		struct block block;

		sign_and_open(key, "SHA256", RSA_PKCS1_PSS_PADDING, salts[i],
		    &block);
		ck_assert(!block_is_pss(slice_of_block(&block), 2048));
	}
	EVP_PKEY_free(key);
}
END_TEST

/* Any bit of a PKCS1 block but those of the digest; of a PSS block only what
 * the mask hides is free. */
START_TEST(altered_pkcs1_blocks_do_not)
{
	EVP_PKEY *key = make_key(2048);
	struct block block;

	sign_and_open(key, "SHA256", RSA_PKCS1_PADDING, 0, &block);
	for (size_t i = 0; i < 8 * (block.len - 32); i++) {
		block.s[i / 8] ^= (unsigned char)(1 << i % 8);
		ck_assert(!is_signed(&block, 2048));
		block.s[i / 8] ^= (unsigned char)(1 << i % 8);
	}
	ck_assert(is_signed(&block, 2048));
	/* shorter padding, the digest followed by rubbish: Bleichenbacher's
	 * forgery of 2006 */
	memmove(block.s + 11, block.s + block.len - 52, 52);
	block.s[10] = 0;
	ck_assert(!is_signed(&block, 2048));
	EVP_PKEY_free(key);
}
END_TEST

START_TEST(altered_pss_blocks_do_not)
{
	EVP_PKEY *key = make_key(2048);
	struct block block;
	unsigned passed = 0;

	sign_and_open(key, "SHA256", RSA_PKCS1_PSS_PADDING,
	    RSA_PSS_SALTLEN_DIGEST, &block);
	for (size_t i = 0; i < 8 * block.len; i++) {
		block.s[i / 8] ^= (unsigned char)(1 << i % 8);
		if (is_signed(&block, 2048))
			passed++;
		block.s[i / 8] ^= (unsigned char)(1 << i % 8);
	}
	/* the salt under its mask: another salt is as good */
	ck_assert_uint_eq(passed, 8 * 32);
	EVP_PKEY_free(key);
}
END_TEST

START_TEST(ciphertexts_do_not)
{
	EVP_PKEY *key = make_key(2048);
	static const int paddings[] = {
		RSA_PKCS1_PADDING, RSA_PKCS1_OAEP_PADDING};

	for (int i = 0; i < 200; i++) {
		EVP_PKEY_CTX *context = EVP_PKEY_CTX_new(key, NULL);
		struct block block = {.len = sizeof block.s};

		ck_assert_int_eq(EVP_PKEY_encrypt_init(context), 1);
		ck_assert_int_eq(EVP_PKEY_CTX_set_rsa_padding(context,
		    paddings[i % 2]), 1);
		ck_assert_int_eq(EVP_PKEY_encrypt(context, block.s,
		    &block.len, (const unsigned char *)"secret", 6), 1);
		ck_assert(!is_signed(&block, 2048));
		EVP_PKEY_CTX_free(context);
	}
	EVP_PKEY_free(key);
}
END_TEST

START_TEST(random_blocks_do_not)
{
	for (int i = 0; i < 20000; i++) {
		struct block block = {.len = 256};

		ck_assert_int_eq(RAND_bytes(block.s, 256), 1);
		block.s[0] &= 0x7f;
		block.s[255] = 0xbc;
		ck_assert(!is_signed(&block, 2048));
	}
}
END_TEST

START_TEST(blocks_of_another_size_do_not)
{
	EVP_PKEY *key = make_key(2048);
	struct block pss, pkcs1;

	sign_and_open(key, "SHA256", RSA_PKCS1_PSS_PADDING,
	    RSA_PSS_SALTLEN_DIGEST, &pss);
	sign_and_open(key, "SHA256", RSA_PKCS1_PADDING, 0, &pkcs1);
	for (pss.len = pkcs1.len = 0; pss.len < 256; pss.len++, pkcs1.len++) {
		ck_assert(!is_signed(&pss, 2048));
		ck_assert(!is_signed(&pkcs1, 2048));
	}
	ck_assert(!block_is_pss(slice_of_block(&pss), 2049));
	ck_assert(!block_is_pss(slice_of_block(&pss), 0));
	EVP_PKEY_free(key);
}
END_TEST

START_TEST(digests_have_three_sizes)
{
	static const char bytes[100];

	for (size_t len = 0; len < sizeof bytes; len++)
		ck_assert_int_eq(block_is_digest(slice_make(bytes, len)),
		    len == 32 || len == 48 || len == 64);
}
END_TEST

int
main(void)
{
	struct unit unit = unit_make("block");

	tcase_set_timeout(unit.cases, 60);
	tcase_add_loop_test(unit.cases, blocks_that_openssl_makes_pass, 0,
	    SIZES);
	tcase_add_test(unit.cases, salts_of_other_lengths_do_not);
	tcase_add_test(unit.cases, altered_pkcs1_blocks_do_not);
	tcase_add_test(unit.cases, altered_pss_blocks_do_not);
	tcase_add_test(unit.cases, ciphertexts_do_not);
	tcase_add_test(unit.cases, random_blocks_do_not);
	tcase_add_test(unit.cases, blocks_of_another_size_do_not);
	tcase_add_test(unit.cases, digests_have_three_sizes);
	return unit_run(unit);
}
