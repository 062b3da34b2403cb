/* session - one letter from a user of this machine. */
#ifndef LOCAL_SUBMIT_SESSION_H
#define LOCAL_SUBMIT_SESSION_H

#include "cmd/local-submit/caller.h"
#include "control/config.h"

struct submit_settings {
	struct str me, users;
	uint64_t databytes; /* 0: no limit */
	uint64_t max_rcpts;
	uint64_t min_free_bytes;
	unsigned min_free_percent;
};

/* Takes the letter from fd, drops it into the box and answers. */
void session_run(int fd, const struct caller *caller,
    const struct submit_settings *settings, int box_fd);

#endif
