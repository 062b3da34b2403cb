/*
 * fetch - letters in batches; see session.h.
 *
 * Many RETR are on their way at once.  What has come is written into the
 * queue's box; a whole batch is made durable, then its lines in the ledger,
 * and only then is the server told to delete.  Killed anywhere in between, the
 * next visit fetches under the same ids, or deletes without fetching.
 */
#include "cmd/pop3-fetch/session.h"

#include "lib/base/clock.h"
#include "lib/base/log.h"
#include "lib/mail/sent_ids.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* A letter in the box, not durable yet. */
struct taken {
	struct drop drop;
	struct str id;
	size_t number;
	uint64_t bytes;
	char hash[LEDGER_HASH_LEN + 1];
};

/* A command on its way. */
struct sent {
	size_t number;
	bool is_dele;
};

struct fetching {
	struct session *session;
	struct taken batch[BATCH_MAX];
	size_t len;
	uint64_t bytes;        /* of the batch */
	struct sent sent[WINDOW + DELETIONS];
	size_t head, in_flight;
	size_t deletions;      /* of those in flight */
	size_t next_fetch, next_delete; /* in the session's lists */
	bool is_enough;        /* the rest is for another visit */
};

/* ---- commands ---- */

static void
put(struct fetching *f, size_t number, bool is_dele)
{
	f->sent[(f->head + f->in_flight++) % (WINDOW + DELETIONS)] =
	    (struct sent){number, is_dele};
	f->deletions += is_dele;
	pop3_client_ask(&f->session->client, "%s %zu",
	    is_dele ? "DELE" : "RETR", number + 1);
}

static bool
is_long_enough(const struct fetching *f)
{
	return f->next_fetch >= VISIT_LETTERS ||
	    clock_mono_ms() - f->session->began_ms > VISIT_MS;
}

/* Many at once, but what waits for an answer is never more than the two
 * sides' buffers hold. */
static bool
may_send(const struct fetching *f, size_t alike, size_t most)
{
	return f->session->client.can.pipelining ? alike < most :
	    !f->in_flight;
}

static void
send_more(struct fetching *f)
{
	const struct numbers *fetch = &f->session->to_fetch;
	const struct numbers *delete = &f->session->to_delete;

	while (may_send(f, f->deletions, DELETIONS) &&
	    f->next_delete < delete->len)
		put(f, delete->v[f->next_delete++], true);
	while (may_send(f, f->in_flight - f->deletions, WINDOW) &&
	    f->next_fetch < fetch->len && !f->is_enough) {
		f->is_enough = is_long_enough(f);
		if (!f->is_enough)
			put(f, fetch->v[f->next_fetch++], false);
	}
}

/* ---- a batch ---- */

static void
log_letter(const struct session *session, const struct taken *taken,
    const char *why)
{
	log_event(why ? "refuse" : "fetch", "id", str_c(&taken->id), "via",
	    str_c(&session->binding), "bytes",
	    log_number(taken->bytes).s, "why", why, NULL);
}

/* Durable, so that the server's copy may go. */
static void
settle(struct fetching *f, struct taken *taken)
{
	struct session *session = f->session;
	const struct item *item = &session->items[taken->number];

	session->visit.fetched++;
	log_letter(session, taken, NULL);
	if (item->uid.len)
		ledger_fetched(&session->ledger, clock_wall_s(), item->size,
		    taken->hash, str_slice(&item->uid));
	if (!session->mailbox->keep_s)
		numbers_add(&session->to_delete, taken->number);
}

