/*
 * spool_spent - ids that must not come again; see spool.h and FORMAT.md.
 *
 * A mark is a name in spent/; what it names is always an empty file, and does
 * not matter.  So the marks of an hour share one: a link costs far less than
 * an inode of its own, which has to be found, written and freed again.
 */
#include "queue/spool.h"

#include "lib/base/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

bool
spool_is_spent(struct spool *spool, const char *id)
{
	return queue_id_is_once(slice_of(id)) &&
	    faccessat(spool->spent_fd, id, F_OK, AT_EACCESS) == 0;
}

/* A file of its own, which the next marks are links to.  It may have been
 * there for long, as a mark of before: so its age is asked for. */
static int
make_mark(struct spool *spool, const char *id)
{
	struct spool_mark *mark = &spool->mark;
	int fd = openat(spool->spent_fd, id,
	    O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	struct stat st;

	if (fd < 0)
		return -1;
	snprintf(mark->id, sizeof mark->id, "%s", id);
	mark->made_s = fstat(fd, &st) == 0 ? (uint64_t)st.st_mtim.tv_sec : 0;
	return close(fd);
}

int
spool_mark_spent(struct spool *spool, const char *id)
{
	/* large, too, when the clock was set back */
	uint64_t age_s = clock_wall_s() - spool->mark.made_s;

	if (age_s < MARK_SERVES_S &&
	    (linkat(spool->spent_fd, spool->mark.id, spool->spent_fd, id, 0) ==
		    0 || errno == EEXIST))
		return 0;
	/* The file has all the links that it may have (ext4: 65,000), it is
	 * gone, or this filesystem has no links at all: whatever it is, a file
	 * of its own needs none. */
	return make_mark(spool, id);
}
