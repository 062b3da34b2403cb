/* install - a CDB takes its predecessor's place; see install.h. */
#include "control/install.h"

#include "lib/base/io.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static void
folder_of(const struct draft *draft, struct str *to)
{
	str_addf(to, "control/cdb/%s", draft->reader);
}

int
draft_begin(struct draft *draft)
{
	struct str folder = {0};

	folder_of(draft, &folder);
	str_addf(&draft->path, "%s/%s.cdb.new", str_c(&folder), draft->reader);
	if (mkdir(str_c(&folder), 0700) == 0 || errno == EEXIST)
		draft->fd = open(str_c(&draft->path), O_RDWR | O_CREAT |
		    O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
	str_free(&folder);
	clock_gettime(CLOCK_REALTIME, &draft->began);
	return draft->fd < 0 ? -1 : cdb_make_start(&draft->cdb, draft->fd);
}

int
draft_finish(struct draft *draft)
{
	return cdb_make_finish(&draft->cdb);
}

/* The folder and the file are root's, and the readers' to read. */
static int
set_owners(const struct draft *draft, const char *folder)
{
	if (!draft->is_shared)
		return chmod(folder, 0700) < 0 || fchmod(draft->fd, 0600) < 0 ?
		    -1 : 0;
	if (chown(folder, 0, draft->gid) < 0 || chmod(folder, 0750) < 0 ||
	    fchown(draft->fd, 0, draft->gid) < 0 ||
	    fchmod(draft->fd, 0640) < 0)
		return -1;
	return 0;
}

int
draft_install(struct draft *draft)
{
	const struct timespec times[] = {draft->began, draft->began};
	struct str folder = {0}, final = {0};
	int result = -1;

	folder_of(draft, &folder);
	str_addf(&final, "%s/%s.cdb", str_c(&folder), draft->reader);
	if (set_owners(draft, str_c(&folder)) == 0 &&
	    futimens(draft->fd, times) == 0 && fsync(draft->fd) == 0 &&
	    rename(str_c(&draft->path), str_c(&final)) == 0) {
		str_clear(&draft->path);
		/* the folder above too: this one may be new */
		result = sync_dir(AT_FDCWD, str_c(&folder)) < 0 ? -1 :
		    sync_dir(AT_FDCWD, "control/cdb");
	}
	str_free(&folder);
	str_free(&final);
	return result;
}

void
draft_free(struct draft *draft)
{
	if (draft->fd >= 0)
		close(draft->fd);
	draft->fd = -1;
	if (draft->path.len)
		unlink(str_c(&draft->path));
	str_free(&draft->path);
}
