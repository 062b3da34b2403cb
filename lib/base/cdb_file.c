/* cdb_file - a replaceable constant database; see cdb_file.h. */
#include "lib/base/cdb_file.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

int
cdb_file_open(struct cdb_file *file, const char *path)
{
	struct stat st;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	*file = (struct cdb_file){.fd = -1};
	if (fd < 0)
		return -1;
	if (fstat(fd, &st) < 0 || cdb_init(&file->cdb, fd) < 0) {
		close(fd);
		errno = EPROTO;
		return -1;
	}
	file->fd = fd;
	file->dev = st.st_dev;
	file->ino = st.st_ino;
	return 0;
}

bool
cdb_file_get(struct cdb_file *file, struct slice key, struct slice *value)
{
	if (file->fd < 0 ||
	    cdb_find(&file->cdb, key.s, (unsigned)key.len) <= 0)
		return false;
	value->s = cdb_getdata(&file->cdb);
	value->len = cdb_datalen(&file->cdb);
	return value->s != NULL;
}

bool
cdb_file_next(struct cdb_file *file, unsigned *at, struct slice *key,
    struct slice *value)
{
	if (file->fd < 0)
		return false;
	if (!*at)
		cdb_seqinit(at, &file->cdb);
	if (cdb_seqnext(at, &file->cdb) <= 0)
		return false;
	*key = slice_make(cdb_getkey(&file->cdb), cdb_keylen(&file->cdb));
	*value = slice_make(cdb_getdata(&file->cdb), cdb_datalen(&file->cdb));
	return key->s && value->s;
}

void
cdb_file_close(struct cdb_file *file)
{
	if (file->fd < 0)
		return;
	cdb_free(&file->cdb);
	close(file->fd);
	file->fd = -1;
}
