/*
 * door - the warm parent: accepts, counts, forks a session.
 *
 * It never reads a byte of any caller and never execs.
 */
#ifndef LOCAL_SUBMIT_DOOR_H
#define LOCAL_SUBMIT_DOOR_H

#include "control/config.h"

struct door {
	struct config *config;
	int listen_fd;
	int box_fd;
	int domain_fd; /* confine_prepare's, for the sessions */
};

/* Accepts until SIGTERM, then gives the sessions a moment to end.
 * The exit status. */
int door_serve(const struct door *door);

#endif
