/*
 * house - the parent: which host is called when.
 *
 * It reads the logins and never connects to anybody; children connect, and
 * each knows one login.
 */
#ifndef ETRN_CALL_HOUSE_H
#define ETRN_CALL_HOUSE_H

#include "control/call.h"
#include "lib/base/children.h"
#include "lib/base/dns.h"
#include "lib/base/tls_client.h"

#include <signal.h>

enum { CALLS_MAX = 16 /* at once */ };

struct call_settings {
	struct str helohost, resolver, cafile;
	uint64_t connect_s, answer_s, maxprobe_s;
};

/* A row of calls. */
struct caller {
	struct str name;   /* "ARGUMENT HOST" */
	uint64_t every_s;
	uint64_t next_ms;  /* when it is called; monotonic */
	unsigned failures; /* in a row */
	pid_t pid;         /* of the child that calls now, or 0 */
	int asker_fd;      /* who asked for the next call, or -1 */
	bool is_listed;    /* in the tables */
};

struct house {
	struct config config; /* cdb/call */
	struct call_settings settings;
	struct caller *v;
	size_t len, cap;
	struct children calls;
	struct dns *dns;
	struct tls_client *tls;
	int listen_fd, domain_fd;
	sigset_t waiting;  /* the signal mask while it waits */
};

/* Reads settings and certificate authorities, or ends the program: before it
 * locks itself in. */
void house_open(struct house *house);

/* Returns the exit status, when told to end. */
int house_serve(struct house *house);

/* ---- among the parts ---- */

/* tables.c: all calls, anew after the tables changed.  False: they say what
 * only a new start can heed. */
bool tables_refresh(struct house *house);

/* child.c: a child that calls, and what became of it. */
void child_begin(struct house *house, struct caller *caller);
void child_end(struct house *house, struct caller *caller, int status);

/* talk.c, in the child: calls, and tells *text the host, and its answer or why
 * there is none.  True when it was 2xx. */
bool talk(struct house *house, const struct call *call, struct str *text);

/* answer.c: one question on run/call/s; one line of an answer there, of kind
 * 'o' (good) or 'e'. */
void answer_caller(struct house *house);
void answer_line(int fd, char kind, const struct str *name,
    const struct str *text);

#endif
