/* io - whole reads and writes on files, and small file helpers. */
#ifndef BASE_IO_H
#define BASE_IO_H

#include "lib/base/str.h"

#include <dirent.h>
#include <sys/types.h>

/* Writes all of it, restarting after signals.  0, or -1 with errno. */
int write_all(int fd, const void *bytes, size_t len);

/* As write_all, at an offset. */
int pwrite_all(int fd, const void *bytes, size_t len, off_t at);

/* Reads until len bytes or the end.  Bytes read, or -1 with errno. */
ssize_t read_all(int fd, void *bytes, size_t len);

/* Appends what is in fd from byte `at`, len bytes at most, often fewer.  Bytes
 * read, 0 at the end, or -1 with errno. */
ssize_t read_at(int fd, struct str *to, size_t len, uint64_t at);

/* Appends what is in fd from its position to the end, at most limit bytes.
 * 0, or -1 with errno (EFBIG when there is more). */
int read_to_end(int fd, struct str *to, size_t limit);

/* Appends a whole file, relative to dir_fd (or AT_FDCWD).  0 or -1, errno. */
int read_file(int dir_fd, const char *path, struct str *to, size_t limit);

/* Writes path by temporary name, fsync, rename, fsync of the directory: after
 * 0 the new content is durable, after -1 (errno) the old one is untouched. */
int replace_file(const char *path, struct slice content, mode_t mode);

/* Opens a directory, relative to dir_fd (or AT_FDCWD), but no link to one.
 * The descriptor, or -1 with errno. */
int open_dir(int dir_fd, const char *path);

/* The same, to list it.  NULL with errno. */
DIR *list_dir(int dir_fd, const char *path);

/* fsync of a directory, relative to dir_fd (or AT_FDCWD).  0 or -1, errno. */
int sync_dir(int dir_fd, const char *path);

/* Closes fd, if there is one (>= 0), and leaves errno alone.  Not for what was
 * written and is to last: there the result of close counts. */
void close_quietly(int fd);

#endif
