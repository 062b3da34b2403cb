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
 *   jobs.c     deliveries to workers (fill.c: what a job says; lock.c: is
 *              somebody at it still)
 *   bind.c     workers to lanes
 *   agents.c   workers, and what they report
 *   outcome.c  what an answer does to a message
 *   late.c     what is answered to an earlier manager (kept.c)
 *   learn.c    what a provider's answers say beyond their letter
 *   ages.c     who waits too long
 *   quarantine.c  what may not be sent back
 *   notice.c   that a login was refused
 *   warnheld.c that mail is held for long
 *   walk.c     work about many messages, a slice at a time
 *   admin.c    what posthouse queue asks for (answer.c, listing.c,
 *              listing_lanes.c, listing_domains.c)
 *   desk.c     the sockets of those who ask (calls.c: who has called)
 *   loop.c     who is ready, and whose time has come
 */
#ifndef QUEUE_MANAGER_MANAGER_H
#define QUEUE_MANAGER_MANAGER_H

#include "cmd/queue-manager/agents.h"
#include "cmd/queue-manager/desk.h"
#include "cmd/queue-manager/heap.h"
#include "cmd/queue-manager/lanes.h"
#include "cmd/queue-manager/loop.h"
#include "cmd/queue-manager/message.h"
#include "cmd/queue-manager/seal.h"
#include "control/config.h"
#include "lib/base/confine.h"
#include "lib/base/key_file.h"
#include "lib/base/local_socket.h"
#include "lib/mail/passport.h"
#include "queue/spool.h"

struct held;
struct walk;

struct manager_settings {
	struct str users, doublebounceto;
	uint64_t queuelifetime_s, warnafter_s, firstretry_s, maxprobe_s;
	uint64_t warnheld_s;
	uint64_t concurrencyremote;
};
extern const struct setting manager_schema[];

/* Reads the settings anew.  0, or -1: the tables lack one. */
int manager_read_settings(struct manager *manager);

extern const struct confine manager_needs; /* needs.c */

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
	struct desk admin, approve;
	unsigned char seal_key[KEY_FILE_LEN];
	struct desk release;          /* the socket of etrn-serve */
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
	struct strs late;             /* ids, heard of in this turn */
	struct walk *walks;           /* under way */
	struct walk *scan;            /* the start's, while it is */
	bool is_checking_ages;
	uint64_t look_again_ms;       /* at active/; 0: nothing was left */
	uint64_t arrivals_ms;         /* when letters were last taken in */
	uint64_t route_until_ms;      /* in this turn; then a walk goes on */
	uint64_t digest_us;           /* when the last one was made */
	uint64_t next_digest_ms;      /* not before */
	uint64_t next_warnheld_ms;    /* nor that */
	uint64_t next_ages_ms, next_prune_ms, next_boxes_ms;
	uint64_t start_ms;            /* monotonic */
	bool turn_at_once;            /* something wants another turn now */
	char packet[PACKET_MAX];
};

#endif
