/*
 * manager - what the parts of queue-manager share.
 *
 * One process, one loop.  The index in memory is made from the queue on disk
 * and can be thrown away at any moment; see queue/FORMAT.md.
 *
 *   admit.c    may this be here
 *   login.c    is the account the one that logged in
 *   message.c  messages in memory: index, recipients (saving.c: their notes)
 *   rcpt_map.c recipients by address
 *   reroute.c  where does it go (place.c: what a route makes of a recipient)
 *   sorting.c  what share-sort is asked, and what it may answer
 *   approve.c  what the manager of a share domain lets go (seal.c)
 *   gather.c   recipients into deliveries
 *   lane.c     deliveries in lanes (heap.c: whose time comes)
 *   turn.c     whose turn it is
 *   lanes.c    which lanes there are
 *   reach.c    is there somebody at a lane's other end: when next, how many
 *   held.c     lanes that wait to be asked (release.c: who asks)
 *   jobs.c     deliveries to workers (fill.c: what a job says)
 *   bind.c     workers to lanes
 *   agents.c   workers, and what they report
 *   outcome.c  what an answer does to a message
 *   learn.c    what a provider's answers say beyond their letter
 *   ages.c     who waits too long
 *   quarantine.c  what may not be sent back
 *   notice.c   that a login was refused
 *   warnheld.c that mail is held for long
 *   walk.c     work about many messages, a slice at a time
 *   admin.c    what posthouse queue asks for (answer.c, listing.c,
 *              listing_lanes.c)
 *   loop.c     who is ready, and whose time has come
 */
#ifndef QUEUE_MANAGER_MANAGER_H
#define QUEUE_MANAGER_MANAGER_H

#include "control/config.h"
#include "control/route.h"
#include "lib/base/confine.h"
#include "lib/base/local_socket.h"
#include "lib/mail/job.h"
#include "lib/mail/passport.h"
#include "queue/id.h"
#include "queue/release.h"
#include "queue/spool.h"

struct manager;

struct manager_settings {
	struct str users, me, doublebounceto;
	uint64_t queuelifetime_s, warnafter_s, firstretry_s, maxprobe_s;
	uint64_t warnheld_s;
	uint64_t concurrencyremote;
};
extern const struct setting manager_schema[];

/* Reads the settings anew.  0, or -1: the tables lack one. */
int manager_read_settings(struct manager *manager);

extern const struct confine manager_needs; /* needs.c */

/* ---- message.c ---- */

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
	bool is_extra;      /* a copy that the house makes */
	bool is_shared;     /* pending, and others lead to it as well */
	bool is_unrouted;   /* pending, and to be decided (anew) first */
	enum rcpt_state state;
};

