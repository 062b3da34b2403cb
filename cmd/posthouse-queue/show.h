/* show - one message as it lies in the queue. */
#ifndef POSTHOUSE_QUEUE_SHOW_H
#define POSTHOUSE_QUEUE_SHOW_H

#include <stdbool.h>

/* Prints the envelope, the note and the header (with_body: all) of a message.
 * Exit status. */
int show_message(const char *id, bool with_body);

#endif
