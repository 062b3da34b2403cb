/* kept - results for an earlier manager's jobs, until they can be applied. */
#ifndef QUEUE_MANAGER_KEPT_H
#define QUEUE_MANAGER_KEPT_H

#include <stdbool.h>

struct agent_port;
struct job_result;
struct message;

/* Keeps a copy with its message.  False: this agent's would be too many. */
bool kept_add(struct message *message, struct agent_port *port,
    const struct job_result *result);
/* Takes the newest one: fills *result, which is zeroed or from the last call,
 * and says whose it was.  NULL, *result emptied: there is none. */
struct agent_port *kept_take(struct message *message,
    struct job_result *result);
void kept_forget(struct message *message);

#endif
