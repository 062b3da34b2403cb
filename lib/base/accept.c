/* accept - a rest when nothing is left to accept with; see accept.h. */
#include "lib/base/accept.h"

#include "lib/base/log.h"

#include <errno.h>
#include <poll.h>
#include <string.h>

enum { REST_MS = 100 };

void
accept_failed(int error)
{
	if (error != EMFILE && error != ENFILE && error != ENOBUFS &&
	    error != ENOMEM)
		return;
	log_event("alarm", "why", "cannot accept a connection", "error",
	    strerror(error), NULL);
	poll(NULL, 0, REST_MS);
}
