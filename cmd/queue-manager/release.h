/* release - who asks for held mail, and where it goes. */
#ifndef QUEUE_MANAGER_RELEASE_H
#define QUEUE_MANAGER_RELEASE_H

struct answer;
struct manager;

int release_listen(struct manager *manager, const char *prefix);
/* For posthouse etrn: has the held mail of a domain sent. */
void release_by_hand(struct manager *manager, struct answer *answer);
/* The tables have changed: releases under way lead where they say now. */
void release_refresh(struct manager *manager);

#endif
