/* fuzz_who - any bytes as a letter, its header and its body: a decision comes
 * of it, within limits, and what it says can be written down. */
/* links: cmd/share-sort/who.c cmd/share-sort/named.c cmd/share-sort/thread.c cmd/share-sort/subject.c */
#include "cmd/share-sort/who.h"

#include "lib/base/utf8.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool
is_shared(void *context, struct slice address)
{
	(void)context;
	return slice_starts(address, "s");
}

/* So that both answers are met: by the first byte. */
static bool
find(struct slice key, struct str *account)
{
	if (!key.len || !(key.s[0] & 1))
		return false;
	str_set(account, key.s[0] & 2 ? "a" : "b");
	return true;
}

static bool
by_tag(void *context, struct slice address, struct str *account)
{
	(void)context;
	(void)slice_cut(&address, '+');
	return find(address, account);
}

static bool
by_name(void *context, struct slice folded, struct str *account)
{
	(void)context;
	if (!folded.len || !utf8_valid(folded))
		abort();
	return find(folded, account);
}

static bool
by_id(void *context, struct slice id, bool is_assigned,
    struct who_trace *trace)
{
	(void)context;
	if (!id.len || id.len > WHO_ID_MAX)
		abort();
	str_set(&trace->subject, "0123456789abcdef");
	return is_assigned == (id.s[0] & 4) && find(id, &trace->account);
}

static void
check(const struct who_letter *letter, struct charsets *charsets)
{
	const struct who_house house = {NULL, charsets, is_shared, by_tag,
		by_name, by_id};
	struct who who = {0};
	struct str id = {0}, hash = {0};

	who_decide(&house, letter, &who);
	if ((who.by == WHO_UNNAMED) != !who.accounts.len ||
	    who.accounts.len > 2)
		abort();
	(void)who_message_id(letter->header, &id);
	who_subject(charsets, letter->header, &hash);
	if (id.len > WHO_ID_MAX || hash.len != SUBJECT_HASH_LEN)
		abort();
	who_free(&who);
	str_free(&id);
	str_free(&hash);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct charsets charsets;
	static bool is_open;
	struct slice text = {(const char *)data, size};
	struct who_letter letter = {0};
	size_t len = 0;

	if (!is_open && charsets_open(&charsets) < 0)
		abort();
	is_open = true;
	while (len + 1 < size && !(data[len] == '\n' && data[len + 1] == '\n'))
		len++;
	letter.header = slice_make(text.s, len);
	letter.body = slice_make(text.s + len, size - len);
	letter.has_null_sender = size % 2;
	check(&letter, &charsets);
	return 0;
}
