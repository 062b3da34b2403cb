/*
 * seal - that somebody has seen the letter that waits; see seal.h.
 *
 * The copy in its manager's mailbox bears HMAC-SHA256(key, id), cut to 128
 * bits.  The key never leaves this program.
 */
#include "cmd/queue-manager/seal.h"

#include "cmd/queue-manager/manager.h"
#include "lib/base/hex.h"
#include "lib/base/key_file.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <unistd.h>

enum { SHA256_LEN = 32 };

/* Durable before it is used: seals outlive a power cut. */
static int
make_key(int dir_fd)
{
	if (key_file_make(dir_fd, "next", 0600) < 0 ||
	    renameat(dir_fd, "next", dir_fd, "key") < 0)
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
	result = key_file_read(fd, "key", manager->seal_key, NULL);
	if (result < 0 && (errno == ENOENT || errno == EPROTO) &&
	    make_key(fd) == 0)
		result = key_file_read(fd, "key", manager->seal_key, NULL);
	close(fd);
	return result;
}

void
seal_add(const struct manager *manager, struct str *to, const char *id)
{
	unsigned char mac[SHA256_LEN];
	struct slice text = slice_of(id);

	HMAC(EVP_sha256(), manager->seal_key, KEY_FILE_LEN,
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
