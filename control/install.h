/* install - a CDB is written beside the old one, then takes its place. */
#ifndef CONTROL_INSTALL_H
#define CONTROL_INSTALL_H

#include "control/config.h"

#include <sys/types.h>
#include <time.h>

/* control/cdb/READER/READER.cdb.new, for READER's group alone. */
struct draft {
	const char *reader;
	struct str path;
	int fd;
	struct cdb_make cdb;
	bool is_shared; /* readable by gid; else by the owner alone */
	gid_t gid;
	struct timespec began; /* the file's time: what was edited since is
	                        * not in it */
};

/* Creates directory and file.  0, or -1 with errno. */
int draft_begin(struct draft *draft);

/* Completes the file; nothing is durable yet.  0, or -1 with errno. */
int draft_finish(struct draft *draft);

/* Makes it durable and puts it in force.  0, or -1 with errno. */
int draft_install(struct draft *draft);

/* Removes what was not installed. */
void draft_free(struct draft *draft);

#endif
