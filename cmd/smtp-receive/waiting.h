/*
 * waiting - sessions that wait for the next connection of their client.
 *
 * A host that brings each letter over a connection of its own would cost a
 * fork for each.  So the process of a session that is over may take the next
 * connection, but only one from the very same address: strangers never share
 * a process.  Each such address has a room.  A byte in its pipe stands for a
 * session that waits there; connections go in by a socket that any of them
 * reads.  Whoever finds the room closed leaves.
 *
 * An address gets its room at its second connection within a moment: who
 * comes once costs nothing more.
 */
#ifndef SMTP_RECEIVE_WAITING_H
#define SMTP_RECEIVE_WAITING_H

#include "cmd/smtp-receive/caller.h"

#include <stdint.h>

enum { WAITING_ROOMS_MAX = 16, WAITING_MS = 1000 };

struct room {
	struct caller whose;   /* the address; no connection */
	uint64_t used_ms;      /* monotonic: its last connection */
	bool is_open;          /* has the descriptors: */
	int idle[2];           /* pipe: [0] the parent's, [1] the sessions' */
	int connections[2];    /* packets: the same */
};

struct waiting {
	struct room rooms[WAITING_ROOMS_MAX];
	size_t count;
};

/* The parent's part. */

/* Hands the connection to a session that waits for it.  False: none does. */
bool waiting_take(struct waiting *waiting, const struct caller *caller,
    uint64_t now_ms);

/* Where a session that is about to begin may wait afterwards; NULL: nowhere. */
struct room *waiting_room(struct waiting *waiting,
    const struct caller *caller, uint64_t now_ms);

/* Closes the rooms of the caller's neighbours, other addresses of its IPv6
 * /64: how many sessions said that they waited there, and leave now. */
size_t waiting_dismiss(struct waiting *waiting, const struct caller *caller);

/* Closes the rooms that nobody used for WAITING_MS ... */
void waiting_trim(struct waiting *waiting, uint64_t now_ms);

/* ... or all of them.  Sessions in the middle of something end it first. */
void waiting_close(struct waiting *waiting);

/* A session's part. */

/* Closes all that is the parent's, or of other rooms; room may be NULL. */
void waiting_keep(struct waiting *waiting, const struct room *room);

/* Waits.  False: it is time to go. */
bool waiting_next(const struct room *room, struct caller *caller);

#endif
