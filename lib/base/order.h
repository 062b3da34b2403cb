/*
 * order - a command of root's for a program that runs, on a Unix socket.
 *
 * The order is a packet.  The answer is packets of text, each behind an 'o'
 * (for stdout) or an 'e' (for stderr), and last the exit status, behind any
 * other letter.
 */
#ifndef BASE_ORDER_H
#define BASE_ORDER_H

#include "lib/base/str.h"

/* Gives the order to the program `who` at path, and prints its answer.  The
 * exit status; where there is no answer the program ends, with the words
 * `nobody` if nobody listens. */
int order_give(const char *path, const char *who, const char *nobody,
    struct slice order);

#endif
