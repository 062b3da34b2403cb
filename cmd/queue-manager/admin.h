/* admin - what posthouse queue asks for. */
#ifndef QUEUE_MANAGER_ADMIN_H
#define QUEUE_MANAGER_ADMIN_H

struct manager;

int admin_listen(struct manager *manager);

#endif
