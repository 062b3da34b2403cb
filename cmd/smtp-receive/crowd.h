/*
 * crowd - who is turned away at the door: who holds all the connections that
 * he may have must not fill the log.
 */
#ifndef SMTP_RECEIVE_CROWD_H
#define SMTP_RECEIVE_CROWD_H

#include "cmd/smtp-receive/caller.h"
#include "lib/base/log.h"

/* Says so to the caller, whose connection stays open.  A crowd for each
 * reason. */
void crowd_turn_away(struct log_crowd *crowd, const struct caller *caller,
    enum reply reply, uint64_t now_ms);

#endif
