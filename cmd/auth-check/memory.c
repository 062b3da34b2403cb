/* memory - what all workers remember together; see memory.h. */
#include "cmd/auth-check/memory.h"

#include "lib/base/clock.h"
#include "lib/base/shared_lock.h"

#include <errno.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <string.h>
#include <sys/mman.h>

enum {
	RIGHT_MS = 60 * 1000,
	SHELF = 8, /* places that one hash may stand in */
	RIGHT_SHELVES = 512
};

struct right {
	unsigned char mac[MEMORY_MAC_LEN];
	uint64_t until_ms;
};

struct memory {
	pthread_mutex_t lock;
	unsigned char key[MEMORY_KEY_LEN];
	struct right rights[RIGHT_SHELVES][SHELF];
};

struct memory *
memory_open(void)
{
	struct memory *memory = shared_memory(sizeof *memory);

	if (!memory)
		return NULL;
	if (shared_lock_init(&memory->lock) == 0 &&
	    RAND_priv_bytes(memory->key, sizeof memory->key) == 1)
		return memory;
	munmap(memory, sizeof *memory);
	errno = EIO;
	return NULL;
}

void
memory_mac(const struct memory *memory, struct slice account,
    struct slice stored, struct slice password,
    unsigned char mac[MEMORY_MAC_LEN])
{
	struct str text = {0};
	unsigned len = 0;

	/* Room at once: a growing copy would leave bits of the password. */
	str_reserve(&text, account.len + stored.len + password.len + 2);
	str_add_slice(&text, account);
	str_putc(&text, '\0');
	str_add_slice(&text, stored);
	str_putc(&text, '\0');
	str_add_slice(&text, password);
	HMAC(EVP_sha256(), memory->key, MEMORY_KEY_LEN,
	    (const unsigned char *)text.s, text.len, mac, &len);
	OPENSSL_cleanse(text.s, text.cap);
	str_free(&text);
}

static struct right *
shelf_of(struct memory *memory, const unsigned char *mac)
{
	size_t bits = (size_t)mac[0] << 16 | (size_t)mac[1] << 8 | mac[2];

	return memory->rights[bits % RIGHT_SHELVES];
}

bool
memory_knows(struct memory *memory, const unsigned char mac[MEMORY_MAC_LEN])
{
	struct right *shelf = shelf_of(memory, mac);
	uint64_t now = clock_mono_ms();
	bool knows = false;

	shared_lock(&memory->lock);
	for (size_t i = 0; i < SHELF; i++)
		if (shelf[i].until_ms > now &&
		    CRYPTO_memcmp(shelf[i].mac, mac, MEMORY_MAC_LEN) == 0)
			knows = true;
	shared_unlock(&memory->lock);
	return knows;
}

void
memory_learn(struct memory *memory, const unsigned char mac[MEMORY_MAC_LEN])
{
	struct right *shelf = shelf_of(memory, mac);
	struct right *oldest = shelf;

	shared_lock(&memory->lock);
	for (size_t i = 1; i < SHELF; i++)
		if (shelf[i].until_ms < oldest->until_ms)
			oldest = &shelf[i];
	memcpy(oldest->mac, mac, MEMORY_MAC_LEN);
	oldest->until_ms = clock_mono_ms() + RIGHT_MS;
	shared_unlock(&memory->lock);
}
