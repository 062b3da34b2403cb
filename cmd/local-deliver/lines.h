/* lines - what is said above a letter that the house has handled: whose it is,
 * to whom it goes, what it waits for.  See lib/mail/copy.h. */
#ifndef LOCAL_DELIVER_LINES_H
#define LOCAL_DELIVER_LINES_H

#include "lib/mail/agent.h"

/* Appends header lines, X-Posthouse-..., each with its LF, as the copy asks.
 * 0, or -1: the envelope that is to be listed cannot be read. */
int lines_add(struct str *to, const struct copy *copy,
    const struct agent_job *job);

#endif
