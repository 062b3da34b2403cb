/*
 * letter_top - the lines that local-deliver put above a letter in a mailbox.
 *
 * Return-Path, Delivered-To and X-Posthouse-... stand at the very beginning;
 * what follows came with the letter, and says nothing to us, whatever it is
 * called.  A file that begins otherwise was put there by somebody else.
 */
#ifndef MAIL_LETTER_TOP_H
#define MAIL_LETTER_TOP_H

#include "lib/base/str.h"

/* Views into the letter; empty where there is no such line. */
struct letter_top {
	struct slice sender;       /* empty: the null sender, or not known */
	struct slice staff, by;    /* whose it is, and how that was found */
	struct slice hold_id, hold_seal; /* both or neither */
	size_t len;                /* of these lines: the message is behind */
};

/* Reads what the letter begins with.  A pure function, believes nothing.
 * False when text is not whole and these lines may go on behind it. */
bool letter_top_read(struct slice text, bool is_whole,
    struct letter_top *top);

/* Reads as much of a file, from its beginning, as that takes: the bytes go to
 * *text, which *top points into.  0, or -1 with errno. */
int letter_top_load(int fd, struct str *text, struct letter_top *top);

#endif
