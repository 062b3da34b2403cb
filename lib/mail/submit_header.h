/*
 * submit_header - what a submitted message's header must and may be.
 *
 * RFC 6409 8: the submission server adds what is missing (Date, Message-ID,
 * From) and takes Bcc out; every other byte stays as it is.  From names
 * addresses of the writer's own, and nobody else's.
 */
#ifndef MAIL_SUBMIT_HEADER_H
#define MAIL_SUBMIT_HEADER_H

#include "lib/base/str.h"

struct submit_rules {
	/* Is this (as it stands in From) an address of the writer's own?
	 * NULL: From is not looked at. */
	bool (*owns)(void *context, struct slice address);
	void *context;
	struct slice from;   /* for a missing From; empty: leave it missing */
	struct slice sender; /* the writer: where From is somebody else's, or
	                      * bad, a Sender of this address says who wrote,
	                      * and no other Sender does; empty: that is a
	                      * fault */
	struct slice domain; /* of a new Message-ID */
	struct slice id;     /* queue id: its left side */
	uint64_t now_us;     /* since 1970, for a new Date */
};

enum submit_fault {
	SUBMIT_FINE,
	SUBMIT_FROM_NOT_OWN, /* From names somebody else */
	SUBMIT_FROM_BAD,     /* From is empty, or readers may not agree on
	                      * whom it names */
	SUBMIT_TOO_LONG      /* a header over SUBMIT_HEADER_MAX */
};

/* Nobody writes such a header; 8 MB of it would be an attack on readers. */
enum { SUBMIT_HEADER_MAX = 256 * 1024 };

/* header: up to and with the empty line, or to the end of a message without
 * one.  Appends the header to send on, its empty line included; at a fault
 * nothing. */
enum submit_fault submit_header(struct str *to, struct slice header,
    const struct submit_rules *rules);

/* A message on its way: the header is collected, the body flows through.
 * {0} is a message's start; submit_text_free ends it. */
struct submit_text {
	struct str header;
	size_t known; /* of its bytes: lines that do not end it */
	bool is_body;
};

/* Takes the next bytes and appends what may be written by now.  A fault is
 * the message's end: nothing more of it may be given. */
enum submit_fault submit_take(struct submit_text *text,
    const struct submit_rules *rules, struct slice bytes, struct str *to);

/* The message is over: appends what was held back. */
enum submit_fault submit_end(struct submit_text *text,
    const struct submit_rules *rules, struct str *to);
void submit_text_free(struct submit_text *text);

#endif
