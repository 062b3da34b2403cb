/* bind - workers to lanes. */
#ifndef QUEUE_MANAGER_BIND_H
#define QUEUE_MANAGER_BIND_H

struct agent_port;
struct lane;
struct manager;
struct worker;

/* A worker of a remote port serves the lane of its first job and no other,
 * because of what it keeps for it: a connection, a login. */
void bind_worker(struct worker *worker, struct lane *lane);
void bind_release(struct worker *worker);
/* Where this lane leads has changed: the same with its workers. */
void bind_renew_lane(const struct lane *lane);
/* A clean worker has come. */
void bind_welcome(struct agent_port *port);
/* The tables have changed: what bound workers know of their lanes (a login)
 * may be old, and clean ones take their places. */
void bind_renew(struct manager *manager);
/* jobs_dispatch for such a port. */
void bind_dispatch(struct manager *manager, struct agent_port *port);

#endif
