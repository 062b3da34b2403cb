/*
 * smtp_client - the client's side of an SMTP conversation: RFC 5321, with
 * PIPELINING (2920), SIZE (1870), 8BITMIME (6152), SMTPUTF8 (6531), DSN
 * (3461), STARTTLS (3207) and LIMITS (9422).
 *
 * Over a stream that the caller connected.  The server is believed in
 * nothing: its replies are limited in length, lines and time, and it never
 * makes memory grow.  Every recipient of a letter gets an outcome, whatever
 * happens to the connection.
 */
#ifndef MAIL_SMTP_CLIENT_H
#define MAIL_SMTP_CLIENT_H

#include "lib/base/stream.h"
#include "lib/mail/job.h"
#include "lib/mail/smtp_reply.h"

struct sasl_login;
struct tls_client;
struct tls_peer;

enum smtp_client_result {
	SMTP_CLIENT_OK,
	SMTP_CLIENT_REFUSED, /* client->reply says why */
	SMTP_CLIENT_LOST     /* client->why says why; all that is left to do
	                      * with the stream is to close it */
};

struct smtp_client {
	struct stream *stream;       /* the caller's */
	uint64_t timeout_ms;         /* no answer is waited for longer */
	struct smtp_reply reply;     /* the last */
	struct smtp_capabilities can;
	bool is_extended;            /* EHLO was understood */
	bool is_over;                /* lost, or the server said 421 */
	struct str why;              /* in words, once it is lost */
	bool needs_reset;            /* a transaction is still open */
	uint64_t transactions;       /* accepted ones, for mail_max */
	char *buffer;                /* the message, piece by piece */
	size_t held;                 /* all of it, if it is one piece */
	struct str line;
	size_t reply_bytes;
};

/* Deadlines are RFC 5321 4.5.3.2's, but never over timeout_ms. */
void smtp_client_init(struct smtp_client *client, struct stream *stream,
    uint64_t timeout_ms);
void smtp_client_free(struct smtp_client *client);

/* The server's greeting.  REFUSED: 4xx or 5xx. */
enum smtp_client_result smtp_client_greeting(struct smtp_client *client);

/* EHLO, and HELO where that is not understood. */
enum smtp_client_result smtp_client_hello(struct smtp_client *client,
    const char *name);

/* QUIT, without waiting for the answer, and is_over. */
void smtp_client_quit(struct smtp_client *client);

/* What became of a recipient. */
struct smtp_outcome {
	enum job_verdict verdict; /* DONE PASSED LATER FAILED */
	int code;
	char enhanced[12];
	struct str text;
	bool is_theirs; /* the server's own words; else ours about it */
};

struct smtp_rcpt {
	struct slice address;
	struct slice dsn; /* "NOTIFY=... ORCPT=...", or empty */
	struct smtp_outcome outcome;
	/* The rest is the conversation's own. */
	enum smtp_rcpt_state {
		SMTP_RCPT_WAITING,
		SMTP_RCPT_OFFERED,  /* in this transaction */
		SMTP_RCPT_ACCEPTED,
		SMTP_RCPT_POSTPONED, /* too many for this transaction */
		SMTP_RCPT_DECIDED
	} state;
};

struct smtp_letter {
	int fd;              /* read with pread */
	uint64_t start, end; /* where the message is in it; LF line ends */
	struct slice head;   /* goes before that, in the place of a header
	                      * that start has left out; or empty */
	bool needs_smtputf8; /* it came with SMTPUTF8 */
	struct slice sender; /* empty: the null sender */
	struct slice ret, envid;
	struct smtp_rcpt *rcpts;
	size_t count;

	/* Set by smtp_client_send: the server never accepted a sender, so
	 * that nothing at all has happened to this letter. */
	bool is_untouched;
	/* And: it said 5xx to MAIL; or that there is too much of us now, for
	 * any letter: 421, or another 4xx with 4.7 (RFC 3463 3.8). */
	bool is_sender_refused, is_slowed;
};

/* Sends a letter, in as many transactions as the server wants; all outcomes
 * are then filled in.  Nothing else may be under way.  Look at is_over
 * before the next one. */
void smtp_client_send(struct smtp_client *client, struct smtp_letter *letter);

/* Frees the outcomes and makes the letter as it was before. */
void smtp_letter_renew(struct smtp_letter *letter);

/* STARTTLS and the handshake; EHLO has to follow.  peer: who it must be, see
 * lib/base/tls_client.h.  REFUSED: the server does not want to. */
enum smtp_client_result smtp_client_starttls(struct smtp_client *client,
    struct tls_client *tls, const struct tls_peer *peer);

/* Asks for mail that the server holds for us: ETRN, RFC 1985; argument is a
 * domain, @domain or #queue, without line ends.  REFUSED: any answer that is
 * not 2xx. */
enum smtp_client_result smtp_client_etrn(struct smtp_client *client,
    const char *argument);

/* Logs in: AUTH, RFC 4954, before the first letter.  is_private: nobody can
 * listen.  REFUSED: client->reply says why; its code is 0, and the words ours,
 * when the server has no mechanism that may be used. */
enum smtp_client_result smtp_client_auth(struct smtp_client *client,
    const struct sasl_login *login, bool is_private);

#endif
