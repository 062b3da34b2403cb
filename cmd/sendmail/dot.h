/* dot - a line with a single dot ends a message, by old custom (no -i). */
#ifndef SENDMAIL_DOT_H
#define SENDMAIL_DOT_H

#include "lib/base/str.h"

/* {0} is a message's start. */
struct dot {
	bool is_text; /* -i: such a line is text like any other */
	bool is_end;  /* it came: the message is over */
	enum { DOT_LINE_START, DOT_SEEN, DOT_CR_SEEN, DOT_IN_LINE } place;
};

/* Appends what is text of these bytes.  A dot that may be the end is held
 * back, and is the end when nothing follows. */
void dot_take(struct dot *dot, struct slice bytes, struct str *to);

#endif
