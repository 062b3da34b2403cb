/*
 * session - one visit to one mailbox.
 *
 *   reach.c    connection, TLS, capabilities
 *   login.c    who we are
 *   listing.c  what is there
 *   plan.c     what is known of it, and what to do
 *   fetch.c    letters in batches: queue, ledger, DELE
 *   letter.c   from a text to a letter in the queue
 *   notice.c   what a person has to know
 *   talk.c     the conversation, and how it fails
 *
 * The child that does this knows one login and nothing else.  It believes no
 * server.
 */
#ifndef POP3_FETCH_SESSION_H
#define POP3_FETCH_SESSION_H

#include "cmd/pop3-fetch/ledger.h"
#include "cmd/pop3-fetch/text.h"
#include "control/isp_server.h"
#include "lib/mail/pop3_client.h"
#include "queue/drop.h"

enum {
	MESSAGES_MAX = 200000, /* that a listing may have */
	BATCH_MAX = 512,       /* letters made durable together */
	BATCH_BYTES = 8 * 1024 * 1024,
	BUFFER_KEPT = 16 * 1024, /* of a letter, for the next in its place */
	WINDOW = 512,          /* RETR on their way, with PIPELINING ... */
	DELETIONS = 1024,      /* ... and DELE */
	VISIT_LETTERS = 2000,  /* then QUIT, and another visit */
	MANY_LETTERS = 50,     /* fetched: perhaps there are more behind them */
	VISIT_MS = 10 * 60 * 1000,
	REFUSALS_MAX = 5       /* of a login, before it pauses */
};

struct fetch_settings {
	struct str me, postmaster, resolver, cafile;
	uint64_t connect_s, answer_s, maxprobe_s, databytes;
	uint64_t min_free_bytes;
	unsigned min_free_percent;
};

/* What became of a visit, for the parent. */
enum outcome {
	OUTCOME_DONE,    /* all that was to do */
	OUTCOME_LATER,   /* not now: why */
	OUTCOME_REFUSED, /* the login, and the server does not say why */
	OUTCOME_PAUSED   /* a person must look: why; he was told */
};
struct visit {
	uint64_t outcome;  /* enum outcome */
	uint64_t fetched, deleted, left;
	uint64_t wait_s;   /* at least, until the next one; 0: as every= */
	uint64_t delay_s;  /* the server's LOGIN-DELAY, which nobody may cut */
	uint64_t is_more;  /* come again at once */
	uint64_t is_wasteful; /* the ledger is to be compacted */
	struct str why;
};
extern const struct record_field visit_fields[];

/* A letter of the listing, by its number - 1. */
struct item {
	struct str uid;    /* or "#" and the hash of its header; empty: not
	                    * known yet */
	uint64_t size;
	bool is_listed;    /* LIST had it, too */
	bool is_known;     /* in the ledger: the next two */
	uint64_t time_s;
	char hash[LEDGER_HASH_LEN + 1];
};

/* Numbers of letters. */
struct numbers {
	size_t *v;
	size_t len, cap;
};
void numbers_add(struct numbers *list, size_t number);

struct session {
	/* from the parent */
	struct isp_mailbox *mailbox;
	const struct fetch_settings *settings;
	struct str binding;
	struct str token;        /* of oauth2, or empty */
	struct str sent_ids;     /* what sent_ids_read gave */
	struct dns *dns;
	struct tls_client *tls;
	int box_fd;
	unsigned refusals;       /* of earlier visits, in a row */
	struct ledger ledger;
	struct text text;

	/* the conversation */
	int fd;
	struct pop3_client client;
	bool is_private;         /* nobody can read along */
	struct str host;         /* "pop.isp.test[192.0.2.1]:110" */
	struct str address;      /* "[192.0.2.1]:110" */

	/* the listing */
	struct item *items;
	size_t count;
	struct numbers to_fetch, to_delete;
	uint64_t began_ms;
	bool has_unsure;         /* of a letter: is it in the queue? */

	struct visit visit;
	struct stream stream;    /* the last: its buffer is not cleared */
};

/* The whole visit.  session->visit says what came of it. */
void session_run(struct session *session);

/* ---- talk.c ---- */

/* Ends the visit: false, for the caller's return. */
bool fail(struct session *session, enum outcome outcome, const char *format,
    ...) __attribute__((format(printf, 3, 4)));

/* The same, for the connection's own reason. */
bool lost(struct session *session);

/* Makes durable what the ledger was told.  False after fail(). */
bool commit_ledger(struct session *session);

/* The next status line; POP3_CLIENT_LOST after fail(). */
enum pop3_client_result hear(struct session *session);

/* The text behind a +OK, into session->text.  most: bytes, 0 for any; *is_over
 * when there were more (the conversation is lost then).  False, else after
 * fail(). */
bool hear_text(struct session *session, uint64_t most, bool *is_over);

/* ---- the steps: false after fail() ---- */

bool reach(struct session *session);
void leave(struct session *session);
bool ask_capabilities(struct session *session);
bool log_in(struct session *session);
bool take_listing(struct session *session);
bool make_plan(struct session *session);
bool fetch_all(struct session *session);
bool finish(struct session *session); /* QUIT */

/* ---- listing.c ---- */

/* The hash of a letter's header as TOP gives it; *is_there: the server could.
 * False after fail(). */
bool hash_header(struct session *session, size_t number, bool *is_there,
    char hash[LEDGER_HASH_LEN + 1]);

/* ---- letter.c ---- */

/* Puts the letter in session->text into the queue; it is not durable yet.
 * 0, or -1 with errno (EEXIST: its id is in the box, perhaps unfinished). */
int letter_drop(struct session *session, const struct item *item,
    const char *hash, struct drop *drop, struct str *id);

/* ---- notice.c ---- */

enum notice { NOTICE_PAUSED, NOTICE_TOO_LARGE };
/* Tells account and postmaster, once for each detail.  0, or -1, errno. */
int notice_send(struct session *session, enum notice notice,
    const char *detail, const char *text);

#endif
