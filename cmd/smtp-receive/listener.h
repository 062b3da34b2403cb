/*
 * listener - the warm parent: accepts, counts, forks a session.
 *
 * It never reads a byte of any client and never execs; a session costs one
 * fork, or none (waiting.h), and finds the tables mapped and the settings read.
 */
#ifndef SMTP_RECEIVE_LISTENER_H
#define SMTP_RECEIVE_LISTENER_H

#include "cmd/smtp-receive/certificates.h"
#include "cmd/smtp-receive/service.h"

/* The listening sockets that tcp-listen left: LISTEN_FDS of them from here
 * on, as in sd_listen_fds(3) but for readiness on descriptor 3. */
enum { LISTEN_FD = 4 };

struct listener {
	const struct service *service;
	struct config *config;
	struct certificates *certificates;
	int box_fd;
	int domain_fd;      /* confine_prepare's, for the sessions */
	int count;          /* of listening sockets */
};

/* How many descriptors tcp-listen left, all of them made non-blocking and
 * TCP_NODELAY for their sessions; or ends the program. */
int listener_inherit(void);

/* For a service that takes over connections: the one socket where they come
 * in takes the place of the listening ones. */
int listener_take_over(const char *path);

/* Accepts until SIGTERM, then gives the sessions a moment to end.
 * The exit status. */
int listener_serve(const struct listener *listener);

#endif
