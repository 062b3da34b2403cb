/*
 * tally - counters that forked processes share: how often, in this window?
 *
 * Of fixed size, in memory only, gone with the last process.  Names are kept
 * as keyed hashes.  When it is full the counter whose window ends first makes
 * room.
 */
#ifndef BASE_TALLY_H
#define BASE_TALLY_H

#include "lib/base/str.h"

struct tally;

/* Before the fork.  A counter begins anew window_ms after its first count.
 * NULL with errno. */
struct tally *tally_open(uint64_t window_ms);

unsigned tally_count(struct tally *tally, struct slice name);

/* Counts one more; the count with it. */
unsigned tally_add(struct tally *tally, struct slice name);

#endif
