/*
 * seal - that somebody has seen the letter that waits; see seal.h.
 *
 * The copy in its manager's mailbox bears HMAC-SHA256(key, id), cut to 128
 * bits.  The key never leaves this program.
 */
#include "cmd/queue-manager/seal.h"

#include "cmd/queue-manager/manager.h"
#include "lib/base/hex.h"
#include "lib/base/io.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <unistd.h>

enum { SHA256_LEN = 32 };

/* 0, or -1 with errno: ENOENT also for one that was never finished. */
static int
read_key(int dir_fd, unsigned char *key)
{
	int fd = openat(dir_fd, "key", O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	ssize_t n;

	if (fd < 0)
		return -1;
	n = read_all(fd, key, SEAL_KEY_LEN);
	close(fd);
	if (n == SEAL_KEY_LEN)
		return 0;
	if (n >= 0)
		errno = ENOENT;
	return -1;
}

/* Durable before it is used: seals outlive a power cut. */
static int
make_key(int dir_fd)
{
	unsigned char key[SEAL_KEY_LEN];
	int result = -1, fd;

	errno = EIO;
	if (RAND_priv_bytes(key, sizeof key) != 1)
		return -1;
	fd = openat(dir_fd, "next", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC |
	    O_NOFOLLOW, 0600);
	if (fd < 0)
		return -1;
	if (write_all(fd, key, sizeof key) == 0 && fsync(fd) == 0)
		result = 0;
	if (close(fd) < 0)
		result = -1;
	OPENSSL_cleanse(key, sizeof key);
	if (result < 0 || renameat(dir_fd, "next", dir_fd, "key") < 0)
		return -1;
	return fsync(dir_fd);
}

int
seal_open(struct manager *manager)
{
	int fd = open("state/hold", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int result;

	if (fd < 0)
		return -1;
	result = read_key(fd, manager->seal_key);
	if (result < 0 && errno == ENOENT && make_key(fd) == 0)
		result = read_key(fd, manager->seal_key);
	close(fd);
	return result;
}

void
seal_add(const struct manager *manager, struct str *to, const char *id)
{
	unsigned char mac[SHA256_LEN];
	struct slice text = slice_of(id);

	HMAC(EVP_sha256(), manager->seal_key, SEAL_KEY_LEN,
	    (const unsigned char *)text.s, text.len, mac, NULL);
	hex_add(to, mac, SEAL_DIGITS / 2);
}

bool
seal_holds(const struct manager *manager, struct slice id, struct slice seal)
{
	struct str name = {0}, own = {0};
	bool result;

	str_set_slice(&name, id);
	seal_add(manager, &own, str_c(&name));
	result = seal.len == own.len &&
	    CRYPTO_memcmp(seal.s, own.s, own.len) == 0;
	str_free(&name);
	str_free(&own);
	return result;
}
