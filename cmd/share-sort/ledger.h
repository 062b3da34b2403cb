/*
 * ledger - which staff wrote a letter, or was given one: state/share.
 *
 * state/share/DOMAIN/XX/HASH, HASH being the SHA-256 of the Message-ID in hex
 * and XX its beginning, holds one line: ACCOUNT TIME SUBJECT, the last one the
 * hash of the base subject.  Of a thread that the manager has given to
 * somebody there is HASH.assigned, which says the same.  Who wrote a letter
 * first stays; who was given a thread last, has it.
 */
#ifndef SHARE_SORT_LEDGER_H
#define SHARE_SORT_LEDGER_H

#include "cmd/share-sort/who.h"

enum {
	LEDGER_KEEP_S = 400 * 24 * 60 * 60, /* older ones are not there */
	LEDGER_STEP_S = 600 /* a folder is cleared once in so many seconds */
};

struct ledger {
	int dir_fd;      /* state/share */
	uint64_t step;   /* of the last clearing */
};

/* 0, or -1 with errno. */
int ledger_open(struct ledger *ledger, const char *path);
void ledger_close(struct ledger *ledger);

/* Writes it down durably, at time now_s (since 1970).  What is there stays
 * if it is of a letter sent and not too old.  0, or -1 with errno. */
int ledger_put(struct ledger *ledger, struct slice domain, struct slice id,
    bool is_assigned, const struct who_trace *trace, uint64_t now_s);

/* 1: *trace is what is known, 0: nothing, -1: errno says why nobody knows. */
int ledger_get(struct ledger *ledger, struct slice domain, struct slice id,
    bool is_assigned, uint64_t now_s, struct who_trace *trace);

/* Removes what is too old from the folder, of each domain, whose turn it is;
 * all of them have theirs within two days.  Nothing, when that was done
 * lately. */
void ledger_clear(struct ledger *ledger, uint64_t now_s);

#endif
