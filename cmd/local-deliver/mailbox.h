/*
 * mailbox - jobs into mailboxes: who the recipients are, and what became of
 * their letters.
 *
 * Believes neither the job (it comes from another user's program) nor the
 * control tables to be what they were when the letter was routed.
 */
#ifndef LOCAL_DELIVER_MAILBOX_H
#define LOCAL_DELIVER_MAILBOX_H

#include "control/config.h"
#include "lib/mail/agent.h"
#include "lib/mail/maildir.h"

/* Copies that are made durable together, and descriptors held for them. */
enum { BATCH_MAX = 128 };

/* A recipient of a job at hand; its copy is at the same place. */
struct letter {
	struct agent_job *job;
	struct slice rcpt;
	struct str account; /* its name */
	const struct answer *answer; /* already decided; NULL: the copy says */
};

struct mailboxes {
	struct config *config;
	struct maildir maildir;
	int marks_fd; /* state/overquota */
	struct letter letters[BATCH_MAX];
	struct maildir_copy copies[BATCH_MAX];
	size_t count;
};

/* Opens mail/ and state/overquota/, or ends the program.  *config stays the
 * caller's. */
void mailboxes_open(struct mailboxes *mailboxes, struct config *config);
void mailboxes_close(struct mailboxes *mailboxes);

/* The agent's work: see struct agent.  context is the struct mailboxes. */
void mailboxes_deliver(struct agent_job *jobs, size_t count, void *context);

#endif
