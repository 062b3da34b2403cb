/* passport - proof that a login happened; see passport.h. */
#include "lib/mail/passport.h"

#include "lib/base/io.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { NUMBER_DIGITS = 16, MAC_LEN = 32, MINUTE_US = 60 * 1000000 };

static void
put_hex(struct str *to, const unsigned char *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++)
		str_addf(to, "%02x", bytes[i]);
}

/* 0, or -1 with errno. */
static int
read_key(int dir_fd, const char *name, unsigned char *key, uint64_t *made_s)
{
	struct stat st;
	ssize_t n;
	int fd = openat(dir_fd, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);

	if (fd < 0)
		return -1;
	n = read_all(fd, key, PASSPORT_KEY_LEN);
	if (fstat(fd, &st) == 0)
		*made_s = (uint64_t)st.st_mtime;
	close(fd);
	if (n == PASSPORT_KEY_LEN)
		return 0;
	if (n >= 0)
		errno = EPROTO;
	return -1;
}

int
passport_keys_read(int dir_fd, struct passport_keys *keys)
{
	uint64_t previous_s;

	if (read_key(dir_fd, "current", keys->current, &keys->current_s) < 0)
		return -1;
	keys->has_previous = read_key(dir_fd, "previous", keys->previous,
				 &previous_s) == 0;
	return 0;
}

static int
write_key(int dir_fd, const char *name)
{
	unsigned char key[PASSPORT_KEY_LEN];
	int fd, result = -1;

	if (RAND_priv_bytes(key, sizeof key) != 1) {
		errno = EIO;
		return -1;
	}
	fd = openat(dir_fd, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC |
	    O_NOFOLLOW, 0640);
	if (fd < 0)
		return -1;
	if (write_all(fd, key, sizeof key) == 0 && fsync(fd) == 0)
		result = 0;
	if (close(fd) < 0)
		result = -1;
	OPENSSL_cleanse(key, sizeof key);
	return result;
}

int
passport_keys_renew(int dir_fd)
{
	if (write_key(dir_fd, "next") < 0)
		return -1;
	if (renameat(dir_fd, "current", dir_fd, "previous") < 0 &&
	    errno != ENOENT)
		return -1;
	/* Between the two renames there is only a previous one: readers keep
	 * what they have until there is a current key again. */
	if (renameat(dir_fd, "next", dir_fd, "current") < 0)
		return -1;
	return fsync(dir_fd);
}

static void
put_mac(struct str *to, const unsigned char *key, struct slice account,
    struct slice numbers)
{
	unsigned char mac[EVP_MAX_MD_SIZE];
	struct str text = {0};
	unsigned len = 0;

	str_add_slice(&text, account);
	str_putc(&text, '\0');
	str_add_slice(&text, numbers);
	HMAC(EVP_sha256(), key, PASSPORT_KEY_LEN,
	    (const unsigned char *)text.s, text.len, mac, &len);
	put_hex(to, mac, MAC_LEN);
	str_free(&text);
}

void
passport_mint(struct str *to, const struct passport_keys *keys,
    struct slice account, uint64_t now_us)
{
	unsigned char nonce[NUMBER_DIGITS / 2] = {0};
	struct str numbers = {0};

	/* The nonce only makes two of one microsecond differ. */
	(void)RAND_bytes(nonce, sizeof nonce);
	str_addf(&numbers, "%016llx", (unsigned long long)now_us);
	put_hex(&numbers, nonce, sizeof nonce);
	str_add_slice(to, str_slice(&numbers));
	put_mac(to, keys->current, account, str_slice(&numbers));
	str_free(&numbers);
}

static bool
mac_holds(const unsigned char *key, struct slice account, struct slice passport)
{
	struct slice numbers = slice_make(passport.s, 2 * NUMBER_DIGITS);
	struct str mac = {0};
	bool same;

	put_mac(&mac, key, account, numbers);
	same = CRYPTO_memcmp(mac.s, passport.s + numbers.len, mac.len) == 0;
	str_free(&mac);
	return same;
}

static bool
take_time(struct slice passport, uint64_t *time_us)
{
	*time_us = 0;
	for (size_t i = 0; i < NUMBER_DIGITS; i++) {
		static const char digits[] = "0123456789abcdef";
		const char *digit = passport.s[i] ?
		    strchr(digits, passport.s[i]) : NULL;

		if (!digit)
			return false;
		*time_us = *time_us << 4 | (uint64_t)(digit - digits);
	}
	return true;
}

bool
passport_holds(const struct passport_keys *keys, struct slice passport,
    struct slice account, uint64_t born_us)
{
	const uint64_t life_us = PASSPORT_LIFE_S * 1000000ULL;
	uint64_t minted_us;

	if (passport.len != PASSPORT_LEN || !account.len ||
	    !take_time(passport, &minted_us))
		return false;
	if (!mac_holds(keys->current, account, passport) &&
	    !(keys->has_previous &&
		mac_holds(keys->previous, account, passport)))
		return false;
	/* A minute for a clock that is set back between login and birth. */
	return minted_us <= born_us + MINUTE_US &&
	    (born_us <= minted_us || born_us - minted_us <= life_us);
}