static bool
settle_batch(struct fetching *f)
{
	struct session *session = f->session;
	size_t deletable = session->to_delete.len;
	struct drop *drops[BATCH_MAX];
	int error = 0;

	for (size_t i = 0; i < f->len; i++)
		drops[i] = &f->batch[i].drop;
	drop_prepare(drops, f->len);
	for (size_t i = 0; i < f->len; i++) {
		struct taken *taken = &f->batch[i];

		if (!error && drop_commit(&taken->drop) == 0) {
			settle(f, taken);
		} else {
			error = error ? error : errno;
			drop_abort(&taken->drop);
		}
		if (taken->drop.pending.cap > BUFFER_KEPT)
			str_free(&taken->drop.pending);
	}
	f->len = 0;
	f->bytes = 0;
	if (!commit_ledger(session)) {
		/* not deleted what the ledger may not know: the next visit
		 * fetches it again, under the same id */
		session->to_delete.len = deletable;
		return false;
	}
	return !error || fail(session, OUTCOME_LATER, "cannot write into "
	    "queue/drop/pop3: %s", strerror(error));
}

/* One that lies in the box already, perhaps unfinished, is left to
 * queue-manager: the next visit will see. */
static bool
take_letter(struct fetching *f, size_t number)
{
	struct session *session = f->session;
	struct taken *taken = &f->batch[f->len];
	char all[LEDGER_HASH_LEN + 1];
	int error;

	text_hashes(&session->text, all, taken->hash);
	taken->number = number;
	taken->bytes = session->text.length;
	taken->drop.fd = -1;
	if (letter_drop(session, &session->items[number], all, &taken->drop,
	    &taken->id) == 0) {
		f->len++;
		f->bytes += taken->bytes;
		return true;
	}
	error = errno;
	drop_abort(&taken->drop);
	if (error == EEXIST) {
		session->visit.left++;
		session->has_unsure = true;
		log_letter(session, taken, "it lies in the box already");
		return true;
	}
	return fail(session, OUTCOME_LATER, "cannot write into "
	    "queue/drop/pop3: %s", strerror(error));
}

/* The provider shows what was sent by this mailbox, too.  It stays there:
 * the queue does not have it.  One that could not be known again is taken. */
static bool
is_left_as_sent(struct session *session, const struct item *item)
{
	if (!session->mailbox->skips_sent || !item->uid.len ||
	    !sent_ids_has(str_slice(&session->sent_ids),
		sent_ids_of(str_slice(&session->text.header))))
		return false;
	session->visit.left++;
	ledger_skipped(&session->ledger, clock_wall_s(), item->size,
	    LEDGER_SENT, str_slice(&item->uid));
	return true;
}

/* LIST had said less: as one that LIST calls too large. */
static bool
grew(struct session *session, const struct item *item)
{
	if (item->uid.len)
		ledger_skipped(&session->ledger, clock_wall_s(), item->size,
		    LEDGER_GREW, str_slice(&item->uid));
	(void)ledger_commit(&session->ledger);
	return fail(session, OUTCOME_LATER, "%s sends a letter of more than "
	    "%llu bytes, and had said %llu: it is left there (%s)",
	    str_c(&session->host),
	    (unsigned long long)session->mailbox->max_size,
	    (unsigned long long)item->size, str_c(&item->uid));
}

/* ---- answers ---- */

static void
log_refusal(const struct session *session)
{
	log_event("refuse", "via", str_c(&session->binding), "why",
	    str_c(&session->client.line), NULL);
}

static bool
hear_letter(struct fetching *f, size_t number)
{
	struct session *session = f->session;
	enum pop3_client_result answer = hear(session);
	bool is_over;

	if (answer == POP3_CLIENT_LOST)
		return false;
	if (answer == POP3_CLIENT_REFUSED) {
		session->visit.left++;
		log_refusal(session);
		return true;
	}
	if (!hear_text(session, session->mailbox->max_size, &is_over))
		return is_over && grew(session, &session->items[number]);
	return is_left_as_sent(session, &session->items[number]) ||
	    take_letter(f, number);
}

static bool
hear_deletion(struct fetching *f)
{
	struct session *session = f->session;

	switch (hear(session)) {
	case POP3_CLIENT_OK:
		session->visit.deleted++;
		return true;
	case POP3_CLIENT_REFUSED:
		log_refusal(session);
		return true;
	case POP3_CLIENT_LOST:
		break;
	}
	return false;
}

