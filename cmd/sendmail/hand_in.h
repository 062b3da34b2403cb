/* hand_in - take a letter to local-submit, and tell how it went. */
#ifndef SENDMAIL_HAND_IN_H
#define SENDMAIL_HAND_IN_H

#include "cmd/sendmail/options.h"

/* Does what a letter asks for.  The exit status, of sysexits(3). */
int hand_in(const struct options *options);

#endif
