/* message - messages in memory, their recipients, and the index. */
#ifndef QUEUE_MANAGER_MESSAGE_H
#define QUEUE_MANAGER_MESSAGE_H

#include "cmd/queue-manager/rcpt_map.h"
#include "control/route.h"
#include "queue/id.h"
#include "queue/note.h"

struct copy;
struct delivery;
struct kept;
struct lane;
struct manager;
struct spool_letter;

/* RFC 3461 4.1: when its writer wants to hear of a recipient. */
enum notify { NOTIFY_SUCCESS = 1, NOTIFY_FAILURE = 2, NOTIFY_DELAY = 4 };

struct rcpt {
	char *address;      /* the final one */
	char *asked;        /* the envelope's, if another; else NULL */
	char *words;        /* "code enhanced host text" of the last answer */
	struct lane *lane;  /* NULL: to be routed before the next attempt; set
			     * by lanes_assign alone */
	struct delivery *delivery; /* the one it is part of, if any */
	uint64_t next_us;   /* next attempt, or end of quarantine, wall clock */
	uint64_t keep_s;    /* how long it may wait, as struct route has it */
	struct copy *copy;  /* what is to be done at its copy; NULL: nothing */
	uint32_t attempts;
	uint32_t origin;    /* of whom in the envelope; rcpt_is_added */
	uint32_t number;    /* of its row in the note */
	uint32_t release;   /* held mail: the last one that tried it */
	uint8_t stage;
	uint8_t wished;     /* when its writer wants to hear of its origin */
	uint8_t notify;     /* ... and of this one: never of what the house
			     * adds */
	enum route_sort sort; /* what share-sort is asked about it */
	bool is_sorted;     /* and has answered */
	bool is_unnoted;    /* that, in the note */
	bool is_extra;      /* a copy that the house makes */
	bool is_shared;     /* pending, and others lead to it as well */
	bool is_unrouted;   /* pending, and to be decided (anew) first */
	enum rcpt_state state;
};

/* Who has a row: kept from one answer of share-sort to the next, and dropped
 * when the rows are made anew. */
struct known_rcpts {
	struct rcpt_map map;
	uint32_t next_origin; /* of one that share-sort adds */
};

struct message {
	struct message *next; /* in the index */
	char id[QUEUE_ID_MAX + 1];
	uint8_t box;
	bool is_first;     /* surely never handed out before */
	bool is_delayed;   /* its writer was warned */
	bool is_held;      /* by hand, or because of what happened to it */
	enum note_approval approval;
	bool is_smtputf8;
	bool has_wishes;   /* DSN parameters, which only its file knows */
	bool has_note;
	bool is_saved;     /* the note has these recipients, in this order */
	bool has_stages;   /* some wait until others are done */
	bool is_routing;   /* a walk goes on with what is unrouted */
	uint32_t envelope_rcpts; /* how many the envelope names */
	uint32_t led_to;   /* addresses, doubles included, since that began */
	bool was_unlocked; /* nobody had it, one turn of the loop ago */
	int fd;            /* open while handed out, or in its first turn */
	bool is_locked;    /* fd is */
	bool was_lost;     /* since, with a worker that may be at it still */
	uint8_t lock_tries; /* in vain, since it last was */
	uint64_t stuck_ms;  /* when to complain of who has it; monotonic */
	uint32_t deaths;   /* workers that died over it */
	uint32_t last_death; /* the number of the last one */
	uint32_t head_len;
	uint64_t length, arrived_us;
	uint64_t generation; /* of the tables it was routed by */
	char *sender;
	char *login;       /* the account that sent it, "" for none */
	struct rcpt **rcpts;
	size_t count, cap;
	struct known_rcpts *known; /* NULL: nobody has asked */
	uint32_t pending;  /* of them */
	uint32_t untold;   /* whose writer is to be told */
	uint32_t quarantined;
	uint32_t note_bytes, note_added; /* written at once, added since */
	struct kept *kept;   /* late.c's */
	struct delivery *deliveries;
	unsigned in_flight; /* of its deliveries */
};

struct index {
	struct message **buckets;
	size_t size, count;
};

struct message *index_find(const struct index *index, const char *id);
void index_add(struct index *index, struct message *message);
/* Calls each for all messages, at once; it must not change the index. */
void index_each(struct manager *manager,
    void (*each)(struct manager *manager, struct message *message,
	void *context),
    void *context);

struct message *message_make(const struct spool_letter *letter, size_t box);
void message_close(struct message *message);
/* ... unless it is handed out.  Who has answered keeps no lock on it. */
void message_close_idle(struct message *message);
/* Its descriptor stays open until the turn's end, or until it is handed out
 * and answered: most letters are opened once. */
void message_add_fresh(struct manager *manager, struct message *message);
void message_close_fresh(struct manager *manager);
/* Takes it out of the index and frees it with its deliveries. */
void message_forget(struct manager *manager, struct message *message);
struct rcpt *message_add_rcpt(struct message *message, struct slice address);
/* The same with one that was made before; it is the message's now. */
void message_append_rcpt(struct message *message, struct rcpt *rcpt);
/* Did share-sort add it? */
bool rcpt_is_added(const struct message *message, const struct rcpt *rcpt);
/* The folder of its copy, "" for the INBOX. */
const char *rcpt_folder(const struct rcpt *rcpt);
/* Is it a copy, in a folder, of what is to go out? */
bool rcpt_is_gate(const struct rcpt *rcpt);
/* Does a worker of ours have it? */
bool rcpt_is_in_flight(const struct rcpt *rcpt);
/* Replaces what is to be done at its copy; *copy is emptied. */
void rcpt_set_copy(struct rcpt *rcpt, struct copy *copy);
/* Gives all of them to the caller: an array of count, which was message->count,
 * to be freed. */
struct rcpt **message_take_rcpts(struct message *message);
void message_set_state(struct message *message, struct rcpt *rcpt,
    enum rcpt_state state);
void message_words(struct rcpt *rcpt, struct slice words);
/* As message_words, wherever they are kept: the last answer, as one line. */
void words_replace(char **words, struct slice by);
void message_no_words(struct rcpt *rcpt);
void message_free_rcpt(struct rcpt *rcpt);
/* Is it one of those that an approval is awaited for? */
bool message_awaits(const struct message *message, const struct rcpt *rcpt);
/* Does a later stage wait for this one? */
bool message_is_gate(const struct message *message, const struct rcpt *rcpt);
/* Nothing is left to be done, told or kept. */
bool message_is_finished(const struct message *message);
/* Is a recipient pending of whose delay the writer wants to hear? */
bool message_is_awaited(const struct message *message);
uint64_t message_age_s(const struct message *message);

#endif