struct message {
	struct message *next; /* in the index */
	char id[QUEUE_ID_MAX + 1];
	uint8_t box;
	bool is_first;     /* surely never handed out before */
	bool is_delayed;   /* its writer was warned */
	bool is_held;      /* by hand, or because of what happened to it */
	enum note_approval approval;
	bool is_smtputf8, is_8bit;
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
	uint8_t lock_tries; /* in vain, since it last was */
	uint32_t deaths;   /* workers that died over it */
	uint32_t last_death; /* the number of the last one */
	uint32_t head_len;
	uint64_t length, arrived_us;
	uint64_t generation; /* of the tables it was routed by */
	char *sender;
	char *login;       /* the account that sent it, "" for none */
	struct rcpt **rcpts;
	size_t count, cap;
	uint32_t pending;  /* of them */
	uint32_t untold;   /* whose writer is to be told */
	uint32_t quarantined;
	uint32_t note_bytes, note_added; /* written at once, added since */
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
/* Its descriptor stays open until the turn's end, or until it is handed out
 * and answered: most letters are opened once. */
void message_add_fresh(struct manager *manager, struct message *message);
void message_close_fresh(struct manager *manager);
/* Takes it out of the index and frees it with its deliveries. */
void message_forget(struct manager *manager, struct message *message);
struct rcpt *message_add_rcpt(struct message *message, struct slice address);
/* Did share-sort add it? */
bool rcpt_is_added(const struct message *message, const struct rcpt *rcpt);
/* The folder of its copy, "" for the INBOX. */
const char *rcpt_folder(const struct rcpt *rcpt);
/* Is it a copy, in a folder, of what is to go out? */
bool rcpt_is_gate(const struct rcpt *rcpt);
/* Replaces what is to be done at its copy; *copy is emptied. */
void rcpt_set_copy(struct rcpt *rcpt, struct copy *copy);
/* The same with one that was made before; it is the message's now. */
void message_append_rcpt(struct message *message, struct rcpt *rcpt);
/* Gives all of them to the caller: an array of count, which was message->count,
 * to be freed. */
struct rcpt **message_take_rcpts(struct message *message);
void message_set_state(struct message *message, struct rcpt *rcpt,
    enum rcpt_state state);
void message_words(struct rcpt *rcpt, struct slice words);
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
/* saving.c */
void message_from_note(struct message *message, const struct note *note);
/* Stores how things stand; a failure is logged (the queue stays right: a
 * missing note means "just arrived"). */
void message_save(struct manager *manager, struct message *message);
/* The same when nothing else has changed but these of its recipients: costs
 * what they cost, however many there are. */
void message_save_some(struct manager *manager, struct message *message,
    struct rcpt *const *rcpts, size_t count);
uint64_t message_age_s(const struct message *message);

/* ---- rcpt_map.c ---- */

/* Recipients by address and folder; {0} is a valid empty one.  They stay their
 * owner's. */
struct rcpt_map {
	struct rcpt **slots;
	size_t size, count;
};

struct rcpt *rcpt_map_find(const struct rcpt_map *map, const char *address,
    const char *folder);
/* The first of its kind stays. */
void rcpt_map_add(struct rcpt_map *map, struct rcpt *rcpt);
void rcpt_map_free(struct rcpt_map *map);

/* ---- admit.c ---- */

void admit_from_box(struct manager *manager, size_t box, const char *name,
    bool was_closed);
void admit_scan_box(struct manager *manager, size_t box);
/* The start: lists active/, and admits it in a walk. */
void admit_begin(struct manager *manager);
/* The same again when it is time for what could not be admitted then. */
void admit_look_again(struct manager *manager);
/* Finds a message; the start may not have come to it yet.  NULL: it is not in
 * the queue. */
struct message *admit_find(struct manager *manager, const char *id);

/* ---- reroute.c ---- */

/* Decides (anew) where the pending recipients go that are not handed out, and
 * gathers them; queue/FORMAT.md has the rule ("One letter for each
 * address").  What takes longer than a moment goes on in a walk. */
void reroute(struct manager *manager, struct message *message);
/* The same for all messages, after the tables have changed, in a walk. */
void reroute_all(struct manager *manager);
/* Was this delivery, about to be handed out, routed by older tables?  Then it
 * is gone, and its message was routed anew. */
bool reroute_stale(struct manager *manager, struct delivery *delivery);

/* ---- sorting.c ---- */

/* It was not sorted in time, and goes on as it is. */
void sorting_skip(struct manager *manager, struct message *message,
    struct rcpt *rcpt);
/* What share-sort said of a delivery. */
void sorting_results(struct manager *manager, struct delivery *delivery,
    const struct job_result *result);

/* ---- seal.c ---- */

enum { SEAL_KEY_LEN = 32, SEAL_DIGITS = 32 };

/* Opens (at the first start, makes) state/hold/key.  0, or -1 with errno. */
int seal_open(struct manager *manager);
/* Appends the seal of an id, hex: whoever shows it has seen the letter that
 * waits under this id, in its manager's mailbox. */
void seal_add(const struct manager *manager, struct str *to, const char *id);
bool seal_holds(const struct manager *manager, struct slice id,
    struct slice seal);

/* ---- approve.c ---- */

/* Listens on run/approve/s; phmail and root may call.  A packet "approve ID
 * SEAL" or "reject ID SEAL WHY" is answered by "ok", "already" (there is
 * nothing to be decided any more), "unknown" (no such letter in the queue),
 * "refused" (the seal is not of this id) or "later" (for whom it is cannot be
 * said now, so that nothing was decided). */
int approve_listen(struct manager *manager);

/* ---- login.c ---- */

/* Opens state/passport.  0, or -1 with errno. */
int login_open(struct manager *manager);
enum login_verdict {
	LOGIN_HOLDS,  /* or there is none, and its box needs none */
	LOGIN_FALSE,  /* missing, forged, too old, or another account's */
	LOGIN_UNKNOWN /* the keys cannot be read now */
};
enum login_verdict login_check(struct manager *manager,
    const struct spool_letter *letter);
/* Does the passport prove that the account logged in, not long before at_us
 * (since 1970)? */
enum login_verdict login_holds(struct manager *manager, struct slice account,
    struct slice passport, uint64_t at_us);

/* ---- lane.c ---- */

enum delivery_state {
	DELIVERY_NEW,      /* in no queue */
	DELIVERY_WAITING,  /* in its lane's queue */
	DELIVERY_DEFERRED, /* in the heap, until due_ms */
	DELIVERY_IN_FLIGHT /* with a worker */
};
enum delivery_purpose {
	FOR_RCPTS,  /* the message itself */
	FOR_REPORT, /* a bounce, or a confirmation */
	FOR_WARNING, /* a delay warning */
	FOR_DIGEST, /* what is in quarantine, of all messages */
	FOR_WARNHELD, /* what is held for long, of all messages */
	FOR_NOTICE_WRITER,    /* that its lane's login was refused */
	FOR_NOTICE_POSTMASTER
};

/* A report's rows are long: so many fit into a packet. */
enum { REPORT_RCPTS_MAX = 50 };
_Static_assert(REPORT_RCPTS_MAX * (JOB_REPORT_MAX + ADDRESS_MAX + 4) + 4096 <=
	PACKET_MAX, "a full report fits into a packet");

/* What stands in a heap; the first member of whatever it is. */
struct timed {
	uint64_t due_ms;
	size_t heap_at;
};

struct heap {
	struct timed **v;
	size_t len, cap;
};

void heap_add(struct heap *heap, struct timed *timed);
void heap_remove(struct heap *heap, struct timed *timed);

/* Lanes with something to do stand in lines, so that those that only try
 * whether somebody is there do not take all workers. */
enum line { LINE_PROVEN, LINE_FRESH, LINE_DOWN, LINE_COUNT };

/* Recipients of one message in one lane: one job for an agent. */
struct delivery {
	struct timed timed;           /* in manager->heap, while deferred */
	struct delivery *prev, *next; /* in its lane's queue */
	struct delivery *sibling;     /* next of its message */
	struct message *message;
	struct lane *lane;
	enum delivery_state state;
	enum delivery_purpose purpose;
	enum line line;      /* that it was taken from, while in flight */
	bool keeps_place;    /* its turn had come: first again, once due */
	bool was_tried;      /* held.c's: in vain, in this release */
	struct rcpt **rcpts; /* none in a warning, which is about all that
			      * is pending when it is handed out */
	size_t count, cap;   /* at most JOB_RCPTS_MAX */
	size_t asked;        /* recipients in the job: verdicts to come */
};

enum lane_state {
	LANE_UP,
	LANE_DOWN,  /* nobody was there: one delivery at a time tries */
	LANE_PAUSED /* our login was refused: nothing is tried */
};

struct lane {
	struct timed timed;       /* in manager->probes, while is_timed */
	struct lane *next;        /* in the table of lanes */
	struct lane *turn_next;   /* in its line */
	struct lane *unused_next; /* of its port */
	struct agent_port *port;
	char *next_hop;           /* "" for local delivery */
	struct delivery *head, *tail;
	struct delivery *gathering;
	size_t waiting, deferred;
	size_t users;             /* recipients, deliveries, workers */
	unsigned in_flight;
	unsigned workers;         /* bound to it, for more of it */
	bool has_turn, is_unused, is_timed;
	/* reach.c's: */
	enum lane_state state;
	bool is_proven;           /* somebody answered, since it is up */
	bool may_probe;           /* down, and its time has come */
	struct delivery *probe;   /* is on its way to try */
	unsigned failures;        /* in a row */
	uint64_t failed_ms;       /* when the last was */
	unsigned limit;           /* of in_flight, while up */
	unsigned ceiling, credit; /* above it the limit grows slowly */
	uint64_t size_max;        /* of a letter, as the provider said ... */
	uint64_t size_noted_ms;   /* ... and when learn.c wrote it down */
	unsigned senders_refused; /* one after the other, none taken since */
	char *told;               /* the writer who knows that it is paused;
				   * until it is up again */
	char *words;              /* "code enhanced host text" of the last
				   * failure since it is up, or down */
	struct held *held;        /* held.c's; NULL: its mail just flows */
	struct lane_row *row;     /* listing_lanes.c's, in its child */
};

/* A lane whose mail waits to be asked for. */
struct held {
	struct lane *lane;
	struct held *next;      /* of those released */
	bool is_released;       /* it flows, now */
	uint32_t number;        /* of the release */
	struct delivery *tried; /* in its queue: the first of those that this
				 * release tried in vain */
	char *hop;              /* where the last release leads */
	size_t old_at;          /* warnheld.c's */
};

/* More letters than that are not sent back because a provider has something
 * against the mailbox that they all leave by. */
enum { SENDERS_REFUSED_MAX = 3 };

struct lanes {
	struct lane **buckets;
	size_t size, count;
};

/* A delivery without recipients, in no queue: lane_queue or lane_defer is to
 * follow. */
struct delivery *lane_new_delivery(struct message *message, struct lane *lane,
    enum delivery_purpose purpose);
void lane_add_rcpt(struct delivery *delivery, struct rcpt *rcpt);
/* Drops a message's deliveries that are not handed out. */
void lane_withdraw(struct manager *manager, struct message *message);
void lane_free_delivery(struct manager *manager, struct delivery *delivery);
/* Puts it (back) in its lane's queue, or to sleep until due_ms. */
void lane_queue(struct manager *manager, struct delivery *delivery);
void lane_queue_first(struct manager *manager, struct delivery *delivery);
void lane_defer(struct manager *manager, struct delivery *delivery,
    uint64_t due_ms);
/* The same for a moment only, without losing its place. */
void lane_put_off(struct manager *manager, struct delivery *delivery,
    uint64_t wait_ms);
/* Its next delivery, now in flight; there must be one. */
struct delivery *lane_take(struct lane *lane);
/* Was its way decided by other tables than those of now? */
bool lane_needs_route(const struct manager *manager,
    const struct delivery *delivery);
/* Wakes those whose time has come. */
void lane_wake(struct manager *manager, uint64_t now_ms);
/* When (monotonic) the next one's time comes, or UINT64_MAX. */
uint64_t lane_next_due_ms(const struct manager *manager);

/* ---- turn.c ---- */

/* Stands it in a line, if there is something that may go. */
void turn_give(struct lane *lane);
/* May one more of its deliveries go now? */
bool turn_may_go(const struct lane *lane);
/* Does it leave enough workers to others? */
bool turn_has_share(const struct lane *lane);
/* The next delivery for this agent, now in flight; lanes take turns. */
struct delivery *turn_next(struct agent_port *port);
/* How many more may go from that line now. */
unsigned turn_room(const struct agent_port *port, enum line line);

/* ---- lanes.c ---- */

struct lane *lanes_get(struct manager *manager, struct agent_port *port,
    struct slice next_hop);
/* The same, but NULL when there is none. */
struct lane *lanes_find(const struct manager *manager,
    const struct agent_port *port, struct slice next_hop);
/* Where one for a mailbox of ours goes now: to share-sort first, or to
 * local-deliver. */
struct lane *lanes_home(struct manager *manager, const struct rcpt *rcpt);
/* Is that lane share-sort's? */
bool lanes_is_sorting(const struct manager *manager, const struct lane *lane);
/* Whoever holds a lane says so; one that nobody holds is freed at a turn's
 * end, unless there is something to remember of it. */
void lanes_hold(struct lane *lane);
void lanes_release(struct lane *lane);
/* A recipient's lane; NULL for none. */
void lanes_assign(struct rcpt *rcpt, struct lane *lane);
void lanes_bury(struct manager *manager);

/* ---- reach.c ---- */

/* How long to wait after that many attempts in vain: 1, 2, 4 ... times
 * firstretry up to maxprobe, and an eighth more or less, so that what failed
 * together is not tried together for ever. */
uint64_t reach_pause_us(const struct manager *manager, uint32_t attempts);
/* A new lane, or one that begins anew. */
void reach_begin(const struct manager *manager, struct lane *lane);
/* How many may be in flight. */
unsigned reach_room(const struct lane *lane);
enum line reach_line(const struct lane *lane);
/* A delivery is handed out, or is in flight no more. */
void reach_departs(struct lane *lane, struct delivery *delivery);
void reach_returns(struct manager *manager, struct lane *lane,
    const struct delivery *delivery);
/* What the verdicts on a delivery say of its lane.  True: they say nothing of
 * the message, and the delivery waits again. */
bool reach_hears(struct manager *manager, struct delivery *delivery,
    const struct job_result *result);
/* Has the lane tried at once, whatever it is; not if it failed since then. */
void reach_try_now(struct manager *manager, struct lane *lane,
    uint64_t since_ms);
/* The tables have changed: a login that was refused may be another one. */
void reach_resume(struct manager *manager);
/* Has those lanes tried whose time has come. */
void reach_wake(struct manager *manager, uint64_t now_ms);
/* Why a recipient waits: its own last words or its lane's; may be NULL. */
const char *reach_words(const struct rcpt *rcpt);

/* ---- held.c ---- */

/* A new lane; and its end. */
void held_begin(struct lane *lane);
void held_free(struct lane *lane);
bool held_is_released(const struct lane *lane);
/* It is held, and nothing in it may go now. */
bool held_waits(const struct lane *lane);
/* What workers are told of where a lane leads. */
const char *held_hop(const struct lane *lane);
/* Deliveries in a lane, wherever they stand. */
size_t held_count(const struct lane *lane);
/* Before which one a delivery is to stand in its lane's queue (NULL: at the
 * end); it was put there; it leaves the queue. */
struct delivery *held_place(struct delivery *delivery);
void held_placed(struct delivery *delivery);
void held_leaves(const struct delivery *delivery);
/* An attempt is over, and this release makes no other. */
void held_note_try(const struct delivery *delivery);
/* A connection failed, with so many others under way. */
void held_failed(struct manager *manager, struct lane *lane, unsigned others);
/* Do the verdicts say that the connection was lost on the way? */
bool held_was_lost(const struct lane *lane, const struct job_result *result);
/* Its mail is asked for, and hop is where it leads; a release under way is to
 * lead there; it is over. */
void held_start(struct manager *manager, struct lane *lane, struct slice hop);
void held_lead(struct lane *lane, struct slice hop);
void held_end(struct manager *manager, struct lane *lane, const char *why);
/* Ends the releases of lanes with nothing left to try. */
void held_check(struct manager *manager);

/* ---- release.c ---- */

int release_listen(struct manager *manager, const char *prefix);
/* Has the held mail of a domain sent.  client: the address of who asks, where
 * that counts, or empty. */
void release_domain(struct manager *manager, struct slice domain,
    struct slice client, struct release_answer *answer);
/* The tables have changed: releases under way lead where they say now. */
void release_refresh(struct manager *manager);

/* ---- gather.c ---- */

/* Makes deliveries of all pending recipients that are in none. */
void gather_rcpts(struct manager *manager, struct message *message);
/* The same when only these can be such. */
void gather_some(struct manager *manager, struct message *message,
    struct rcpt *const *rcpts, size_t count);
/* Has the message's writer told: of all that failed or was delivered and is
 * not reported yet, or of the delay of what is pending. */
void gather_report(struct manager *manager, struct message *message,
    enum delivery_purpose purpose);

/* ---- learn.c ---- */

void learn(struct manager *manager, const struct delivery *delivery,
    const struct job_result *result);

/* ---- notice.c ---- */

/* Its lane was paused just now: has its writer and postmaster told. */
void notice_gather(struct manager *manager, struct message *message);
/* Is a lane of its still paused? */
bool notice_is_news(const struct message *message);
void notice_fill(struct job *job, const struct delivery *delivery);
/* Has its writer been told of all that it waits for? */
bool notice_was_told(const struct message *message);

/* ---- warnheld.c ---- */

/* Is it held, and for too long? */
bool warnheld_is_news(const struct manager *manager,
    const struct message *message);
/* Then the postmaster is told, once a week, of all that is. */
void warnheld_check(struct manager *manager, struct message *message);
void warnheld_fill(struct manager *manager, struct job *job);
/* That is in the queue, durable. */
void warnheld_told(struct manager *manager);

/* ---- agents.c ---- */

/* Something epoll watches; the first member of whatever it is. */
struct source {
	int fd;
	void (*ready)(struct manager *manager, struct source *source);
};

struct worker {
	struct source source;
	struct worker *next;  /* of its port; of the dead at a turn's end */
	struct agent_port *port;
	unsigned window, in_flight;
	bool is_alone;        /* has a message that killed workers */
	bool is_full;         /* its socket is, until the next result */
	bool is_ending;       /* takes no more, but reports what it has */
	struct lane *lane;    /* the one it serves, at a remote port */
	uint64_t bound_ms;    /* since when */
	uint64_t drains_until_ms; /* gets no more, to become idle */
	struct delivery **jobs; /* window of them; number - 1 is the index */
};

/* One agent: its socket, its workers, its lanes that have something. */
struct agent_port {
	struct source source;
	const char *name;
	uid_t uid;
	bool is_remote; /* reaches other hosts: a worker serves one lane only,
			 * and lanes can be down */
	struct worker *workers;
	unsigned places;           /* workers there are */
	unsigned awaited;          /* clean ones, for those sent home */
	uint64_t awaited_until_ms;
	struct lane_line {
		struct lane *head, *tail;
		unsigned in_flight; /* that were taken from it */
	} lines[LINE_COUNT];
	enum line next_line;       /* whose turn it is */
	struct lane *unused;       /* lanes that nobody held a moment ago */
};
enum agent_number { AGENT_LOCAL, AGENT_REMOTE, AGENT_ISP, AGENT_SHARE,
	AGENT_BOUNCE, AGENT_COUNT };

int agents_listen(struct manager *manager, const char *prefix);
/* Hangs up; what it had goes back into the queue. */
void agents_lose(struct manager *manager, struct worker *worker,
    const char *why);
/* Frees the lost ones, at a turn's end. */
void agents_bury(struct manager *manager);

/* ---- bind.c ---- */

/* A worker of a remote port serves the lane of its first job and no other,
 * because of what it keeps for it: a connection, a login. */
void bind_worker(struct worker *worker, struct lane *lane);
void bind_release(struct worker *worker);
/* Where this lane leads has changed: the same with its workers. */
void bind_renew_lane(const struct lane *lane);
/* A clean worker has come. */
void bind_welcome(struct agent_port *port);
/* The tables have changed: what bound workers know of their lanes (a login)
 * may be old, and clean ones take their places. */
void bind_renew(struct manager *manager);
/* jobs_dispatch for such a port. */
void bind_dispatch(struct manager *manager, struct agent_port *port);

/* ---- jobs.c ---- */

/* Hands a delivery in flight to a worker that has room; failing that, it
 * waits again. */
void jobs_hand_out(struct manager *manager, struct worker *worker,
    struct delivery *delivery);

/* Hands out what may go to whoever has room. */
void jobs_dispatch(struct manager *manager);

/* ---- fill.c ---- */

void fill_job(struct manager *manager, struct job *job,
    const struct delivery *delivery, uint64_t number);

/* ---- outcome.c ---- */

/* All results of one delivery are in (or it is to be tried again). */
void outcome_results(struct manager *manager, struct delivery *delivery,
    const struct job_result *result);
void outcome_worker_died(struct manager *manager, struct delivery *delivery);
/* A result for an earlier manager's job.  An agent may only speak of what is
 * in its own lanes. */
void outcome_late(struct manager *manager, const struct agent_port *port,
    const struct job_result *result);
/* After any change: reports, saves, finishes. */
void outcome_settle(struct manager *manager, struct message *message);
/* Its attempt was in vain: later, unless it is too old. */
void outcome_put_off(struct manager *manager, struct message *message,
    struct rcpt *rcpt);
/* Its deliveries are handed out no more: closes the message after the last. */
void outcome_end_delivery(struct manager *manager, struct delivery *delivery);
void outcome_fail(struct manager *manager, struct message *message,
    struct rcpt *rcpt, const char *words);
/* Is its writer being told of something? */
bool outcome_is_reporting(const struct message *message);

/* ---- ages.c ---- */

bool ages_is_too_old(const struct manager *manager,
    const struct message *message, const struct rcpt *rcpt);
void ages_give_up(struct manager *manager, struct message *message,
    struct rcpt *rcpt);
/* Gives up on what is too old, warns of what is late, in a walk. */
void ages_check(struct manager *manager);

/* ---- quarantine.c ---- */

/* Is the refusal of this recipient nothing to tell its writer of? */
bool quarantine_wants(struct manager *manager, const struct message *message,
    const struct rcpt *rcpt);
/* It failed, its words say why: keeps it. */
void quarantine_take(struct message *message, struct rcpt *rcpt);
/* One that is kept, or NULL. */
const struct rcpt *quarantine_first(const struct message *message);
/* They are to be tried again. */
void quarantine_release(struct message *message);
/* Has it something that the postmaster was not told of? */
bool quarantine_is_news(const struct message *message);
/* Says into a job for bounce-write what is kept and was not told of. */
void quarantine_fill(struct manager *manager, struct job *job);
/* That is in the queue, durable. */
void quarantine_told(struct manager *manager);
/* Has the postmaster told when it is time, and lets go of what is old.  True:
 * it did, and the message may be finished. */
bool quarantine_check(struct manager *manager, struct message *message);

/* ---- walk.c ---- */

/* What a walk does for one id; true: it is to be called with this one again,
 * there is more to do. */
typedef bool walk_each(struct manager *manager, const char *id, void *context);
typedef void walk_end(struct manager *manager, void *context);

struct walk {
	struct walk *next; /* of those under way */
	walk_each *each;
	walk_end *end;     /* or NULL */
	void *context;
	char (*ids)[QUEUE_ID_MAX + 1];
	size_t len, cap, at;
};

/* A walk that is under way with the next turn, through what is added to it. */
struct walk *walk_begin(struct manager *manager, walk_each *each,
    walk_end *end, void *context);
void walk_add(struct walk *walk, const char *id);
void walk_add_all(struct walk *walk, const struct index *index);
/* A slice of what is under way, some 30 ms.  True: there is more. */
bool walk_some(struct manager *manager);

/* ---- admin.c ---- */

int admin_listen(struct manager *manager);

/* ---- loop.c ---- */

struct manager {
	struct manager_settings settings;
	struct config config;
	struct spool spool;
	struct index index;
	struct lanes lanes;
	struct heap heap;             /* deliveries that are deferred */
	struct heap probes;           /* lanes that are down */
	struct passport_keys passport_keys;
	bool has_passport_keys;
	int passport_fd;              /* state/passport */
	struct agent_port ports[AGENT_COUNT];
	struct source admin;
	struct source approve;
	unsigned approve_clients;
	unsigned char seal_key[SEAL_KEY_LEN];
	struct source release;        /* the socket of etrn-serve */
	unsigned release_clients;     /* that have not asked yet */
	uid_t release_uid;
	struct held *released;        /* lanes that flow now */
	uint32_t releases;            /* so far */
	struct source watch;          /* inotify */
	int box_watch[BOX_COUNT], config_watch;
	int epoll_fd;
	struct worker *dead;          /* freed at the turn's end */
	uint32_t deaths;              /* of workers with jobs, so far */
	struct message **fresh;       /* came in this turn, fd still open */
	size_t fresh_len, fresh_cap;
	struct walk *walks;           /* under way */
	struct walk *scan;            /* the start's, while it is */
	bool is_checking_ages;
	uint64_t look_again_ms;       /* at active/; 0: nothing was left */
	uint64_t route_until_ms;      /* in this turn; then a walk goes on */
	uint64_t digest_us;           /* when the last one was made */
	uint64_t next_digest_ms;      /* not before */
	uint64_t next_warnheld_ms;    /* nor that */
	uint64_t next_ages_ms, next_prune_ms, next_boxes_ms;
	uint64_t start_ms;            /* monotonic */
	bool turn_at_once;            /* something wants another turn now */
	char packet[PACKET_MAX];
};

int loop_watch(struct manager *manager, struct source *source);
void loop_unwatch(struct manager *manager, struct source *source);
/* Has the boxes read through at that time, if not before. */
void loop_scan_boxes_by(struct manager *manager, uint64_t when_ms);
int loop_open(struct manager *manager);
_Noreturn void loop_run(struct manager *manager);

#endif
