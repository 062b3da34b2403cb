/*
 * question - one question, one answer, on a Unix socket.
 *
 * How sessions ask the keepers of secrets, and some programs queue-manager: a
 * connection carries one packet each way and is closed.  The directory's mode
 * says who may ask.
 * A process that may not connect (a smtp session: it would reach tls-key too)
 * sends its question as a single packet, with a socket for the answer.
 */
#ifndef BASE_QUESTION_H
#define BASE_QUESTION_H

#include "lib/base/str.h"

#include <sys/types.h>

/* Serves a listener of local_listen, or of local_listen_single, with a pool
 * of workers (pool.h), each of which answers one question at a time.  asker:
 * the primary group that who asks must have, by the kernel's word ((gid_t)-1:
 * any).  answer is told which one that is, and fills in *to; empty: the asker
 * gets no answer.  Questions are wiped from memory afterwards, answers are
 * the function's business.  Returns the exit status. */
int question_serve(int listen_fd, unsigned workers, gid_t asker,
    void (*answer)(void *context, gid_t asker, struct slice question,
	struct str *to), void *context);

/* For who is woken by more than questions: takes one at a listener of
 * local_listen into packet (PACKET_MAX bytes); empty, when none comes soon.
 * The connection, to answer on and to close; or -1: nobody asks. */
int question_take(int listen_fd, char *packet, struct slice *question);

/* Asks at path, and waits `seconds` at most.  0 and the answer in *to, or -1
 * with errno (EAGAIN: no answer in time). */
int question_ask(const char *path, struct slice question, unsigned seconds,
    struct str *to);

/* The same by a single packet, where local_listen_single listens. */
int question_send(const char *path, struct slice question, unsigned seconds,
    struct str *to);

#endif
