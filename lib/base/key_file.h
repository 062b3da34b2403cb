/* key_file - a key of random bytes, in a file of its own. */
#ifndef BASE_KEY_FILE_H
#define BASE_KEY_FILE_H

#include <stdint.h>
#include <sys/types.h>

enum { KEY_FILE_LEN = 32 };

/* Reads the key in the file dir_fd/name, and when it was made (since 1970),
 * unless made_s is NULL.  0, or -1 with errno (EPROTO: it was never finished).
 * Who holds a key wipes it at the end. */
int key_file_read(int dir_fd, const char *name,
    unsigned char key[KEY_FILE_LEN], uint64_t *made_s);

/* Makes a new key there.  After 0 it is durable, but its name is not.  0, or
 * -1 with errno. */
int key_file_make(int dir_fd, const char *name, mode_t mode);

#endif
