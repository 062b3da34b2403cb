/*
 * listing - what is there; see session.h.
 *
 * Numbers belong to this session only.  A listing that is shorter than STAT
 * says is no listing: nothing is learnt from it.  RFC 1939 5, 7.
 */
#include "cmd/pop3-fetch/session.h"

#include <stdlib.h>
#include <string.h>

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

bool
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
