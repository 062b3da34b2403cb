/* answer - a conversation with posthouse queue, from the manager's side. */
#ifndef QUEUE_MANAGER_ANSWER_H
#define QUEUE_MANAGER_ANSWER_H

#include "cmd/queue-manager/manager.h"
#include "queue/admin.h"

/* One conversation: the request, the answer so far. */
struct answer {
	int fd;
	struct str out; /* a packet being filled */
	const struct admin_request *request;
	size_t count;
	struct domains *domains; /* listing_domains.c's */
	bool failed;
};

/* Ends the line that was added to answer->out. */
void answer_line(struct answer *answer);
/* Ends the conversation: what is left, the error if any, the exit status. */
void answer_end(struct answer *answer, const char *error);

/* Is this message among those that the request chooses? */
bool answer_matches(const struct admin_request *request,
    const struct message *message);
/* "local", "mx outside.test", or "-". */
const char *answer_lane_name(const struct rcpt *rcpt);
const char *answer_name_of(const struct lane *lane);

/* listing_lanes.c, for that child: a line for each lane; how many are down. */
void listing_lanes(struct manager *manager, struct answer *answer);
void listing_count_lanes(struct manager *manager, struct answer *answer);
/* listing_domains.c, for that child: a line for each domain. */
void listing_domains(struct manager *manager, struct answer *answer);
/* "42s", "7m", "3h", "2d" */
void listing_age(struct str *to, uint64_t seconds);

/* listing.c: lists, lanes and totals, from a forked child. */
void listing_tell(struct manager *manager, struct answer *answer);

#endif
