/* approve - what the manager of a share domain lets go. */
#ifndef QUEUE_MANAGER_APPROVE_H
#define QUEUE_MANAGER_APPROVE_H

struct manager;

/* Listens on run/approve/s; phmail and root may call.  A packet "approve ID
 * SEAL" or "reject ID SEAL WHY" is answered by "ok", "already" (there is
 * nothing to be decided any more), "unknown" (no such letter in the queue),
 * "refused" (the seal is not of this id) or "later" (for whom it is cannot be
 * said now, so that nothing was decided). */
int approve_listen(struct manager *manager);

#endif
