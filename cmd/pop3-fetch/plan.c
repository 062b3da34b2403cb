/* plan - what is known of what is there, and what to do; see session.h. */
#include "cmd/pop3-fetch/session.h"

#include "lib/base/clock.h"
#include "lib/base/log.h"

#include <string.h>

void
numbers_add(struct numbers *list, size_t number)
{
	list->v = mem_room(list->v, list->len, &list->cap, sizeof *list->v);
	list->v[list->len++] = number;
}

/* Before a letter is tried again that grew while it came. */
enum { LIE_S = 86400 };

/* It is the letter of that entry. */
static void
recognise(struct item *item, const struct ledger_entry *entry)
{
	item->is_known = true;
	item->time_s = entry->time_s;
	memcpy(item->hash, entry->hash, sizeof item->hash);
}

static void
mark_listed(struct session *session)
{
	struct ledger *ledger = &session->ledger;

	for (size_t i = 0; i < session->count; i++) {
		struct item *item = &session->items[i];
		struct ledger_entry *entry =
		    ledger_find(ledger, str_slice(&item->uid));

		if (!entry)
			continue;
		entry->is_listed = true;
		/* the same id for another letter: a new one */
		if (entry->size != item->size)
			continue;
		recognise(item, entry);
		if (entry->is_missed)
			ledger_seen(ledger, entry);
	}
}

/* A vanished letter that may be this one under a new id. */
static struct ledger_entry *
vanished_like(struct session *session, uint64_t size, const char *hash)
{
	struct ledger *ledger = &session->ledger;

	for (size_t i = 0; i < ledger->sorted; i++) {
		struct ledger_entry *entry = &ledger->v[i];

		if (!entry->is_gone && !entry->is_listed &&
		    !entry->is_deleted && entry->size == size &&
		    (!hash || !strcmp(entry->hash, hash)))
			return entry;
	}
	return NULL;
}

static void
adopt(struct session *session, struct item *item, struct ledger_entry *entry)
{
	recognise(item, entry);
	ledger_fetched(&session->ledger, entry->time_s, entry->size,
	    entry->hash, str_slice(&item->uid));
	ledger_gone(&session->ledger, entry);
}

/* Are most of those gone that should be there? */
static bool
is_renumbered(const struct ledger *ledger)
{
	size_t known = 0, vanished = 0;

	for (size_t i = 0; i < ledger->sorted; i++) {
		bool is_expected = !ledger->v[i].is_gone &&
		    !ledger->v[i].is_deleted;

		known += is_expected;
		vanished += is_expected && !ledger->v[i].is_listed;
	}
	return vanished > known / 2;
}

/* The provider moved, and all ids are new: whose size and header agree with
 * those of a letter that is gone is that letter. */
static bool
adopt_renumbered(struct session *session)
{
	size_t adopted = 0;

	if (!is_renumbered(&session->ledger))
		return true;
	for (size_t i = 0; i < session->count; i++) {
		struct item *item = &session->items[i];
		char hash[LEDGER_HASH_LEN + 1];
		struct ledger_entry *entry;
		bool is_there;

		if (item->is_known || !item->uid.len ||
		    !vanished_like(session, item->size, NULL))
			continue;
		if (!hash_header(session, i, &is_there, hash))
			return false;
		if (!is_there)
			break;
		entry = vanished_like(session, item->size, hash);
		if (entry) {
			adopt(session, item, entry);
			adopted++;
		}
	}
	if (adopted)
		log_event("renumbered", "via", str_c(&session->binding),
		    "count", log_number(adopted).s, NULL);
	return true;
}

static void
say_too_large(const struct session *session, const struct item *item,
    struct str *to)
{
	const struct pop3_capabilities *can = &session->client.can;

	str_addf(to, "A letter of %llu bytes in the mailbox %s is larger "
	    "than\nthe limit of %llu bytes, and stays there.\nRead it there, "
	    "or have max-size= raised.\n",
	    (unsigned long long)item->size,
	    str_c(&session->mailbox->address),
	    (unsigned long long)session->mailbox->max_size);
	if (can->expires && can->expire_days)
		str_addf(to, "\nThe provider keeps letters for %llu days, and "
		    "then deletes them.\n",
		    (unsigned long long)can->expire_days);
}

/* Too large: left there, and the account is told once. */
static void
skip(struct session *session, struct item *item)
{
	struct str text = {0};
	bool is_told;

	session->visit.left++;
	if (item->is_known || !item->uid.len)
		return;
	say_too_large(session, item, &text);
	is_told = notice_send(session, NOTICE_TOO_LARGE, str_c(&item->uid),
	    str_c(&text)) == 0;
	str_free(&text);
	if (is_told)
		ledger_skipped(&session->ledger, clock_wall_s(), item->size,
		    LEDGER_TOO_LARGE, str_slice(&item->uid));
}

static bool
is_due(const struct session *session, const struct item *item)
{
	uint64_t keep_s = session->mailbox->keep_s;

	return keep_s != UINT64_MAX && item->time_s + keep_s <= clock_wall_s();
}

/* Fetched before: it goes when it is time, if it is surely the same. */
static bool
plan_known(struct session *session, size_t number)
{
	struct item *item = &session->items[number];
	char hash[LEDGER_HASH_LEN + 1];
	bool is_there;

	if (!is_due(session, item))
		return true;
	if (!hash_header(session, number, &is_there, hash))
		return false;
	if (is_there && !strcmp(hash, item->hash))
		numbers_add(&session->to_delete, number);
	else
		numbers_add(&session->to_fetch, number);
	return true;
}

/* What cannot be recognised again is fetched only if it goes at once. */
static void
plan_new(struct session *session, size_t number)
{
	if (session->items[number].uid.len || !session->mailbox->keep_s)
		numbers_add(&session->to_fetch, number);
	else
		session->visit.left++;
}

/* Left there before, for a reason that still stands. */
static bool
stays(const struct session *session, const struct item *item)
{
	if (!item->is_known || item->hash[1])
		return false;
	return (item->hash[0] == LEDGER_GREW &&
	    item->time_s + LIE_S > clock_wall_s()) ||
	    (item->hash[0] == LEDGER_SENT && session->mailbox->skips_sent);
}

bool
make_plan(struct session *session)
{
	uint64_t most = session->mailbox->max_size;

	mark_listed(session);
	if (!adopt_renumbered(session))
		return false;
	for (size_t i = 0; i < session->count; i++) {
		struct item *item = &session->items[i];

		if (stays(session, item)) {
			session->visit.left++;
		} else if (item->is_known && item->hash[1]) {
			if (!plan_known(session, i))
				return false;
		} else if (most && item->size > most) {
			skip(session, item);
		} else {
			plan_new(session, i);
		}
	}
	return commit_ledger(session);
}
