/*
 * job - what queue-manager and its agents say to each other.
 *
 * A worker connects to run/agent-NAME/s (SOCK_SEQPACKET) and sends one hello.
 * queue-manager then sends jobs, one a packet, each with the message as a
 * read-only descriptor; the worker answers with packets of one or more
 * results (records, one after the other, PACKET_MAX in all), in any order.
 * Records on the wire: lib/base/record.h.  Whoever makes a job keeps its
 * record within PACKET_MAX, by taking fewer recipients.
 *
 * A worker that is told to end shuts its reading side, does what it has been
 * sent, reports and closes: a send to it then fails with EPIPE while results
 * are still to come.  That job was not taken and belongs to another worker;
 * only the end of the stream says that the jobs without a result are lost.
 *
 * The message's lock (flock) lives in the passed descriptor: the worker keeps
 * it open until it has sent the result.  A worker that lost its manager
 * finishes, reconnects within 60 seconds and sends, after its hello, the
 * results that it still has; one that serves a single lane sends the last
 * ones that it had reported as well, because nobody knows whether they were
 * heard.
 */
#ifndef MAIL_JOB_H
#define MAIL_JOB_H

#include "lib/base/record.h"
#include "lib/mail/address.h"
#include "lib/mail/copy.h"

enum {
	JOB_RCPTS_MAX = 100,
	WORDS_MAX = 960,        /* so that a full result fits into a packet */
	JOB_LANE_MAX = 1024,
	JOB_REPORT_MAX = 2048,
	JOB_ENVID_MAX = 512,
	JOB_DSN_MAX = 1200,
	JOB_NUMBER_MAX = 20,
	JOB_WINDOW_MAX = 1024,
	JOB_EXTRAS_MAX = 500,
	JOB_EXTRA_MAX = ADDRESS_TEXT_MAX + 1 + COPY_MAX
};

struct job_hello {
	uint64_t window; /* jobs it takes at once */
	struct str lane; /* a worker that serves one lane only: which, once it
	                  * has had a job; else empty */
};

struct job {
	uint64_t number;     /* of the job in this connection's manager */
	struct str id;       /* queue id */
	uint64_t arrived_us; /* since 1970 */
	uint64_t head_len;   /* where the message begins in the file */
	uint64_t length;     /* of the whole file, bytes */
	uint64_t first;      /* 1: surely never tried before; 0: look first */
	uint64_t smtputf8;   /* 1: the message needs SMTPUTF8 */
	struct str lane;     /* next hop; empty for local delivery */
	struct str sender;   /* empty: null sender */
	struct strs rcpts;   /* at most JOB_RCPTS_MAX */
	struct strs dsn;     /* for remote-send: one per recipient, its RFC 3461
	                      * parameters ("NOTIFY=NEVER ORCPT=rfc822;a@b");
	                      * none at all when nobody asked for anything */
	struct strs reports; /* for bounce-write only, one per recipient:
	                      * action TAB orcpt TAB code enhanced host text;
	                      * of quarantine, for postmaster:
	                      * quarantined TAB id sender TAB code ...;
	                      * of held mail, one per domain:
	                      * held-WEEK TAB TAB messages seconds */
	struct str ret, envid; /* RFC 3461; may be empty; of quarantine and
	                        * held mail, envid is how many there are in
	                        * all */
	struct strs copies;  /* for local-deliver and share-sort, one per
	                      * recipient (copy.h); none at all when all are
	                      * empty */
	/* For share-sort; its jobs have one recipient each. */
	struct str sort;     /* "in": a letter from outside to the shared
	                      * address, "out": a staff's letter to outside,
	                      * "assigned": one that the manager hands on */
	struct str login;    /* the account that sent it; may be empty.  For
	                      * isp-forward, too */
};

enum job_verdict {
	JOB_DONE = 'K',    /* done; if its writer wants to hear, we tell */
	JOB_PASSED = 'P',  /* done; the next host tells its writer */
	JOB_LATER = 'Z',   /* try later */
	JOB_FAILED = 'D',  /* failed for good */
	JOB_REFUSED = 'B', /* the binding was refused: pause the lane */
	JOB_SENDER = 'S',  /* failed for good: the sender, which all letters of
	                    * this lane have, was refused */
	JOB_UNREACHED = 'U' /* nobody there to try it with: the lane is down */
};

struct job_result {
	uint64_t number;      /* the job's; 0 after a reconnect */
	struct str id;
	/* One per recipient, in the job's order, and its recipient:
	 * "K 250 2.0.0 host text", code, enhanced code and host without
	 * blanks, "-" for none. */
	struct strs verdicts;
	struct strs rcpts;    /* as in the job */
	/* Of share-sort, with its JOB_DONE for a letter that came "in":
	 * "ADDRESS staff=... by=..." (copy.h), each an account of ours that is
	 * to have a copy too; for the recipient itself, what is to be said of
	 * it.  As many as fit into a packet; queue-manager leaves out who has
	 * a copy already. */
	struct strs extras;
	struct str size;      /* of isp-forward: how many bytes the provider
	                       * takes at most, in decimal; or empty */
};

extern const struct record_field job_hello_fields[];
extern const struct record_field job_fields[];
extern const struct record_field job_result_fields[];

/* Appends "K 250 2.0.0 host text", with control bytes in text made blanks and
 * the whole cut to WORDS_MAX.  A NULL enhanced or host is "-". */
void job_verdict(struct str *to, enum job_verdict verdict, int code,
    const char *enhanced, const char *host, const char *text);

#endif
