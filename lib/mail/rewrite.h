/*
 * rewrite - the header of the copy that leaves through an ISP mailbox.
 *
 * The outside knows only the ISP's addresses: an internal one in a field that
 * holds addresses is replaced by its ISP address, in place, and every other
 * byte of the header stays as it is (RFC 5322 3.6).  Bcc, Return-Path and what
 * the house says to itself (X-Posthouse-...) go, and of the Received lines of
 * the house one stays, without the client.
 *
 * Where several people share one ISP address, they are told apart by their
 * names: in the writer's fields a registered name stands for whatever was
 * there, among the readers it is added where there was none.
 */
#ifndef MAIL_REWRITE_H
#define MAIL_REWRITE_H

#include "lib/base/str.h"

enum rewrite_verdict {
	REWRITE_KEEP,    /* not one of ours */
	REWRITE_REPLACE, /* ours: the outside knows it by another */
	REWRITE_DROP     /* ours, and nothing to the outside */
};

enum rewrite_event {
	REWRITE_DROPPED, /* an address was left out */
	REWRITE_STRANGE  /* could not be understood, so it stays as it is */
};

struct rewrite_rules {
	/* What becomes of an address (not normalized); what replaces it is
	 * appended to *to. */
	enum rewrite_verdict (*map)(void *context, struct slice address,
	    struct str *to);
	/* The name by which the outside tells this one from others with the
	 * same ISP address, appended to *to; false: it has none.  May be
	 * NULL. */
	bool (*name)(void *context, struct slice address, struct str *to);
	/* A person may ask why; field: its name.  May be NULL. */
	void (*tell)(void *context, enum rewrite_event event,
	    struct slice field, struct slice address);
	void *context;
	/* The ISP address that sends.  It stands for an address to be dropped
	 * in a field that cannot do without: From, Sender, Reply-To ... */
	struct slice self;
	/* The name that belongs to it in this letter; empty: whatever stands
	 * there. */
	struct slice self_name;
};

/* header: up to and with the empty line (LF line ends), or to the end of a
 * message without one.  Appends the outgoing header, its empty line, if there
 * is one, included. */
void rewrite_header(struct str *to, struct slice header,
    const struct rewrite_rules *rules);

#endif
