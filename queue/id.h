/* id - queue ids; see FORMAT.md. */
#ifndef QUEUE_ID_H
#define QUEUE_ID_H

#include "lib/base/str.h"

enum {
	QUEUE_ID_LEN = 15,      /* made from time and pid */
	QUEUE_ONCE_ID_LEN = 27, /* a, b or p, and 26 characters of hash */
	QUEUE_ID_MAX = QUEUE_ONCE_ID_LEN
};

/* The 32 characters of ids, in their order. */
extern const char queue_id_chars[];

/* A new id, unique on this machine. */
void queue_id_make(struct str *id);

/* The id that follows from content: prefix ('a', 'b', 'p') and 128
 * bits of the SHA-256 of seed. */
void queue_id_once(struct str *id, char prefix, struct slice seed);

/* Of one of the three forms? */
bool queue_id_valid(struct slice id);
bool queue_id_is_once(struct slice id);

/* "active/6q/6qw5c1zj3k00abc" for ("active", id). */
void queue_id_path(struct str *path, const char *dir, struct slice id);

#endif
