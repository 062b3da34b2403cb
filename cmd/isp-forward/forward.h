/*
 * forward - what a worker of isp-forward holds: one login at a provider, and
 * the connection that it opened with it.
 *
 * A worker knows no login until its first job comes.  It then takes the one
 * of that job's lane, gives up the table of them all for good, and only then
 * speaks to anybody outside.
 */
#ifndef ISP_FORWARD_FORWARD_H
#define ISP_FORWARD_FORWARD_H

#include "control/config.h"
#include "control/isp_server.h"
#include "lib/mail/rewrite.h"
#include "lib/mail/smtp_link.h"

enum {
	IDLE_MS = 5000,          /* a connection is kept without a job */
	ADDRESSES_TRIED_MAX = 6, /* of the provider's, for one job */
	HEADER_MAX = 1024 * 1024 /* larger ones cannot be rewritten */
};

struct forward_settings {
	struct str helohost, resolver, cafile;
	uint64_t workers, connect_s, answer_s;
};

struct forward {
	struct config smtp;      /* cdb/isp-smtp, until a login is taken */
	struct config map;       /* cdb/isp-map */
	struct forward_settings settings;
	struct dns *dns;
	struct tls_client *tls;
	int domain_fd;           /* what a worker with a login may still do */
	bool has_login;
	struct str table;        /* that the login is from: path ... */
	dev_t table_dev;         /* ... and which file that was */
	ino_t table_ino;
	struct isp_mailbox login;
	struct str token;        /* instead of a password */
	int sent_fd;             /* of sent.c, or -1 */
	struct smtp_link link;
	struct smtp_failure failure;
};

/* Reads settings, logins, certificate authorities and /etc/resolv.conf, or
 * ends the program: before it locks itself in. */
void forward_open(struct forward *forward);

/* New tables, between two jobs. */
void forward_refresh(struct forward *forward);

/* The agent's work and leave; context is the struct forward. */
void forward_work(struct agent_job *jobs, size_t count, void *context);
void forward_leave(void *context);

/* ---- among the parts ---- */

/* Takes the login of a lane ("isp ISP-ADDRESS") and gives up all others.
 * False: forward->failure says why there is none. */
bool login_take(struct forward *forward, struct slice lane);

/* Has the table of logins been replaced since? */
bool login_is_stale(const struct forward *forward);

/* Connects and logs in, with the login that is in force. */
enum link_result {
	LINK_OPEN,
	LINK_FAILED, /* forward->failure; may go better later */
	LINK_REFUSED /* forward->failure; only a person can mend it */
};
enum link_result link_open(struct forward *forward);

/* For rows with sent=skip: opens where it is noted what was sent; notes one
 * letter.  Where that fails, it is fetched as if somebody else had sent it. */
void sent_open(struct forward *forward);
void sent_note(const struct forward *forward,
    const struct smtp_letter *letter);

/* Puts the job's header, as the outside may see it, into *to, and where it
 * ends in the file into *start.  False: forward->failure. */
bool header_rewrite(struct forward *forward, const struct agent_job *job,
    struct str *to, uint64_t *start);

#endif
