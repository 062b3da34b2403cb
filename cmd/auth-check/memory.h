/*
 * memory - what all workers of auth-check remember together.
 *
 * Shared by fork, of fixed size, and gone with the last process: which
 * passwords were right a minute ago, only as a MAC under a key that never
 * leaves this memory.
 */
#ifndef AUTH_CHECK_MEMORY_H
#define AUTH_CHECK_MEMORY_H

#include "lib/base/str.h"

enum { MEMORY_KEY_LEN = 32, MEMORY_MAC_LEN = 32 };

struct memory;

/* Before the workers are forked.  NULL with errno. */
struct memory *memory_open(void);

/* The MAC that stands for "this password is right for this stored hash". */
void memory_mac(const struct memory *memory, struct slice account,
    struct slice stored, struct slice password,
    unsigned char mac[MEMORY_MAC_LEN]);

/* Was it right less than a minute ago? */
bool memory_knows(struct memory *memory,
    const unsigned char mac[MEMORY_MAC_LEN]);
void memory_learn(struct memory *memory,
    const unsigned char mac[MEMORY_MAC_LEN]);

#endif
