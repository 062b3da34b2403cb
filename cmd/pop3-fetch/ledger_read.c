/* ledger_read - what a ledger says of each letter; see ledger.h. */
#include "cmd/pop3-fetch/ledger.h"

#include "lib/base/io.h"
#include "lib/mail/pop3_reply.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { LEDGER_BYTES_MAX = 256 * 1024 * 1024 };

/* ---- entries ---- */

static int
by_uid(const void *a, const void *b)
{
	const struct ledger_entry *x = a, *y = b;

	return strcmp(str_c(&x->uid), str_c(&y->uid));
}

struct ledger_entry *
ledger_find(struct ledger *ledger, struct slice uid)
{
	struct ledger_entry key = {0}, *found;

	if (!ledger->sorted)
		return NULL;
	str_add_slice(&key.uid, uid);
	found = bsearch(&key, ledger->v, ledger->sorted, sizeof key, by_uid);
	str_free(&key.uid);
	return found && !found->is_gone ? found : NULL;
}

struct ledger_entry *
ledger_add(struct ledger *ledger, struct slice uid)
{
	struct ledger_entry *entry;

	ledger->v = mem_room(ledger->v, ledger->len, &ledger->cap,
	    sizeof *ledger->v);
	entry = &ledger->v[ledger->len++];
	*entry = (struct ledger_entry){0};
	str_add_slice(&entry->uid, uid);
	return entry;
}

/* ---- reading ---- */

static bool
is_uid(struct slice uid)
{
	for (size_t i = 0; i < uid.len; i++)
		if ((unsigned char)uid.s[i] <= ' ' ||
		    (unsigned char)uid.s[i] > '~')
			return false;
	return uid.len && uid.len <= POP3_UID_MAX;
}

static bool
take_letter(struct ledger *ledger, struct slice rest, bool is_skipped)
{
	struct slice time = slice_cut(&rest, ' ');
	struct slice size = slice_cut(&rest, ' ');
	struct slice hash = slice_cut(&rest, ' ');
	struct ledger_entry *entry;
	uint64_t time_s, bytes;

	if (!slice_u64(time, UINT64_MAX, &time_s) ||
	    !slice_u64(size, UINT64_MAX, &bytes) || !is_uid(rest) ||
	    (hash.len != LEDGER_HASH_LEN && !slice_is(hash, "-") &&
	    !slice_is(hash, "+") && !slice_is(hash, "=")))
		return false;
	entry = ledger_add(ledger, rest);
	entry->time_s = time_s;
	entry->size = bytes;
	entry->is_skipped = is_skipped;
	memcpy(entry->hash, hash.s, hash.len);
	return true;
}

/* A line that changes an entry is one itself until all are put together. */
static bool
take_change(struct ledger *ledger, struct slice uid, struct slice word)
{
	struct ledger_entry *entry;

	if (!is_uid(uid))
		return false;
	entry = ledger_add(ledger, uid);
	entry->is_deleted = slice_is(word, "deleted");
	entry->is_missed = slice_is(word, "missed");
	entry->is_gone = slice_is(word, "gone");
	return true;
}

static bool
take_pause(struct ledger *ledger, struct slice rest)
{
	struct slice time = slice_cut(&rest, ' ');

	str_set_slice(&ledger->paused_why, rest);
	return slice_u64(time, UINT64_MAX, &ledger->paused_s);
}

static bool
take_line(struct ledger *ledger, struct slice line)
{
	struct slice rest = line, word = slice_cut(&rest, ' ');

	ledger->lines++;
	if (slice_is(word, "fetched") || slice_is(word, "skipped"))
		return take_letter(ledger, rest, slice_is(word, "skipped"));
	if (slice_is(word, "deleted") || slice_is(word, "missed") ||
	    slice_is(word, "seen") || slice_is(word, "gone"))
		return take_change(ledger, rest, word);
	if (slice_is(word, "paused"))
		return take_pause(ledger, rest);
	if (slice_is(word, "resumed")) {
		ledger->paused_s = 0;
		return true;
	}
	return !line.len; /* what was torn and then ended */
}

/* An entry of a fetched or skipped letter has a hash; a change has none. */
static void
merge(struct ledger_entry *to, struct ledger_entry *from)
{
	if (from->hash[0]) {
		str_free(&to->uid);
		*to = *from;
		return;
	}
	to->is_deleted = to->is_deleted || from->is_deleted;
	to->is_missed = from->is_missed;
	to->is_gone = from->is_gone;
	str_free(&from->uid);
}

/* Entries of one uid in the order of their lines; mergesort keeps it. */
static void
sort_stable(struct ledger_entry *v, size_t len, struct ledger_entry *scratch)
{
	size_t half = len / 2, a = 0, b = half;

	if (len < 2)
		return;
	sort_stable(v, half, scratch);
	sort_stable(v + half, len - half, scratch);
	for (size_t i = 0; i < len; i++)
		scratch[i] = b == len ||
		    (a < half && by_uid(&v[a], &v[b]) <= 0) ? v[a++] : v[b++];
	memcpy(v, scratch, len * sizeof *v);
}

static void
put_together(struct ledger *ledger)
{
	struct ledger_entry *scratch;
	size_t kept = 0;

	if (!ledger->len)
		return;
	scratch = mem_alloc(ledger->len * sizeof *scratch);
	sort_stable(ledger->v, ledger->len, scratch);
	free(scratch);
	for (size_t i = 0; i < ledger->len; i++) {
		struct ledger_entry *entry = &ledger->v[i];

		if (kept && by_uid(&ledger->v[kept - 1], entry) == 0)
			merge(&ledger->v[kept - 1], entry);
		else
			ledger->v[kept++] = *entry;
	}
	ledger->len = ledger->sorted = kept;
	for (size_t i = 0; i < kept; i++)
		if (!ledger->v[i].hash[0])
			ledger->v[i].is_gone = true; /* about nothing */
}

static bool
take_all(struct ledger *ledger, struct slice text, struct slice binding)
{
	struct str head = {0};
	bool is_good;

	ledger_head(&head, binding);
	is_good = text.len >= head.len &&
	    slice_eq(slice_make(text.s, head.len), str_slice(&head));
	if (is_good)
		text = slice_after(text, head.len);
	str_free(&head);
	while (is_good && text.len) {
		size_t lf = slice_find(text, '\n');

		if (lf == text.len) {
			ledger->is_torn = true;
			break;
		}
		/* one that was torn means nothing */
		(void)take_line(ledger, slice_make(text.s, lf));
		text = slice_after(text, lf + 1);
	}
	return is_good;
}

int
ledger_read(struct ledger *ledger, int fd, struct slice binding)
{
	struct str text = {0};
	int result = -1;

	ledger->fd = fd;
	if (lseek(fd, 0, SEEK_SET) < 0 ||
	    read_to_end(fd, &text, LEDGER_BYTES_MAX) < 0)
		goto out;
	if (take_all(ledger, str_slice(&text), binding)) {
		put_together(ledger);
		result = 0;
	} else {
		errno = EPROTO;
	}
out:
	str_free(&text);
	return result;
}
