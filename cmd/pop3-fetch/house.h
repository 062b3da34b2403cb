/*
 * house - the parent: which mailbox is visited when.
 *
 * It reads the logins and never connects to anybody; children connect, and
 * each knows one login.
 */
#ifndef POP3_FETCH_HOUSE_H
#define POP3_FETCH_HOUSE_H

#include "cmd/pop3-fetch/session.h"
#include "control/config.h"
#include "lib/base/children.h"

#include <signal.h>

enum {
	VISITS_MAX = 64,         /* at once */
	VISITS_PER_HOST_MAX = 16 /* so that one that hangs holds up none else */
};

enum binding_state {
	BINDING_WAITS,
	BINDING_RUNS,
	BINDING_BROKEN /* its ledger cannot be used */
};

struct binding {
	struct str name;   /* "ACCOUNT ISP-ADDRESS" */
	struct str host;
	uint64_t every_s;
	enum binding_state state;
	uint64_t next_ms;  /* when it is visited ... */
	uint64_t earliest_ms; /* ... but not before: LOGIN-DELAY */
	bool is_elsewhere; /* node= names another machine */
	bool is_of_crowd;  /* its first visit was soon after the start */
	uint64_t paused_s; /* since when, 1970; 0: is not */
	struct str why;    /* of the last visit that was not as hoped */
	uint64_t last_s;   /* the last good visit, 1970; 0: none yet */
	uint64_t fetched;  /* since the program began */
	unsigned refusals, failures; /* in a row */
	pid_t pid;         /* of the visit */
	int result_fd;
	bool is_listed, was_listed; /* in the tables, in those before */
};

struct house {
	struct config config;
	struct fetch_settings settings;
	struct binding *bindings;
	size_t len, cap;
	struct children visits;
	struct dns *dns;
	struct tls_client *tls;
	int box_fd, listen_fd, domain_fd;
	sigset_t waiting;  /* the signal mask while it waits */
};

/* Reads settings and certificate authorities, or ends the program: before it
 * locks itself in. */
void house_open(struct house *house);

/* Returns the exit status, when told to end. */
int house_serve(struct house *house);

/* ---- among the parts ---- */

/* tables.c: all bindings, anew after the tables changed.  False: they say
 * what only a new start can heed. */
bool tables_refresh(struct house *house);

/* By chance, less than that. */
uint64_t some_time(uint64_t most_ms);

/* When it is visited. */
uint64_t binding_due_ms(const struct binding *binding);

/* visit.c: a child for a binding; what became of it. */
void visit_begin(struct house *house, struct binding *binding);
void visit_end(struct house *house, struct binding *binding, int status);

/* answer.c: one question on run/fetch/s. */
void answer_caller(struct house *house);

#endif
