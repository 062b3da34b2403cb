/*
 * route - what happens to a recipient: the decision of the whole house.
 *
 * smtp-receive asks at RCPT, queue-manager at admission, posthouse explain
 * for a person: one function, one answer.  It depends on the tables, the
 * message's origin and its sender, and on nothing else.
 */
#ifndef CONTROL_ROUTE_H
#define CONTROL_ROUTE_H

#include "control/config.h"

enum route_kind {
	ROUTE_LOCAL,  /* to a mailbox of ours: agent local */
	ROUTE_REMOTE, /* to another host: agent remote, lane next_hop */
	ROUTE_ISP,    /* through a mailbox at a provider: agent isp, lane
	               * next_hop, "isp ISP-ADDRESS" */
	ROUTE_REFUSE  /* never, or (code 4xx) not now: code, enhanced, text */
};

/* What share-sort is asked about a recipient before its agent gets it. */
enum route_sort {
	SORT_NONE,
	SORT_IN,      /* mail for a shared address: whose is it? */
	SORT_OUT,     /* a staff letter to outside: remember its Message-ID */
	SORT_ASSIGNED /* given to a staff member by hand: remember that */
};

struct route {
	enum route_kind kind;
	struct str address;  /* the final recipient, normalized */
	struct str next_hop; /* lane name (next_hop.h); empty for local */
	uint64_t keep_s;     /* how long it may wait to be sent; 0: for
	                      * queuelifetime, UINT64_MAX: for ever */
	int code;            /* for ROUTE_REFUSE: 550 ... */
	const char *enhanced; /* "5.1.1" */
	struct str text;     /* "no such user here" */
	unsigned stage;      /* 1; 2 starts when all of stage 1 is done */
	enum route_sort sort;
	struct str copy;     /* how local-deliver delivers it (copy.h); empty:
	                      * as ever.  Two with one address and one copy
	                      * are one, and that is extra if both are */
	bool is_extra;       /* a copy that the house makes: nobody is told of
	                      * its fate */
	bool is_held;        /* waits for an approval */
};

struct routes {
	struct route *v;
	size_t len, cap;
};

struct route_request {
	struct slice box;       /* "smtp", "bounce": what may come from there */
	struct slice sender;    /* empty: null sender */
	struct slice login;     /* account, or empty */
	struct slice recipient; /* "postmaster" alone is ours too */
	bool is_added;          /* share-sort added it: the letter was let in,
	                         * and its copies are made */
};

/* A line for explain: "aliases:12: info@x -> a@x, b@x".  May be NULL. */
struct route_trace {
	void (*step)(void *context, const char *text);
	void *context;
};

/* Decides.  *out gets at least one route; several after an alias, or with
 * copies for a manager or a monitor.  Each final address comes once for each
 * copy.  Tables that are damaged give 451 4.3.0: whatever is
 * broken in the house is no reason to send a letter back. */
void route_decide(struct config *config, const struct route_request *request,
    const struct route_trace *trace, struct routes *out);
void routes_free(struct routes *routes);

/* Does an address (any spelling) belong to this account (normalized): is it
 * its own, with a tag perhaps, or an alias that leads to it?  What is another
 * account's own is never, though an alias sends a copy here.  A "no" is none
 * when the tables are damaged: config->is_damaged. */
bool route_owns(struct config *config, struct slice account,
    struct slice address);

/* The domain by which the outside knows the writer, for what is made in its
 * name: that of the mailbox at a provider by which its letters leave.  False,
 * and *to as it was: its own. */
bool route_outer_domain(struct config *config,
    const struct route_request *request, struct str *to);

/* Is this domain (any case, U-label or A-label) one of ours whose mailboxes
 * are here, so that its people are our own? */
bool route_domain_is_home(struct config *config, struct slice domain);

#endif
