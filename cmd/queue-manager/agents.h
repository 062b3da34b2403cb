/* agents - workers come and go, and what they report. */
#ifndef QUEUE_MANAGER_AGENTS_H
#define QUEUE_MANAGER_AGENTS_H

#include "cmd/queue-manager/lane.h"
#include "cmd/queue-manager/loop.h"

#include <sys/types.h>

struct manager;

struct worker {
	struct source source;
	struct worker *next;  /* of its port; of the dead at a turn's end */
	struct agent_port *port;
	unsigned window, in_flight;
	size_t asked;         /* recipients of the jobs in flight */
	bool is_alone;        /* has a message that killed workers */
	bool is_full;         /* its socket is, until the next result */
	bool is_ending;       /* takes no more, but reports what it has */
	struct lane *lane;    /* the one it serves, at a remote port */
	uint64_t bound_ms;    /* since when */
	uint64_t drains_until_ms; /* gets no more, to become idle */
	struct delivery **jobs; /* window of them; number - 1 is the index */
};

/* One agent: its socket, its workers, its lanes that have something. */
struct agent_port {
	struct source source;
	const char *name;
	uid_t uid;
	bool is_remote; /* reaches other hosts: a worker serves one lane only,
			 * and lanes can be down */
	struct worker *workers;
	unsigned places;           /* workers there are */
	unsigned awaited;          /* clean ones, for those sent home */
	uint64_t awaited_until_ms;
	struct lane_line {
		struct lane *head, *tail;
		unsigned in_flight; /* that were taken from it */
	} lines[LINE_COUNT];
	enum line next_line;       /* whose turn it is */
	size_t kept_bytes;         /* of its results that kept.c has ... */
	bool has_too_many;         /* ... and more were dropped since */
	struct lane *unused;       /* lanes that nobody held a moment ago */
};
enum agent_number { AGENT_LOCAL, AGENT_REMOTE, AGENT_ISP, AGENT_SHARE,
	AGENT_BOUNCE, AGENT_COUNT };

int agents_listen(struct manager *manager, const char *prefix);
/* Hangs up; what it had goes back into the queue. */
void agents_lose(struct manager *manager, struct worker *worker,
    const char *why);
/* Frees the lost ones, at a turn's end. */
void agents_bury(struct manager *manager);

#endif
