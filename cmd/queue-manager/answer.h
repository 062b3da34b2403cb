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
/* What people call a lane: "mx outside.test", "local". */
const char *answer_lane_name(const struct lane *lane);
/* The one that a recipient is in; or "quarantine", or "-". */
const char *answer_rcpt_lane(const struct rcpt *rcpt);

#endif
