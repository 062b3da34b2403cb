/* password - does a password fit a stored hash?  See password.h. */
#include "cmd/auth-check/password.h"

#include <crypt.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>
#ifdef HAVE_SODIUM
#include <sodium.h>
#endif

enum { SHA512_LEN = 64, SALT_MAX = 64 };

static const char ssha512[] = "{SSHA512}";

static bool
crypt_fits(const char *stored, const char *password)
{
	struct crypt_data *data = mem_alloc(sizeof *data);
	const char *hash = crypt_r(password, stored, data);
	size_t len = strlen(stored);
	bool fits = hash && hash[0] != '*' && strlen(hash) == len &&
	    CRYPTO_memcmp(hash, stored, len) == 0;

	OPENSSL_cleanse(data, sizeof *data);
	free(data);
	return fits;
}

/* Base64 of SHA-512(password, salt), salt. */
static bool
ssha512_fits(struct slice base64, struct slice password)
{
	unsigned char bytes[STORED_MAX], digest[EVP_MAX_MD_SIZE];
	EVP_MD_CTX *md;
	size_t padding = 0;
	unsigned len = 0;
	int n = base64.len > STORED_MAX ? -1 :
	    EVP_DecodeBlock(bytes, (const unsigned char *)base64.s,
		(int)base64.len);

	while (padding < base64.len && padding < 2 &&
	    base64.s[base64.len - 1 - padding] == '=')
		padding++;
	n -= (int)padding;
	if (n <= SHA512_LEN || n > SHA512_LEN + SALT_MAX)
		return false;
	md = EVP_MD_CTX_new();
	if (!md || EVP_DigestInit_ex(md, EVP_sha512(), NULL) != 1 ||
	    EVP_DigestUpdate(md, password.s, password.len) != 1 ||
	    EVP_DigestUpdate(md, bytes + SHA512_LEN,
		(size_t)(n - SHA512_LEN)) != 1 ||
	    EVP_DigestFinal_ex(md, digest, &len) != 1)
		len = 0;
	EVP_MD_CTX_free(md);
	return len == SHA512_LEN &&
	    CRYPTO_memcmp(digest, bytes, SHA512_LEN) == 0;
}

#ifdef HAVE_SODIUM
static bool
argon2_fits(const char *stored, struct slice password)
{
	return crypto_pwhash_str_verify(stored, password.s, password.len) == 0;
}
#else
static bool
argon2_fits(const char *stored, struct slice password)
{
	(void)stored;
	(void)password;
	return false;
}
#endif

bool
password_fits(struct slice stored, struct slice password)
{
	static const char argon2id[] = "{ARGON2ID}";
	struct str hash = {0}, text = {0};
	bool fits = false;

	/* A NUL would end it early for crypt(3). */
	if (slice_find(password, '\0') < password.len ||
	    stored.len > STORED_MAX)
		return false;
	str_add_slice(&hash, stored);
	str_add_slice(&text, password);
	if (slice_starts(stored, ssha512))
		fits = ssha512_fits(slice_after(stored,
		    sizeof ssha512 - 1), password);
	else if (slice_starts(stored, argon2id))
		fits = argon2_fits(str_c(&hash) + sizeof argon2id - 1,
		    password);
	else
		fits = crypt_fits(str_c(&hash), str_c(&text));
	OPENSSL_cleanse(text.s, text.cap);
	str_free(&text);
	str_free(&hash);
	return fits;
}

bool
password_dummy(struct str *stored)
{
	char setting[CRYPT_GENSALT_OUTPUT_SIZE];
	struct crypt_data *data = mem_alloc(sizeof *data);
	const char *hash = NULL;

	if (crypt_gensalt_rn(NULL, 0, NULL, 0, setting, sizeof setting))
		hash = crypt_r("no password at all", setting, data);
	if (hash && hash[0] != '*') {
		str_set(stored, hash);
		/* one character off: nothing fits it */
		stored->s[stored->len - 1] ^= 1;
	}
	free(data);
	return hash != NULL;
}
