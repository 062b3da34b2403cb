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

/* What the door hands to a session. */
struct session_start {
	int fd;
	struct caller caller;
	const struct submit_settings *settings;
	struct config *config;
	int box_fd;
};

/* Takes the letter from fd, drops it into the box and answers. */
void session_run(const struct session_start *start);

#endif
