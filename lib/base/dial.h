/* dial - a connection to an address, within a time. */
#ifndef BASE_DIAL_H
#define BASE_DIAL_H

#include <stdint.h>
#include <sys/socket.h>

/* A connected TCP socket (blocking, without Nagle's delay), or -1 with errno
 * (ETIMEDOUT: nobody answered in time). */
int dial(const struct sockaddr_storage *address, socklen_t len,
    uint64_t seconds);

#endif
