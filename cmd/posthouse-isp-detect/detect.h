/*
 * detect - which servers a provider has for a mailbox, and do they let us in?
 *
 *   main.c    settings, one child
 *   request.c what was asked
 *   known.c   what control/isp has already
 *   secret.c  the password
 *   search.c  the usual names and ports
 *   probe.c   to a server, and into TLS
 *   smtp.c    the conversation, step by step
 *   pop3.c    the same
 *   round_trip.c  a letter to oneself, and back
 *   changes.c what the provider made of it
 *   say.c     a line for each step
 *   write.c   what was found, into the tables
 *
 * The parent reads and writes tables; its child, another user, confined,
 * speaks to strangers and says in a pipe what it found.
 */
#ifndef ISP_DETECT_DETECT_H
#define ISP_DETECT_DETECT_H

#include "control/config.h"
#include "control/isp_server.h"
#include "control/isp_url.h"
#include "lib/base/stream.h"

enum { PROTOCOLS = ISP_POP3 + 1 };

struct detect_settings {
	struct str helohost, resolver, cafile, users;
	uint64_t connect_s, answer_s;
};

/* A letter to oneself. */
struct round_trip {
	struct str token, text;
	bool is_sent, is_back;
	uint64_t sent_ms; /* monotonic */
};

struct detect {
	struct detect_settings settings;
	struct dns *dns;
	struct tls_client *tls;
	struct isp_mailbox login;   /* all but the server */
	struct str token;           /* of oauth2 */
	bool has_secret;            /* password or token */
	bool is_secret_new;         /* it is not in secrets/isp */
	bool is_asked[PROTOCOLS];
	struct isp_mailbox servers[PROTOCOLS]; /* host empty: search */
	bool is_known;              /* they are of the row in force */
	bool is_to_write;
	bool is_to_go_round;
	struct round_trip round_trip;
};

/* ---- request.c ---- */

/* Or ends the program. */
void request_take(struct detect *detect, int argc, char *argv[]);

/* The same, of what is missing, once known_take may have given it. */
void request_complete(struct detect *detect);

/* ---- known.c ---- */

/* Where no server was named: those of the row that is in force. */
void known_take(struct detect *detect);

/* Ends the pause of what is in force and has just let us in. */
void known_resume(const struct detect *detect);

/* ---- secret.c ---- */

/* From secrets/isp, or else standard input. */
void secret_find(struct detect *detect);

/* ---- search.c ---- */

enum found {
	FOUND_NO_HOST, /* no such name */
	FOUND_NOTHING, /* nobody there, or nobody to trust */
	FOUND_SERVER,  /* all but the login */
	FOUND_LOGIN
};

/* Tries all that was asked; found servers are then in detect->servers, host
 * empty for those without a login.  The exit status. */
int search(struct detect *detect);

/* ---- probe.c, smtp.c, pop3.c ---- */

/* One conversation with one server. */
struct probe {
	struct detect *detect;
	enum isp_protocol protocol;
	const struct isp_mailbox *server;
	bool may_log_in;  /* the server's name is the person's own word */
	bool is_guess;
	uint64_t at_ms;   /* when this step began */
	struct tls_look look;
	struct tls_peer peer;
	struct str fingerprint; /* of peer */
	bool is_private;
	bool is_silent;   /* has said it all before */
	struct stream stream; /* the last: its buffer is not cleared */
};

enum found probe_run(struct probe *probe);

/* After a handshake: what the server showed, and whether that is enough.
 * why: of tls_connect, where it failed. */
void probe_say_tls(struct probe *probe, bool is_believed, const char *why);

/* Before a login: false when there is nothing to log in with, or nobody to
 * send it to; that is said. */
bool probe_may_log_in(const struct probe *probe);
struct sasl_login probe_login(const struct probe *probe, const char *service);
void probe_say_refused(struct probe *probe, const char *words);

enum found smtp_speak(struct probe *probe);
enum found pop3_speak(struct probe *probe);

uint64_t probe_answer_ms(const struct probe *probe);

/* ---- round_trip.c, changes.c ---- */

/* In these conversations, after the login.  False: it was not sent, that is
 * said; or it is not there (yet). */
struct smtp_client;
struct pop3_client;
bool round_trip_send(struct probe *probe, struct smtp_client *client);
bool round_trip_fetch(struct probe *probe, struct pop3_client *client,
    uint64_t letters);

/* Looks for it again and again; says what came of it. */
bool round_trip_wait(struct probe *probe);

void changes_say(struct probe *probe, struct slice sent, struct slice back);

/* ---- say.c: foreign bytes are made printable ---- */

void say_server(struct probe *probe);
void say_ok(struct probe *probe, const char *step, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void say_fault(struct probe *probe, const char *step, const char *format,
    ...) __attribute__((format(printf, 3, 4)));
void say_note(const char *format, ...)
    __attribute__((format(printf, 1, 2)));
/* What to do about the line before. */
void say_try(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* ---- write.c ---- */

/* Appends "ACCOUNT ADDRESS smtp=..."; ACCOUNT may stand for itself. */
void write_row(const struct detect *detect, struct str *to);

/* Adds row and secret, and compiles.  The exit status. */
int write_tables(const struct detect *detect);

#endif
