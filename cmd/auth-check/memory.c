/* memory - what all workers remember together; see memory.h. */
#include "cmd/auth-check/memory.h"

#include "lib/base/clock.h"

#include <errno.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <pthread.h>
#include <string.h>
#include <sys/mman.h>

enum {
	RIGHT_MS = 60 * 1000,
	WRONG_MS = 10 * 60 * 1000,
	SHELF = 8, /* places that one hash may stand in */
	RIGHT_SHELVES = 512,
	WRONG_SHELVES = 4096
};

struct right {
	unsigned char mac[MEMORY_MAC_LEN];
	uint64_t until_ms;
};

struct wrong {
	unsigned char who[MEMORY_MAC_LEN];
	uint64_t until_ms;
	unsigned count;
};

struct memory {
	pthread_mutex_t lock;
	unsigned char key[MEMORY_KEY_LEN];
	struct right rights[RIGHT_SHELVES][SHELF];
	struct wrong wrongs[WRONG_SHELVES][SHELF];
};

struct memory *
memory_open(void)
{
	pthread_mutexattr_t shared;
	struct memory *memory = mmap(NULL, sizeof *memory,
	    PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (memory == MAP_FAILED)
		return NULL;
	/* Robust: a worker may be killed while it holds the lock. */
	if (pthread_mutexattr_init(&shared) ||
	    pthread_mutexattr_setpshared(&shared, PTHREAD_PROCESS_SHARED) ||
	    pthread_mutexattr_setrobust(&shared, PTHREAD_MUTEX_ROBUST) ||
	    pthread_mutex_init(&memory->lock, &shared) ||
	    RAND_priv_bytes(memory->key, sizeof memory->key) != 1) {
		munmap(memory, sizeof *memory);
		errno = EIO;
		return NULL;
	}
	return memory;
}

/* What a killed worker left half written is a MAC that fits nothing, or a
 * count that is one off: safe to go on with. */
static void
take(struct memory *memory)
{
	if (pthread_mutex_lock(&memory->lock) == EOWNERDEAD)
		pthread_mutex_consistent(&memory->lock);
}

static void
leave(struct memory *memory)
{
	pthread_mutex_unlock(&memory->lock);
}

static void
mac_of(const struct memory *memory, struct slice text, unsigned char *mac)
{
	unsigned len = 0;

	HMAC(EVP_sha256(), memory->key, MEMORY_KEY_LEN,
	    (const unsigned char *)text.s, text.len, mac, &len);
}

void
memory_mac(const struct memory *memory, struct slice account,
    struct slice stored, struct slice password,
    unsigned char mac[MEMORY_MAC_LEN])
{
	struct str text = {0};

	/* Room at once: a growing copy would leave bits of the password. */
	str_reserve(&text, account.len + stored.len + password.len + 2);
	str_add_slice(&text, account);
	str_putc(&text, '\0');
	str_add_slice(&text, stored);
	str_putc(&text, '\0');
	str_add_slice(&text, password);
	mac_of(memory, str_slice(&text), mac);
	OPENSSL_cleanse(text.s, text.cap);
	str_free(&text);
}

static size_t
shelf_of(const unsigned char *mac, size_t shelves)
{
	return ((size_t)mac[0] << 16 | (size_t)mac[1] << 8 | mac[2]) % shelves;
}

bool
memory_knows(struct memory *memory, const unsigned char mac[MEMORY_MAC_LEN])
{
	struct right *shelf = memory->rights[shelf_of(mac, RIGHT_SHELVES)];
	uint64_t now = clock_mono_ms();
	bool knows = false;

	take(memory);
	for (size_t i = 0; i < SHELF; i++)
		if (shelf[i].until_ms > now &&
		    CRYPTO_memcmp(shelf[i].mac, mac, MEMORY_MAC_LEN) == 0)
			knows = true;
	leave(memory);
	return knows;
}

void
memory_learn(struct memory *memory, const unsigned char mac[MEMORY_MAC_LEN])
{
	struct right *shelf = memory->rights[shelf_of(mac, RIGHT_SHELVES)];
	struct right *oldest = shelf;

	take(memory);
	for (size_t i = 1; i < SHELF; i++)
		if (shelf[i].until_ms < oldest->until_ms)
			oldest = &shelf[i];
	memcpy(oldest->mac, mac, MEMORY_MAC_LEN);
	oldest->until_ms = clock_mono_ms() + RIGHT_MS;
	leave(memory);
}

/* The place of who, or with is_new the one that may be taken for it. */
static struct wrong *
find(struct memory *memory, const unsigned char *who, bool is_new)
{
	struct wrong *shelf = memory->wrongs[shelf_of(who, WRONG_SHELVES)];
	struct wrong *oldest = shelf;

	for (size_t i = 0; i < SHELF; i++) {
		if (!memcmp(shelf[i].who, who, MEMORY_MAC_LEN))
			return &shelf[i];
		if (shelf[i].until_ms < oldest->until_ms)
			oldest = &shelf[i];
	}
	return is_new ? oldest : NULL;
}

unsigned
memory_failures(struct memory *memory, struct slice who)
{
	unsigned char mac[MEMORY_MAC_LEN];
	const struct wrong *wrong;
	unsigned count = 0;

	mac_of(memory, who, mac);
	take(memory);
	wrong = find(memory, mac, false);
	if (wrong && wrong->until_ms > clock_mono_ms())
		count = wrong->count;
	leave(memory);
	return count;
}

void
memory_failed(struct memory *memory, struct slice who)
{
	unsigned char mac[MEMORY_MAC_LEN];
	struct wrong *wrong;
	uint64_t now = clock_mono_ms();

	mac_of(memory, who, mac);
	take(memory);
	wrong = find(memory, mac, true);
	if (memcmp(wrong->who, mac, MEMORY_MAC_LEN) != 0 ||
	    wrong->until_ms <= now) {
		memcpy(wrong->who, mac, MEMORY_MAC_LEN);
		wrong->until_ms = now + WRONG_MS;
		wrong->count = 0;
	}
	wrong->count++;
	leave(memory);
}
