/*
 * quarantine - what may not be sent back to its writer; see quarantine.h.
 *
 * Strangers' mail for a domain that we only keep mail for (backup, etrn) was
 * accepted without knowing what its own host thinks of it.  When that refuses
 * it, a report would go to whoever the stranger said to be: that is how spam
 * reaches people by way of honest hosts.  So it is kept, and the postmaster
 * hears of it, of all at once and not too often.
 */
#include "cmd/queue-manager/quarantine.h"

#include "cmd/queue-manager/agents.h"
#include "cmd/queue-manager/gather.h"
#include "cmd/queue-manager/lane.h"
#include "cmd/queue-manager/manager.h"
#include "cmd/queue-manager/message.h"
#include "cmd/queue-manager/saving.h"
#include "cmd/queue-manager/walk.h"
#include "lib/base/clock.h"
#include "lib/base/log.h"
#include "lib/mail/address.h"

#define KEEP_US (14 * 24 * 3600 * UINT64_C(1000000))
#define DIGEST_US (3600 * UINT64_C(1000000))

enum { DIGEST_AGAIN_MS = 10 * 60 * 1000, DIGEST_ROWS_MAX = REPORT_RCPTS_MAX };

/* Did the writer, or whoever brought it, prove anything? */
static bool
is_strangers(struct manager *manager, const struct message *message)
{
	struct slice local, domain;

	return slice_is(slice_of(boxes[message->box].name), "smtp") &&
	    !*message->login &&
	    !(address_split(slice_of(message->sender), &local, &domain) &&
		route_domain_is_home(&manager->config, domain));
}

bool
quarantine_wants(struct manager *manager, const struct message *message,
    const struct rcpt *rcpt)
{
	const struct lane *lane = rcpt->delivery ? rcpt->delivery->lane :
						   rcpt->lane;

	/* RFC 3461 4.1: nobody would be told anyway */
	return lane && rcpt->notify & NOTIFY_FAILURE &&
	    lane->port == &manager->ports[AGENT_REMOTE] &&
	    (lane->held ||
		slice_starts(slice_of(lane->next_hop), "backup ")) &&
	    is_strangers(manager, message);
}

void
quarantine_take(struct message *message, struct rcpt *rcpt)
{
	message_set_state(message, rcpt, RCPT_QUARANTINED);
	rcpt->next_us = clock_wall_us() + KEEP_US;
	log_event("quarantine", "id", message->id, "from", message->sender,
	    "to", rcpt->address, "why", rcpt->words, NULL);
}

static bool
is_kept(const struct rcpt *rcpt)
{
	return rcpt->state == RCPT_QUARANTINED ||
	    rcpt->state == RCPT_QUARANTINED_TOLD;
}

const struct rcpt *
quarantine_first(const struct message *message)
{
	for (size_t i = 0; message->quarantined && i < message->count; i++)
		if (is_kept(message->rcpts[i]))
			return message->rcpts[i];
	return NULL;
}

void
quarantine_release(struct message *message)
{
	for (size_t i = 0; message->quarantined && i < message->count; i++) {
		struct rcpt *rcpt = message->rcpts[i];

		if (!is_kept(rcpt))
			continue;
		message_set_state(message, rcpt, RCPT_PENDING);
		rcpt->next_us = 0;
	}
}

/* ---- the digest ---- */

static uint64_t
since_us(const struct rcpt *rcpt)
{
	return rcpt->next_us > KEEP_US ? rcpt->next_us - KEEP_US : 0;
}

/* An hour, or an eighth of a short queuelifetime. */
static uint64_t
digest_pause_us(const struct manager *manager)
{
	uint64_t pause_us = manager->settings.queuelifetime_s * 1000000 / 8;

	return pause_us < DIGEST_US ? pause_us : DIGEST_US;
}

/* The first one who waits for it brings it about. */
static void
gather_digest(struct manager *manager, struct message *message)
{
	uint64_t now_ms = clock_mono_ms();

	if (now_ms < manager->next_digest_ms)
		return;
	manager->next_digest_ms = now_ms + DIGEST_AGAIN_MS;
	gather_report(manager, message, FOR_DIGEST);
}

static void
put_row(struct job *job, const struct message *message,
    const struct rcpt *rcpt)
{
	struct str row = {0};

	str_addf(&row, "quarantined\t%s %s\t%s", message->id, message->sender,
	    rcpt->words ? rcpt->words : "- - - -");
	strs_add(&job->rcpts, slice_of(rcpt->address));
	strs_add(&job->reports, str_slice(&row));
	str_free(&row);
}

static const struct rcpt *
first_news(const struct message *message)
{
	for (size_t i = 0; message->quarantined && i < message->count; i++)
		if (message->rcpts[i]->state == RCPT_QUARANTINED)
			return message->rcpts[i];
	return NULL;
}

bool
quarantine_is_news(const struct message *message)
{
	return first_news(message) != NULL;
}

struct digest {
	struct job *job;
	size_t count;
};

static void
add_to_digest(struct manager *manager, struct message *message, void *context)
{
	struct digest *digest = context;
	const struct rcpt *rcpt = first_news(message);

	(void)manager;
	if (rcpt && digest->count++ < DIGEST_ROWS_MAX)
		put_row(digest->job, message, rcpt);
}

void
quarantine_fill(struct manager *manager, struct job *job)
{
	struct digest digest = {job, 0};

	manager->digest_us = clock_wall_us();
	index_each(manager, add_to_digest, &digest);
	str_clear(&job->sender); /* so it goes to doublebounceto */
	str_add_u64(&job->envid, digest.count);
}

static bool
mark_told(struct manager *manager, const char *id, void *context)
{
	struct message *message = index_find(&manager->index, id);

	(void)context;
	for (size_t i = 0; message && message->quarantined &&
	     i < message->count; i++) {
		struct rcpt *rcpt = message->rcpts[i];

		if (rcpt->state != RCPT_QUARANTINED ||
		    since_us(rcpt) > manager->digest_us)
			continue;
		message_set_state(message, rcpt, RCPT_QUARANTINED_TOLD);
		message_save_some(manager, message, &rcpt, 1);
	}
	return false;
}

void
quarantine_told(struct manager *manager)
{
	manager->next_digest_ms = 0;
	walk_add_all(walk_begin(manager, mark_told, NULL, NULL),
	    &manager->index);
}

/* ---- ages ---- */

/* Its time is over: as if its writer had been told. */
static void
let_go(struct manager *manager, struct message *message, struct rcpt *rcpt)
{
	message_set_state(message, rcpt, RCPT_BOUNCED);
	message_save_some(manager, message, &rcpt, 1);
	log_event("quarantine", "id", message->id, "to", rcpt->address, "by",
	    "removed after 14 days", NULL);
}

bool
quarantine_check(struct manager *manager, struct message *message)
{
	uint64_t now_us = clock_wall_us();
	bool is_due = false, is_over = false;

	for (size_t i = 0; message->quarantined && i < message->count; i++) {
		struct rcpt *rcpt = message->rcpts[i];

		if (is_kept(rcpt) && rcpt->next_us < now_us) {
			let_go(manager, message, rcpt);
			is_over = true;
		} else if (rcpt->state == RCPT_QUARANTINED) {
			is_due |= since_us(rcpt) + digest_pause_us(manager) <=
			    now_us;
		}
	}
	if (is_due)
		gather_digest(manager, message);
	return is_over;
}
