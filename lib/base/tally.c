/* tally - counters that forked processes share; see tally.h. */
#include "lib/base/tally.h"

#include "lib/base/clock.h"
#include "lib/base/shared_lock.h"

#include <errno.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <string.h>
#include <sys/mman.h>

enum { KEY_LEN = 32, NAME_LEN = 32, SHELVES = 4096, SHELF = 8 };

struct counter {
	unsigned char name[NAME_LEN];
	uint64_t until_ms;
	unsigned count;
};

struct tally {
	pthread_mutex_t lock;
	unsigned char key[KEY_LEN];
	uint64_t window_ms;
	struct counter counters[SHELVES][SHELF];
};

struct tally *
tally_open(uint64_t window_ms)
{
	struct tally *tally = shared_memory(sizeof *tally);

	if (!tally)
		return NULL;
	tally->window_ms = window_ms;
	if (shared_lock_init(&tally->lock) == 0 &&
	    RAND_priv_bytes(tally->key, sizeof tally->key) == 1)
		return tally;
	munmap(tally, sizeof *tally);
	errno = EIO;
	return NULL;
}

/* The counter of a name, or the one that may be taken for it. */
static struct counter *
find(struct tally *tally, const unsigned char *name)
{
	size_t at = ((size_t)name[0] << 8 | name[1]) % SHELVES;
	struct counter *shelf = tally->counters[at], *oldest = shelf;

	for (size_t i = 0; i < SHELF; i++) {
		if (!memcmp(shelf[i].name, name, NAME_LEN))
			return &shelf[i];
		if (shelf[i].until_ms < oldest->until_ms)
			oldest = &shelf[i];
	}
	return oldest;
}

static unsigned
look(struct tally *tally, struct slice who, unsigned more)
{
	unsigned char name[EVP_MAX_MD_SIZE];
	uint64_t now = clock_mono_ms();
	struct counter *counter;
	unsigned count, len = 0;
	bool is_same;

	HMAC(EVP_sha256(), tally->key, KEY_LEN,
	    (const unsigned char *)who.s, who.len, name, &len);
	shared_lock(&tally->lock);
	counter = find(tally, name);
	is_same = counter->until_ms > now &&
	    !memcmp(counter->name, name, NAME_LEN);
	if (!is_same && more) {
		memcpy(counter->name, name, NAME_LEN);
		counter->until_ms = now + tally->window_ms;
		counter->count = 0;
		is_same = true;
	}
	if (is_same)
		counter->count += more;
	count = is_same ? counter->count : 0;
	shared_unlock(&tally->lock);
	return count;
}

unsigned
tally_count(struct tally *tally, struct slice name)
{
	return look(tally, name, 0);
}

unsigned
tally_add(struct tally *tally, struct slice name)
{
	return look(tally, name, 1);
}
