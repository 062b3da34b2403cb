/* seats - the sessions, in total and per user; see seats.h. */
#include "cmd/local-submit/seats.h"

bool
seats_have_room(const struct seats *seats, uid_t uid)
{
	size_t own = 0, far = 0;

	if (uid == 0)
		return seats->len < SEATS_MAX;
	for (size_t i = 0; i < seats->len; i++) {
		own += seats->v[i].uid == uid;
		far += seats->v[i].uid > UID_NEAR_MAX;
	}
	return own < SEATS_PER_USER &&
	    (uid <= UID_NEAR_MAX || far < SEATS_FAR) &&
	    seats->len < SEATS_MAX - SEATS_FOR_ROOT;
}

void
seats_take(struct seats *seats, pid_t pid, uid_t uid)
{
	seats->v[seats->len++] = (struct seat){pid, uid};
}

void
seats_leave(struct seats *seats, pid_t pid)
{
	for (size_t i = 0; i < seats->len; i++) {
		if (seats->v[i].pid == pid) {
			seats->v[i] = seats->v[--seats->len];
			return;
		}
	}
}
