/*
 * listing - what is there, what is known of it, and what to do; see
 * session.h.
 *
 * Numbers belong to this session only.  A listing that is shorter than STAT
 * says is no listing: nothing is learnt from it.  RFC 1939 5, 7.
 */
#include "cmd/pop3-fetch/session.h"

#include "lib/base/clock.h"
#include "lib/base/log.h"

#include <stdlib.h>
#include <string.h>

void
numbers_add(struct numbers *list, size_t number)
{
	list->v = mem_room(list->v, list->len, &list->cap, sizeof *list->v);
	list->v[list->len++] = number;
}

static bool
take_count(struct session *session)
{
	uint64_t count, bytes;
	enum pop3_client_result result = pop3_client_counted(&session->client,
	    &count, &bytes);

	if (result == POP3_CLIENT_LOST)
		return lost(session);
	if (result == POP3_CLIENT_REFUSED)
		return fail(session, OUTCOME_LATER, "%s says \"%.200s\" to "
		    "STAT", str_c(&session->host),
		    str_c(&session->client.line));
	session->client.is_over = count > MESSAGES_MAX;
	if (count > MESSAGES_MAX)
		return fail(session, OUTCOME_LATER, "%s says it has %llu "
		    "letters, more than %d are not looked at",
		    str_c(&session->host), (unsigned long long)count,
		    (int)MESSAGES_MAX);
	session->count = (size_t)count;
	session->items = mem_alloc((count + 1) * sizeof *session->items);
	return true;
}

static bool
bad_listing(struct session *session, const char *command, const char *why)
{
	session->client.is_over = true;
	return fail(session, OUTCOME_LATER, "%s: %s %s: nothing is done by "
	    "it", str_c(&session->host), command, why);
}

/* Takes one line of LIST or UIDL in. */
typedef bool take_line(struct session *session, bool *is_new);

static struct item *
item_of(struct session *session, uint64_t number)
{
	return number && number <= session->count ?
	    &session->items[number - 1] : NULL;
}

static bool
take_size(struct session *session, bool *is_new)
{
	uint64_t number, size;
	struct item *item;

	if (!pop3_numbers(str_slice(&session->client.line), &number, &size) ||
	    !(item = item_of(session, number)))
		return false;
	*is_new = !item->is_listed;
	item->is_listed = true;
	item->size = size;
	return true;
}

/* An id that is none (too long, odd bytes, empty) leaves it empty. */
static bool
take_uid(struct session *session, bool *is_new)
{
	struct slice rest = str_slice(&session->client.line), word;
	struct item *item;
	uint64_t number;

	if (pop3_uid(rest, &number, &word)) {
		item = item_of(session, number);
		if (!item)
			return false;
		*is_new = !item->uid.len;
		str_set_slice(&item->uid, word);
		return true;
	}
	word = slice_cut(&rest, ' ');
	*is_new = true;
	return slice_u64(word, UINT32_MAX, &number) &&
	    item_of(session, number);
}

/* One line for each letter that STAT counted, in whatever order. */
static bool
take_lines(struct session *session, const char *command, take_line *take)
{
	size_t lines = 0;
	bool is_new;

	while (pop3_client_item(&session->client)) {
		if (++lines > session->count || !take(session, &is_new))
			return bad_listing(session, command, "lists more "
			    "than STAT counted, or what is no letter");
		if (!is_new)
			return bad_listing(session, command,
			    "lists a letter twice");
	}
	if (session->client.is_over)
		return lost(session);
	if (lines < session->count)
		return bad_listing(session, command,
		    "lists less than STAT counted");
	return true;
}

static bool
take_command(struct session *session, const char *command, take_line *take,
    bool *is_there)
{
	enum pop3_client_result answer;

	if (!session->client.can.pipelining)
		pop3_client_ask(&session->client, "%s", command);
	answer = hear(session);
	*is_there = answer == POP3_CLIENT_OK;
	if (answer == POP3_CLIENT_LOST)
		return false;
	return !*is_there || take_lines(session, command, take);
}

/* ---- letters without an id of their own ---- */

static int
by_item_uid(const void *a, const void *b)
{
	const struct item *const *x = a, *const *y = b;

	return strcmp(str_c(&(*x)->uid), str_c(&(*y)->uid));
}

/* An id that two letters have says nothing of either. */
static void
drop_doubles(struct session *session)
{
	struct item **sorted = mem_alloc((session->count + 1) *
	    sizeof *sorted);
	size_t end;

	for (size_t i = 0; i < session->count; i++)
		sorted[i] = &session->items[i];
	qsort(sorted, session->count, sizeof *sorted, by_item_uid);
	for (size_t i = 0; i < session->count; i = end) {
		end = i + 1;
		while (end < session->count &&
		    by_item_uid(&sorted[i], &sorted[end]) == 0)
			end++;
		for (size_t at = i; at < end && end - i > 1; at++)
			str_clear(&sorted[at]->uid);
	}
	free(sorted);
}

/* The hash of the header as TOP gives it.  False: lost.  *is_there: the
 * server could. */
static bool
hash_header(struct session *session, size_t number, bool *is_there,
    char hash[LEDGER_HASH_LEN + 1])
{
	char all[LEDGER_HASH_LEN + 1];
	enum pop3_client_result answer;
	bool is_over;

	pop3_client_ask(&session->client, "TOP %zu 0", number + 1);
	answer = hear(session);
	*is_there = answer == POP3_CLIENT_OK;
	if (answer != POP3_CLIENT_OK)
		return answer == POP3_CLIENT_REFUSED;
	if (!hear_text(session, TEXT_HEADER_MAX * 4, &is_over))
		return is_over ? fail(session, OUTCOME_LATER, "%s: a header "
		    "without end", str_c(&session->host)) : false;
	text_hashes(&session->text, all, hash);
	return true;
}

/* "#" and the hash stand for the id.  Without TOP there is none: such a
 * letter is fetched, and deleted in the same visit or not at all. */
static bool
name_nameless(struct session *session)
{
	char hash[LEDGER_HASH_LEN + 1];
	bool is_there = true;

	for (size_t i = 0; i < session->count && is_there; i++) {
		struct item *item = &session->items[i];

		if (item->uid.len)
			continue;
		if (!hash_header(session, i, &is_there, hash))
			return false;
		if (is_there)
			str_addf(&item->uid, "#%s", hash);
	}
	return true;
}

bool
take_listing(struct session *session)
{
	bool is_there;

	pop3_client_ask(&session->client, "STAT");
	if (session->client.can.pipelining) {
		pop3_client_ask(&session->client, "UIDL");
		pop3_client_ask(&session->client, "LIST");
	}
	if (!take_count(session))
		return false;
	if (!session->count && !session->client.can.pipelining)
		return true;
	/* without UIDL the letters have no ids; without LIST, no sizes */
	if (!take_command(session, "UIDL", take_uid, &is_there) ||
	    !take_command(session, "LIST", take_size, &is_there))
		return false;
	if (!is_there && session->count)
		return fail(session, OUTCOME_LATER, "%s says \"%.200s\" to "
		    "LIST", str_c(&session->host),
		    str_c(&session->client.line));
	drop_doubles(session);
	return name_nameless(session);
}

/* ---- what to do ---- */

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
	    "than the %llu bytes\nthat are fetched, and stays there.  Read "
	    "it there, or have max-size= raised.\n",
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
