/* queue_cmd - the parts of posthouse-queue. */
#ifndef POSTHOUSE_QUEUE_QUEUE_CMD_H
#define POSTHOUSE_QUEUE_QUEUE_CMD_H

#include "queue/admin.h"

#include <stdio.h>

/* Sends the request to queue-manager and prints its answer.  Exit status. */
int ask_manager(const struct admin_request *request);

/* Prints the envelope, the note and the header (with_body: all) of a message.
 * Exit status. */
int show_message(const char *id, bool with_body);

/* Prints bytes of strangers: what could steer a terminal becomes \xNN. */
void put_visible(FILE *to, struct slice text);

#endif
