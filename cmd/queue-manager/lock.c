/*
 * lock - is somebody at it still; see lock.h.
 *
 * The lock goes with the descriptor that a worker was handed: it outlives the
 * worker's connection, and queue-manager.
 */
#include "cmd/queue-manager/lock.h"

#include "cmd/queue-manager/lane.h"
#include "cmd/queue-manager/manager.h"
#include "cmd/queue-manager/message.h"
#include "lib/base/clock.h"
#include "lib/base/log.h"

#include <errno.h>
#include <string.h>

enum {
	LOCKED_WAIT_MIN_MS = 10,
	LOCKED_WAIT_MAX_MS = 1000,
	/* Longer than hosts that answer take, as a rule. */
	STUCK_MS = 30 * 60 * 1000,
	UNOPENED_WAIT_MS = 10 * 1000,
	/* Workers of an earlier manager report within 60 s of their end, and
	 * most end by then; who goes on is known by its lock. */
	EARLIER_WORKERS_MS = 120 * 1000
};

/* Who keeps a letter keeps it from all others, until it is too old. */
static void
complain(struct message *message)
{
	message->stuck_ms = UINT64_MAX;
	log_event("alarm", "id", message->id, "why", "locked for half an hour "
	    "by a worker that was lost, or has lost its queue-manager: "
	    "'posthouse restart local-deliver', or whose worker it is", NULL);
}

/* A worker that was lost, or has lost its manager; this one lets go when it
 * has reported. */
static uint64_t
wait_for_other(struct message *message)
{
	uint64_t now_ms = clock_mono_ms();
	uint64_t wait_ms = clock_doubled(LOCKED_WAIT_MIN_MS,
	    message->lock_tries, LOCKED_WAIT_MAX_MS);

	if (!message->lock_tries)
		message->stuck_ms = now_ms + STUCK_MS;
	else if (now_ms >= message->stuck_ms)
		complain(message);
	if (wait_ms < LOCKED_WAIT_MAX_MS)
		message->lock_tries++;
	return wait_ms;
}

/* Gone: somebody removed it. */
static void
cannot_lock(struct manager *manager, struct delivery *delivery)
{
	struct message *message = delivery->message;
	int error = errno;

	message->was_unlocked = false;
	if (error == EWOULDBLOCK) {
		lane_put_off(manager, delivery, wait_for_other(message));
		return;
	}
	log_event("alarm", "id", message->id, "why", "cannot open it", "error",
	    strerror(error), NULL);
	if (error != ENOENT) {
		lane_put_off(manager, delivery, UNOPENED_WAIT_MS);
		return;
	}
	(void)spool_finish(&manager->spool, message->id, message->has_note);
	message_forget(manager, message);
}

/* The worker of an earlier manager may have let go of it a moment ago: its
 * report is on the way, and is heard before the next turn. */
static bool
may_be_reported(const struct manager *manager, const struct message *message)
{
	return !message->is_first && (message->lock_tries ||
	    clock_mono_ms() < manager->start_ms + EARLIER_WORKERS_MS);
}

int
lock_message(struct manager *manager, struct delivery *delivery)
{
	struct message *message = delivery->message;

	if (message->is_locked)
		return 0;
	message->fd = spool_lock(&manager->spool, message->id, message->fd);
	if (message->fd < 0) {
		cannot_lock(manager, delivery);
		return -1;
	}
	if (!message->was_unlocked && may_be_reported(manager, message)) {
		message->was_unlocked = true;
		message_close(message);
		lane_queue_first(manager, delivery);
		manager->turn_at_once = true;
		return -1;
	}
	message->is_locked = true;
	message->was_lost = false;
	message->lock_tries = 0;
	return 0;
}
