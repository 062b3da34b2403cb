/*
 * smtp_link - one connection to one address, for an agent that sends letters
 * over it, and why there is none.
 */
#ifndef MAIL_SMTP_LINK_H
#define MAIL_SMTP_LINK_H

#include "lib/mail/smtp_client.h"
#include "lib/mail/smtp_job.h"

/* {0} is closed. */
struct smtp_link {
	bool is_open;
	struct stream stream;
	struct smtp_client client;
	struct str host; /* "mx.example.org[192.0.2.1]" */
	struct str tls;  /* "TLSv1.3 ...", or empty */
};

/* For a connected socket, which is the link's from here on.  A worker that is
 * told to end waits for less. */
void smtp_link_open(struct smtp_link *link, int fd, uint64_t timeout_ms);

/* Says QUIT where somebody hears it.  Harmless when closed. */
void smtp_link_close(struct smtp_link *link);

/* Fills in the failure: in our words, behind the host's name ... */
void smtp_link_failed_ours(const struct smtp_link *link,
    struct smtp_failure *failure, const char *enhanced, const char *why);

/* ... or by what the conversation came to, which is not SMTP_CLIENT_OK. */
void smtp_link_failed(const struct smtp_link *link,
    struct smtp_failure *failure, enum smtp_client_result result);

/* ... or for a server that let us in and went away before it had taken a
 * sender: by a 421, or without a word. */
void smtp_link_departed(const struct smtp_link *link,
    struct smtp_failure *failure);

#endif
