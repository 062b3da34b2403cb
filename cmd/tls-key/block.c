/*
 * block - is this what a TLS handshake has signed?  See block.h.
 *
 * TLS asks for raw RSA operations; unchecked, that would be a decryption
 * oracle for everything ever encrypted to the key, and a signing oracle for
 * any format.  A ciphertext passes these checks by chance once in 2^400 times.
 */
#include "cmd/tls-key/block.h"

#include <openssl/evp.h>
#include <string.h>

enum { HASHES = 3, HASH_MAX = 64 };

static const struct hash {
	const EVP_MD *(*md)(void);
	size_t len;
	/* DER of DigestInfo up to the digest: RFC 8017 9.2, note 1 */
	const char info[20];
} hashes[HASHES] = {
	{EVP_sha256, 32, "\x30\x31\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03"
	    "\x04\x02\x01\x05\x00\x04\x20"},
	{EVP_sha384, 48, "\x30\x41\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03"
	    "\x04\x02\x02\x05\x00\x04\x30"},
	{EVP_sha512, 64, "\x30\x51\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03"
	    "\x04\x02\x03\x05\x00\x04\x40"},
};
enum { INFO_LEN = 19 };

bool
block_is_digest(struct slice bytes)
{
	for (size_t i = 0; i < HASHES; i++)
		if (bytes.len == hashes[i].len)
			return true;
	return false;
}

/* RFC 8017 B.2.1: xors the mask that seed makes over db. */
static bool
unmask(const struct hash *hash, const unsigned char *seed, unsigned char *db,
    size_t len)
{
	unsigned char mask[EVP_MAX_MD_SIZE], input[HASH_MAX + 4];
	unsigned n;

	memcpy(input, seed, hash->len);
	for (size_t at = 0, count = 0; at < len; at += hash->len, count++) {
		input[hash->len] = 0;
		input[hash->len + 1] = (unsigned char)(count >> 16);
		input[hash->len + 2] = (unsigned char)(count >> 8);
		input[hash->len + 3] = (unsigned char)count;
		if (EVP_Digest(input, hash->len + 4, mask, &n, hash->md(),
			NULL) != 1)
			return false;
		for (size_t i = 0; i < hash->len && at + i < len; i++)
			db[at + i] ^= mask[i];
	}
	return true;
}

static bool
is_zero(const unsigned char *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (bytes[i])
			return false;
	return true;
}

/* EM is masked DB, H, 0xbc; DB is zeros, 0x01, salt. */
static bool
is_pss_of(const struct hash *hash, const unsigned char *em, size_t len,
    unsigned top_bits)
{
	unsigned char db[1024];
	size_t db_len, zeros;

	if (len < 2 * hash->len + 2 || len > sizeof db)
		return false;
	db_len = len - hash->len - 1;
	zeros = db_len - hash->len - 1;
	memcpy(db, em, db_len);
	if (em[len - 1] != 0xbc || em[0] >> (8 - top_bits) ||
	    !unmask(hash, em + db_len, db, db_len))
		return false;
	db[0] &= (unsigned char)(0xff >> top_bits);
	return is_zero(db, zeros) && db[zeros] == 0x01;
}

bool
block_is_pss(struct slice block, unsigned modulus_bits)
{
	const unsigned char *em = (const unsigned char *)block.s;
	size_t len = block.len;
	unsigned em_bits = modulus_bits - 1;

	if (!len || modulus_bits < 1024 || len != (modulus_bits + 7) / 8)
		return false;
	/* One bit more than whole bytes: EM is a byte shorter. */
	if (em_bits % 8 == 0) {
		if (em[0])
			return false;
		em++;
		len--;
	}
	for (size_t i = 0; i < HASHES; i++)
		if (is_pss_of(&hashes[i], em, len, (unsigned)(8 * len) -
			em_bits))
			return true;
	return false;
}

static bool
is_pkcs1_of(const struct hash *hash, const unsigned char *block, size_t len)
{
	size_t tail = INFO_LEN + hash->len, filled;

	if (len < tail + 11)
		return false;
	filled = len - tail - 3;
	if (block[0] != 0 || block[1] != 1 || block[2 + filled] != 0)
		return false;
	for (size_t i = 0; i < filled; i++)
		if (block[2 + i] != 0xff)
			return false;
	return !memcmp(block + 3 + filled, hash->info, INFO_LEN);
}

bool
block_is_pkcs1(struct slice block)
{
	for (size_t i = 0; i < HASHES; i++)
		if (is_pkcs1_of(&hashes[i], (const unsigned char *)block.s,
			block.len))
			return true;
	return false;
}
