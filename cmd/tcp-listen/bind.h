/* bind - the listening sockets of one service. */
#ifndef TCP_LISTEN_BIND_H
#define TCP_LISTEN_BIND_H

#include "lib/base/str.h"

/* The addresses ("0.0.0.0:25", "[::]:25") that control/listen gives to
 * service; ends the program when there are none. */
void bind_addresses(const char *service, struct strs *addresses);

/* Listens on all of them, at descriptors 4, 5 ..., and sets LISTEN_FDS; or
 * ends the program and says on which address, and what to look for. */
void bind_all(const struct strs *addresses);

#endif
