/* passport - proof that a login happened; see passport.h. */
#include "lib/mail/passport.h"

#include "lib/base/clock.h"
#include "lib/base/hex.h"
#include "lib/base/io.h"

#include <errno.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define UNTIL "until."
/* A worker of auth-check hears of a new key within a minute or so. */
enum {
	NUMBER_DIGITS = 16,
	MAC_LEN = 32,
	MINUTE_US = 60 * 1000000,
	REPLACED_S = 600
};

/* "until.SECONDS": 0 when it is none. */
static uint64_t
until_of(const char *name)
{
	const size_t len = strlen(UNTIL);
	uint64_t until_s;

	return !strncmp(name, UNTIL, len) &&
	    slice_u64(slice_of(name + len), UINT64_MAX - 1, &until_s)
	    ? until_s : 0;
}

/* Where the next key goes: the oldest makes room. */
static struct passport_key *
room_for(struct passport_keys *keys, uint64_t until_s)
{
	struct passport_key *oldest = &keys->v[0];

	if (keys->len < PASSPORT_KEYS_MAX)
		return &keys->v[keys->len++];
	for (size_t i = 1; i < keys->len; i++)
		if (keys->v[i].until_s < oldest->until_s)
			oldest = &keys->v[i];
	return oldest->until_s < until_s ? oldest : NULL;
}

/* One that cannot be read holds for nothing. */
static void
read_old(int dir_fd, const char *name, struct passport_keys *keys)
{
	struct passport_key key = {.until_s = until_of(name)};
	struct passport_key *room;

	if (!key.until_s || key_file_read(dir_fd, name, key.bytes, NULL) < 0)
		return;
	room = room_for(keys, key.until_s);
	if (room)
		*room = key;
	OPENSSL_cleanse(&key, sizeof key);
}

int
passport_keys_read(int dir_fd, struct passport_keys *keys)
{
	DIR *dir = list_dir(dir_fd, ".");
	const struct dirent *entry;

	if (!dir)
		return -1;
	keys->len = 1;
	keys->v[0].until_s = UINT64_MAX;
	while ((entry = readdir(dir)))
		read_old(dir_fd, entry->d_name, keys);
	closedir(dir);
	return key_file_read(dir_fd, "current", keys->v[0].bytes,
	    &keys->current_s);
}

int
passport_keys_renew(int dir_fd)
{
	char old[sizeof UNTIL + 20];

	snprintf(old, sizeof old, UNTIL "%llu",
	    (unsigned long long)clock_wall_s());
	if (key_file_make(dir_fd, "next", 0640) < 0)
		return -1;
	if (renameat(dir_fd, "current", dir_fd, old) < 0 && errno != ENOENT)
		return -1;
	/* Between the two renames there is no current one: readers keep what
	 * they have until there is. */
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
	hex_add(to, mac, MAC_LEN);
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
	hex_add(&numbers, nonce, sizeof nonce);
	str_add_slice(to, str_slice(&numbers));
	put_mac(to, keys->v[0].bytes, account, str_slice(&numbers));
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

/* A key of its time? */
static bool
any_holds(const struct passport_keys *keys, struct slice account,
    struct slice passport, uint64_t minted_us)
{
	const uint64_t minted_s = minted_us / 1000000;

	for (size_t i = 0; i < keys->len; i++)
		if ((keys->v[i].until_s >= minted_s ||
			minted_s - keys->v[i].until_s <= REPLACED_S) &&
		    mac_holds(keys->v[i].bytes, account, passport))
			return true;
	return false;
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
	if (!any_holds(keys, account, passport, minted_us))
		return false;
	/* A minute for a clock that is set back between login and birth. */
	return minted_us <= born_us + MINUTE_US &&
	    (born_us <= minted_us || born_us - minted_us <= life_us);
}
