/* late - what workers still have to say to an earlier manager. */
#ifndef QUEUE_MANAGER_LATE_H
#define QUEUE_MANAGER_LATE_H

#include <stdbool.h>

struct agent_port;
struct job_result;
struct manager;
struct message;

/* A result for an earlier manager's job.  An agent may only speak of what is
 * in its own lanes.  It is applied before the next job is handed out, or, if
 * the message is still being routed, as soon as all of it is. */
void late_result(struct manager *manager, struct agent_port *port,
    const struct job_result *result);
/* What was kept for a message, all of which is routed.  True: recipients are
 * others than before; they are saved, and withdrawn, to be gathered and
 * settled. */
bool late_apply(struct manager *manager, struct message *message);
/* Before jobs are handed out: what this turn has heard. */
void late_settle(struct manager *manager);

#endif
