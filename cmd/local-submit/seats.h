/*
 * seats - who is here: the sessions, counted in total and per user.
 *
 * One user who holds all the connections that he can get leaves room for
 * others, and all of them together leave room for root: cron must get through.
 * Numbers above 65535 are users of a directory service, or the thousands that
 * a user namespace gives to one user (subuid(5)): they share what they have.
 */
#ifndef LOCAL_SUBMIT_SEATS_H
#define LOCAL_SUBMIT_SEATS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

enum {
	SEATS_MAX = 128,
	SEATS_PER_USER = 16,
	SEATS_FOR_ROOT = 16, /* that nobody else gets */
	SEATS_FAR = 48,      /* that all far users get together */
	UID_NEAR_MAX = 65535
};

struct seats {
	struct seat {
		pid_t pid;
		uid_t uid;
	} v[SEATS_MAX];
	size_t len;
};

bool seats_have_room(const struct seats *seats, uid_t uid);

/* There must be room. */
void seats_take(struct seats *seats, pid_t pid, uid_t uid);
void seats_leave(struct seats *seats, pid_t pid);

#endif
