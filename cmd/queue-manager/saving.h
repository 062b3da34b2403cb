/* saving - notes: what memory knows, onto the disk and back. */
#ifndef QUEUE_MANAGER_SAVING_H
#define QUEUE_MANAGER_SAVING_H

#include <stddef.h>

struct manager;
struct message;
struct note;
struct rcpt;

void message_from_note(struct message *message, const struct note *note);
/* Stores how things stand; a failure is logged (the queue stays right: a
 * missing note means "just arrived"). */
void message_save(struct manager *manager, struct message *message);
/* The same when nothing else has changed but these of its recipients: costs
 * what they cost, however many there are. */
void message_save_some(struct manager *manager, struct message *message,
    struct rcpt *const *rcpts, size_t count);

#endif
