/*
 * letter - a message on standard input.
 *
 * Its beginning is read before anybody is called: a short letter whole, so
 * that a slow writer holds no connection; of a long one no more than needed.
 */
#ifndef SENDMAIL_LETTER_H
#define SENDMAIL_LETTER_H

#include "cmd/sendmail/dot.h"
#include "cmd/sendmail/input.h"
#include "lib/mail/submit_wire.h"

struct letter {
	struct dot dot;
	struct str head; /* what was read and not yet sent */
	struct input input; /* the last: its buffer is not cleared */
};

enum letter_fault {
	LETTER_FINE,
	LETTER_UNREADABLE, /* errno */
	LETTER_LONG_HEADER
};

/* dots: a single dot is text. */
void letter_init(struct letter *letter, int fd, bool dots);
void letter_free(struct letter *letter);

/* Reads the beginning; with_header: all of the header is in it. */
enum letter_fault letter_begin(struct letter *letter, bool with_header);
struct slice letter_header(const struct letter *letter);

/* Sends all of it, unless nobody listens any more. */
enum letter_fault letter_send(struct letter *letter,
    struct submit_client *client);

#endif
