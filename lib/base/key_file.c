/* key_file - a key in a file; see key_file.h. */
#include "lib/base/key_file.h"

#include "lib/base/io.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/crypto.h>
#include <openssl/rand.h>
#include <sys/stat.h>
#include <unistd.h>

int
key_file_read(int dir_fd, const char *name, unsigned char key[KEY_FILE_LEN],
    uint64_t *made_s)
{
	struct stat st;
	ssize_t n;
	int fd = openat(dir_fd, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);

	if (fd < 0)
		return -1;
	if (made_s && fstat(fd, &st) == 0)
		*made_s = (uint64_t)st.st_mtime;
	n = read_all(fd, key, KEY_FILE_LEN);
	close_quietly(fd);
	if (n >= 0 && n < KEY_FILE_LEN)
		errno = EPROTO;
	return n == KEY_FILE_LEN ? 0 : -1;
}

int
key_file_make(int dir_fd, const char *name, mode_t mode)
{
	unsigned char key[KEY_FILE_LEN];
	int fd, result = -1;

	if (RAND_priv_bytes(key, sizeof key) != 1) {
		errno = EIO;
		return -1;
	}
	fd = openat(dir_fd, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC |
	    O_NOFOLLOW, mode);
	if (fd >= 0 && write_all(fd, key, sizeof key) == 0 && fsync(fd) == 0)
		result = 0;
	if (fd >= 0 && close(fd) < 0)
		result = -1;
	OPENSSL_cleanse(key, sizeof key);
	return result;
}
