/* cdb_file - read a constant database that may be replaced at any time. */
#ifndef BASE_CDB_FILE_H
#define BASE_CDB_FILE_H

#include "lib/base/str.h"

#include <cdb.h>
#include <sys/types.h>

/* {.fd = -1} is a valid closed one. */
struct cdb_file {
	struct cdb cdb;
	int fd;
	dev_t dev; /* which file it is: a new one may have its name */
	ino_t ino;
};

/* Opens and maps path.  0, or -1 with errno (EPROTO: not a CDB). */
int cdb_file_open(struct cdb_file *file, const char *path);

/* Looks a key up.  True and *value (valid until close), or false. */
bool cdb_file_get(struct cdb_file *file, struct slice key, struct slice *value);

/* Walks over all keys, in the order in which they were written: begin with
 * *at = 0.  False at the end. */
bool cdb_file_next(struct cdb_file *file, unsigned *at, struct slice *key,
    struct slice *value);

void cdb_file_close(struct cdb_file *file);

#endif
