/*
 * session - one SMTP conversation, in a process of its client's own.
 *
 * Everything the client says is hostile.  The session's power is one
 * descriptor of a drop box, in which it may create files.
 */
#ifndef SMTP_RECEIVE_SESSION_H
#define SMTP_RECEIVE_SESSION_H

#include "cmd/smtp-receive/replies.h"
#include "cmd/smtp-receive/service.h"
#include "control/config.h"
#include "lib/base/tally.h"
#include "lib/base/tls.h"
#include "queue/drop.h"

#include <signal.h>

/* The connection's descriptor in a session's process. */
enum { CLIENT_FD = 0 };

/* control/ as of the session's start; see control.5. */
struct smtp_settings {
	struct str me, greeting;
	uint64_t databytes;      /* 0: no limit */
	uint64_t max_rcpts;
	uint64_t sessions, sessions_per_ip;
	uint64_t timeout_s;
	uint64_t min_free_bytes; /* minfree */
	unsigned min_free_percent;
	bool has_etrn;           /* somebody may ask for mail: ETRN */
};

/* What the listener hands to a session. */
struct session_start {
	const struct service *service;
	bool is_tls_offered;
	struct tls_server *tls;  /* NULL: not in this service */
	const struct smtp_settings *settings;
	struct config *config;
	struct tally *messages;  /* accepted by login, in an hour */
	int box_fd;
	struct str client;       /* "[192.0.2.1]:4711" */
	struct str client_literal; /* "[192.0.2.1]", "[IPv6:2001:db8::1]" */
	bool is_denied;          /* clients says so: */
	enum reply denial;       /* with these words */
	bool may_etrn;           /* its address is in some allow= */
	const sigset_t *signals; /* the mask of a session; SIGTERM waits
	                          * until it has its handler */
};

enum session_end {
	SESSION_GOES_ON,
	SESSION_CLOSED,  /* close the connection at once */
	SESSION_LEAVES   /* close it so that our last reply arrives */
};

struct session {
	const struct session_start *start;
	enum session_end end;
	struct str line;
	struct str helo;         /* escaped; empty before EHLO and HELO */
	bool is_esmtp;
	bool is_tls;
	struct str login, passport; /* auth-check's words; or empty */
	uint64_t login_ms;       /* monotonic */
	bool is_in_mail;         /* between MAIL and the end of its message */
	uint64_t declared_bytes; /* by SIZE= of MAIL; 0: not */
	uint64_t outside_max;    /* what the providers take by whom it leaves;
	                          * 0: nothing is known */
	unsigned crowd;          /* recipients refused as too many */
	struct envelope envelope;
	size_t envelope_bytes;   /* of its recipients, about */
	unsigned errors;         /* since a message was accepted */
	unsigned idle_commands;  /* as errors: led to no message */
	unsigned refused_rcpts;  /* in this transaction */
	uint64_t room_checked_ms;
	bool has_room;
	struct drop drop;
	struct stream stream;    /* the last: its buffer is not cleared */
};

/* Converses on CLIENT_FD until the end.  False: this process was told to
 * end. */
bool session_run(const struct session_start *start);

/* Reads a line of at most max bytes, and cuts its CRLF off.  False: there is
 * none to be used, and what had to be said or done about it was (too_long is
 * the reply to one that is).  *line is valid until the next call. */
bool session_line(struct session *session, size_t max, enum reply too_long,
    struct slice *line);

/* Answers, from the table of replies. */
void session_reply(struct session *session, enum reply reply);

/* Answers and logs why; recipient and detail may be NULL. */
void session_refuse(struct session *session, enum reply reply,
    const char *recipient, const char *detail);
void session_refuse_text(struct session *session,
    const struct reply_text *reply, const char *recipient,
    const char *detail);

/* As session_refuse, for a command that made no sense: too many of them end
 * the session.  argument (may be NULL) goes into the log. */
void session_error(struct session *session, enum reply reply,
    const char *argument);

/* Counts an error that was answered and logged already. */
void session_count_error(struct session *session);

/* Counts a command that is good but leads nowhere by itself (NOOP ...): too
 * many of them end the session. */
void session_idle(struct session *session);

/* Refuses, logs, and ends the session. */
void session_leave(struct session *session, enum reply reply);

/* Appends the client's address alone, "192.0.2.1". */
void session_put_address(const struct session *session, struct str *to);

/* Forgets the mail transaction. */
void session_reset(struct session *session);

/* secure.c: the answer to STARTTLS: TLS, here or in the service that does it
 * for this one.  After it the conversation begins anew (RFC 3207 4.2). */
void session_start_tls(struct session *session);

/* secure.c: shakes hands.  When it fails the session ends. */
void session_secure(struct session *session);

/* transfer.c: DATA, from 354 to the reply that promises or refuses.  False
 * when it was refused instead of 354. */
bool session_transfer(struct session *session);

#endif
