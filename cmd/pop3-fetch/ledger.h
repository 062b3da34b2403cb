/*
 * ledger - which letters of one mailbox were fetched: state/pop3/HASH.
 *
 * A text file of lines, added to and never changed; a last line without its
 * LF is torn and does not count.  queue/FORMAT.md says why a lost line costs
 * a second fetch, and never a letter.
 *
 *   posthouse-ledger 1 BINDING
 *   fetched TIME SIZE HASH UID   it is in the queue, durably
 *   skipped TIME SIZE HASH UID   it is to stay there; of one that is too
 *                                large the account was told
 *   deleted UID                  it was told to go, and QUIT answered
 *   missed UID                   a full listing lacked it
 *   seen UID                     and another has it again
 *   gone UID                     two lacked it: forgotten
 *   paused TIME WHY              a person was told
 *   resumed TIME
 *
 * TIME in seconds since 1970; SIZE as LIST says it; HASH is the SHA-256 of the
 * header as TOP gives it, in hex; of a letter that was skipped "-", or "+" when
 * it came out larger than LIST had said, or "=" when this house had sent it.
 */
#ifndef POP3_FETCH_LEDGER_H
#define POP3_FETCH_LEDGER_H

#include "lib/base/str.h"

enum { LEDGER_HASH_LEN = 64 };

struct ledger_entry {
	struct str uid;
	uint64_t time_s, size;
	char hash[LEDGER_HASH_LEN + 1];
	bool is_skipped;
	bool is_deleted; /* so that its absence means nothing */
	bool is_missed;
	bool is_gone;
	bool is_listed; /* by the session at hand; not in the file */
};

struct ledger {
	int fd;
	struct ledger_entry *v; /* by uid, up to sorted */
	size_t len, cap, sorted;
	uint64_t lines;       /* in the file */
	bool is_torn;         /* " ! torn" goes before the next line */
	uint64_t paused_s;    /* since when; 0: is not */
	struct str paused_why;
	struct str pending;   /* lines not written yet */
};

/* The file of a binding: "state/pop3/..." into *to. */
void ledger_path(struct str *to, struct slice binding);

/* Makes the file unless it is there.  0, or -1 with errno. */
int ledger_make(const char *path, struct slice binding);

/* Reads from an open file (which stays the caller's).  ledger must be {0}.
 * 0, or -1 with errno; EPROTO: not a ledger of this binding and version. */
int ledger_read(struct ledger *ledger, int fd, struct slice binding);

/* NULL: unknown, or forgotten.  Valid until the next entry is added. */
struct ledger_entry *ledger_find(struct ledger *ledger, struct slice uid);

/* Each adds a line to what ledger_commit writes. */
void ledger_fetched(struct ledger *ledger, uint64_t time_s, uint64_t size,
    const char *hash, struct slice uid);
enum ledger_skip {
	LEDGER_TOO_LARGE = '-',
	LEDGER_GREW = '+',
	LEDGER_SENT = '='
};
void ledger_skipped(struct ledger *ledger, uint64_t time_s, uint64_t size,
    enum ledger_skip why, struct slice uid);
void ledger_deleted(struct ledger *ledger, struct slice uid);
void ledger_missed(struct ledger *ledger, struct ledger_entry *entry);
void ledger_seen(struct ledger *ledger, struct ledger_entry *entry);
void ledger_gone(struct ledger *ledger, struct ledger_entry *entry);
void ledger_paused(struct ledger *ledger, uint64_t time_s, const char *why);
void ledger_resumed(struct ledger *ledger, uint64_t time_s);

/* Writes the pending lines and makes them durable.  0, or -1 with errno. */
int ledger_commit(struct ledger *ledger);

/* Is most of the file about what is forgotten? */
bool ledger_is_wasteful(const struct ledger *ledger);

/* Replaces the file by one that says the same in fewer lines. */
int ledger_compact(const struct ledger *ledger, const char *path,
    struct slice binding);

void ledger_free(struct ledger *ledger);

/* ---- among the parts ---- */

/* Appends the first line. */
void ledger_head(struct str *to, struct slice binding);

/* A new entry, behind the sorted ones. */
struct ledger_entry *ledger_add(struct ledger *ledger, struct slice uid);

#endif
