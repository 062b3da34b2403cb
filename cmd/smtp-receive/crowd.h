/*
 * crowd - who is turned away at the door.
 *
 * Logged at once, and then once a second with their number: who holds all the
 * connections that he may have must not push everything else out of the log.
 */
#ifndef SMTP_RECEIVE_CROWD_H
#define SMTP_RECEIVE_CROWD_H

#include "cmd/smtp-receive/caller.h"

#include <stdint.h>

/* {0} is valid.  One for each reason. */
struct crowd {
	uint64_t count;     /* turned away since that was logged */
	uint64_t logged_ms; /* monotonic; 0: never */
};

/* Says so to the caller, whose connection stays open. */
void crowd_turn_away(struct crowd *crowd, const struct caller *caller,
    enum reply reply, uint64_t now_ms);

#endif
