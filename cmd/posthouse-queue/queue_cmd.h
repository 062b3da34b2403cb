/* queue_cmd - the parts of posthouse-queue. */
#ifndef POSTHOUSE_QUEUE_QUEUE_CMD_H
#define POSTHOUSE_QUEUE_QUEUE_CMD_H

#include "queue/admin.h"

/* Sends the request to queue-manager and prints its answer.  Exit status. */
int ask_manager(const struct admin_request *request);

/* Prints the envelope, the note and the header (with_body: all) of a message,
 * with control bytes made visible.  Exit status. */
int show_message(const char *id, bool with_body);

#endif
