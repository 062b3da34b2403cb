/* notice - that a login was refused. */
#ifndef QUEUE_MANAGER_NOTICE_H
#define QUEUE_MANAGER_NOTICE_H

#include <stdbool.h>

struct delivery;
struct job;
struct manager;
struct message;

/* Its lane was paused just now: has its writer and postmaster told. */
void notice_gather(struct manager *manager, struct message *message);
/* Is a lane of its still paused? */
bool notice_is_news(const struct message *message);
void notice_fill(struct job *job, const struct delivery *delivery);
/* Has its writer been told of all that it waits for? */
bool notice_was_told(const struct message *message);

#endif
