/* local_socket - Unix packet sockets, passed descriptors, the peer's uid. */
#ifndef BASE_LOCAL_SOCKET_H
#define BASE_LOCAL_SOCKET_H

#include "lib/base/str.h"

#include <sys/types.h>

/* The largest packet that any of our programs sends or takes. */
enum { PACKET_MAX = 128 * 1024 };

/* Listens (SOCK_SEQPACKET, non-blocking, CLOEXEC) at path, replacing a stale
 * socket there; who may connect is the directory's matter (mode 0666).
 * The descriptor, or -1 with errno. */
int local_listen(const char *path);

/* The same for a stream (SOCK_STREAM). */
int local_listen_stream(const char *path);

/* Takes single packets (SOCK_DGRAM) at path: who sends one does not wait for
 * us to accept it.  Read them with packet_receive. */
int local_listen_single(const char *path);

/* Connects, blocking.  The descriptor, or -1 with errno.  _within waits for
 * a listener whose queue is full `seconds` at most (EAGAIN); 0: for ever. */
int local_connect(const char *path);
int local_connect_within(const char *path, unsigned seconds);
int local_connect_stream(const char *path, unsigned seconds);
int local_connect_single(const char *path, unsigned seconds);

/* From now on no wait for the peer, be it to read or to write, is longer
 * (EAGAIN). */
void local_patience(int fd, unsigned seconds);

/* For a command of root's: connects, with patience.  Ends the program with
 * these words when nobody listens. */
int local_connect_or_die(const char *path, unsigned seconds,
    const char *nobody);

/* Sends one packet, with a descriptor unless pass_fd < 0; pass_fd stays the
 * caller's.  0, or -1 with errno (EAGAIN on a full non-blocking socket). */
int packet_send(int fd, struct slice packet, int pass_fd);

/* Receives one packet into buffer (PACKET_MAX bytes at least).  *passed_fd is
 * a new CLOEXEC descriptor or -1; a NULL passed_fd lets none arrive.
 * Its length, 0 at the end (or for an empty packet), -1 with errno (EMSGSIZE:
 * cut off, or more than one descriptor). */
ssize_t packet_receive(int fd, char *buffer, size_t size, int flags,
    int *passed_fd);

/* The peer's uid by the kernel's word.  0 or -1, errno. */
int peer_uid(int fd, uid_t *uid);

/* And its primary group. */
int peer_ids(int fd, uid_t *uid, gid_t *gid);

#endif
