/* lane - deliveries in lanes. */
#ifndef QUEUE_MANAGER_LANE_H
#define QUEUE_MANAGER_LANE_H

#include "cmd/queue-manager/heap.h"
#include "lib/base/local_socket.h"
#include "lib/mail/address.h"
#include "lib/mail/job.h"

struct agent_port;
struct held;
struct lane_row;
struct manager;
struct message;
struct rcpt;

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
_Static_assert(REPORT_RCPTS_MAX * (JOB_REPORT_MAX + ADDRESS_TEXT_MAX + 4) +
	4096 <= PACKET_MAX, "a full report fits into a packet");

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

#endif
