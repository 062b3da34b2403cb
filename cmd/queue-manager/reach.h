/* reach - is there somebody at a lane's other end: when next, how many. */
#ifndef QUEUE_MANAGER_REACH_H
#define QUEUE_MANAGER_REACH_H

#include "cmd/queue-manager/lane.h"

struct job_result;
struct manager;
struct rcpt;

/* More letters than that are not sent back because a provider has something
 * against the mailbox that they all leave by. */
enum { SENDERS_REFUSED_MAX = 3 };

/* How long to wait after that many attempts in vain: 1, 2, 4 ... times
 * firstretry up to maxprobe, and an eighth more or less, so that what failed
 * together is not tried together for ever. */
uint64_t reach_pause_us(const struct manager *manager, uint32_t attempts);
/* A new lane, or one that begins anew. */
void reach_begin(const struct manager *manager, struct lane *lane);
/* How many may be in flight. */
unsigned reach_room(const struct lane *lane);
enum line reach_line(const struct lane *lane);
/* A delivery is handed out, or is in flight no more. */
void reach_departs(struct lane *lane, struct delivery *delivery);
void reach_returns(struct manager *manager, struct lane *lane,
    const struct delivery *delivery);
/* What the verdicts on a delivery say of its lane.  True: they say nothing of
 * the message, and the delivery waits again. */
bool reach_hears(struct manager *manager, struct delivery *delivery,
    const struct job_result *result);
/* Has the lane tried at once, whatever it is; not if it failed since then. */
void reach_try_now(struct manager *manager, struct lane *lane,
    uint64_t since_ms);
/* The tables have changed: a login that was refused may be another one. */
void reach_resume(struct manager *manager);
/* Has those lanes tried whose time has come. */
void reach_wake(struct manager *manager, uint64_t now_ms);
/* Why a recipient waits: its own last words or its lane's; may be NULL. */
const char *reach_words(const struct rcpt *rcpt);

#endif