static bool
hear_next(struct fetching *f)
{
	struct sent sent = f->sent[f->head];

	f->head = (f->head + 1) % (WINDOW + DELETIONS);
	f->in_flight--;
	f->deletions -= sent.is_dele;
	return sent.is_dele ? hear_deletion(f) :
	    hear_letter(f, sent.number);
}

/* ... or all there is. */
static bool
is_batch_full(const struct fetching *f)
{
	bool is_last = f->in_flight == f->deletions && (f->is_enough ||
	    f->next_fetch == f->session->to_fetch.len);

	return f->len == BATCH_MAX || f->bytes >= BATCH_BYTES || is_last;
}

static bool
has_room(struct session *session)
{
	const struct fetch_settings *settings = session->settings;

	return drop_has_room(session->box_fd, settings->min_free_bytes,
	    settings->min_free_percent) ||
	    fail(session, OUTCOME_LATER, "the disk is full (minfree): "
	    "nothing is fetched");
}

static bool
fetch_batches(struct fetching *f)
{
	bool is_well = has_room(f->session);

	while (is_well) {
		send_more(f);
		if (!f->in_flight && !f->len)
			break;
		if (f->in_flight)
			is_well = hear_next(f);
		/* what has come is kept, whatever the server did next */
		if (f->len && (!is_well || is_batch_full(f)) &&
		    !settle_batch(f))
			is_well = false;
		if (is_well && !f->len)
			is_well = has_room(f->session);
	}
	return is_well;
}

bool
fetch_all(struct session *session)
{
	struct fetching *f = mem_alloc(sizeof *f);
	bool is_well;

	f->session = session;
	for (size_t i = 0; i < BATCH_MAX; i++)
		f->batch[i].drop.fd = -1;
	is_well = fetch_batches(f);
	/* some list no more than a few hundred at a time */
	session->visit.is_more = f->is_enough ||
	    session->visit.fetched >= MANY_LETTERS;
	for (size_t i = 0; i < BATCH_MAX; i++) {
		drop_abort(&f->batch[i].drop);
		str_free(&f->batch[i].drop.pending);
		str_free(&f->batch[i].id);
	}
	free(f);
	/* a server may take QUIT for leave to delete what it has sent */
	if (!is_well)
		session->client.is_over = true;
	return is_well;
}

/* ---- the end ---- */

/* What two full listings lacked, with the QUIT of each answered, is gone for
 * good. */
static void
forget(struct session *session)
{
	struct ledger *ledger = &session->ledger;

	for (size_t i = 0; i < ledger->sorted; i++) {
		struct ledger_entry *entry = &ledger->v[i];

		if (entry->is_gone || entry->is_listed)
			continue;
		if (entry->is_missed)
			ledger_gone(ledger, entry);
		else
			ledger_missed(ledger, entry);
	}
}

/* So that nobody takes their absence for a provider's move. */
static void
note_deletions(struct session *session)
{
	for (size_t i = 0; i < session->to_delete.len; i++) {
		const struct str *uid =
		    &session->items[session->to_delete.v[i]].uid;

		if (uid->len)
			ledger_deleted(&session->ledger, str_slice(uid));
	}
}

/* One that deletes by itself is not told QUIT while there is a letter in the
 * box that may never be finished. */
static bool
may_quit(const struct session *session)
{
	const struct pop3_capabilities *can = &session->client.can;

	return !session->has_unsure || !can->expires || can->expire_days;
}

bool
finish(struct session *session)
{
	enum pop3_client_result result;

	if (!may_quit(session)) {
		session->client.is_over = true;
		return fail(session, OUTCOME_LATER, "%s would delete what is "
		    "not sure to be in the queue yet", str_c(&session->host));
	}
	result = pop3_client_end(&session->client);
	if (result == POP3_CLIENT_LOST)
		return lost(session);
	if (result == POP3_CLIENT_REFUSED)
		return fail(session, OUTCOME_LATER, "%s says \"%.200s\" to "
		    "QUIT: what was to be deleted is still there",
		    str_c(&session->host), str_c(&session->client.line));
	forget(session);
	note_deletions(session);
	return commit_ledger(session);
}
