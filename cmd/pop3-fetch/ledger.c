/* ledger - which letters were fetched; see ledger.h. */
#include "cmd/pop3-fetch/ledger.h"

#include "lib/base/hex.h"
#include "lib/base/io.h"
#include "lib/mail/pop3_reply.h"

#include <errno.h>
#include <openssl/sha.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	LEDGER_BYTES_MAX = 256 * 1024 * 1024,
	WASTE_LINES_MIN = 1000,
	WASTE_FACTOR = 4,
	WHY_MAX = 400
};

static const char magic[] = "posthouse-ledger 1 ";

void
ledger_path(struct str *to, struct slice binding)
{
	unsigned char digest[SHA256_DIGEST_LENGTH];

	SHA256((const unsigned char *)binding.s, binding.len, digest);
	str_set(to, "state/pop3/");
	hex_add(to, digest, sizeof digest);
}

static void
add_head(struct str *to, struct slice binding)
{
	str_puts(to, magic);
	str_add_slice(to, binding);
	str_putc(to, '\n');
}

int
ledger_make(const char *path, struct slice binding)
{
	struct str head = {0};
	int result;

	if (access(path, F_OK) == 0)
		return 0;
	if (errno != ENOENT)
		return -1;
	add_head(&head, binding);
	result = replace_file(path, str_slice(&head), 0600);
	str_free(&head);
	return result;
}

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

static struct ledger_entry *
add_entry(struct ledger *ledger, struct slice uid)
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
	entry = add_entry(ledger, rest);
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
	entry = add_entry(ledger, uid);
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

	add_head(&head, binding);
	is_good = text.len >= head.len &&
	    slice_eq(slice_make(text.s, head.len), str_slice(&head));
	if (is_good) {
		text.s += head.len;
		text.len -= head.len;
	}
	str_free(&head);
	while (is_good && text.len) {
		size_t lf = slice_find(text, '\n');

		if (lf == text.len) {
			ledger->is_torn = true;
			break;
		}
		/* one that was torn means nothing */
		(void)take_line(ledger, slice_make(text.s, lf));
		text.s += lf + 1;
		text.len -= lf + 1;
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

/* ---- writing ---- */

static void
add_letter(struct str *to, const struct ledger_entry *entry)
{
	str_addf(to, "%s %llu %llu %s ", entry->is_skipped ? "skipped" :
	    "fetched", (unsigned long long)entry->time_s,
	    (unsigned long long)entry->size, entry->hash);
	str_add_slice(to, str_slice(&entry->uid));
	str_putc(to, '\n');
}

static void
add_change(struct str *to, const char *word, struct slice uid)
{
	str_puts(to, word);
	str_putc(to, ' ');
	str_add_slice(to, uid);
	str_putc(to, '\n');
}

void
ledger_fetched(struct ledger *ledger, uint64_t time_s, uint64_t size,
    const char *hash, struct slice uid)
{
	struct ledger_entry entry = {.time_s = time_s, .size = size};

	memcpy(entry.hash, hash, LEDGER_HASH_LEN);
	str_add_slice(&entry.uid, uid);
	add_letter(&ledger->pending, &entry);
	str_free(&entry.uid);
}

void
ledger_skipped(struct ledger *ledger, uint64_t time_s, uint64_t size,
    enum ledger_skip why, struct slice uid)
{
	struct ledger_entry entry = {.time_s = time_s, .size = size,
		.is_skipped = true};

	entry.hash[0] = (char)why;
	str_add_slice(&entry.uid, uid);
	add_letter(&ledger->pending, &entry);
	str_free(&entry.uid);
}

void
ledger_deleted(struct ledger *ledger, struct slice uid)
{
	add_change(&ledger->pending, "deleted", uid);
}

void
ledger_missed(struct ledger *ledger, struct ledger_entry *entry)
{
	entry->is_missed = true;
	add_change(&ledger->pending, "missed", str_slice(&entry->uid));
}

void
ledger_seen(struct ledger *ledger, struct ledger_entry *entry)
{
	entry->is_missed = false;
	add_change(&ledger->pending, "seen", str_slice(&entry->uid));
}

void
ledger_gone(struct ledger *ledger, struct ledger_entry *entry)
{
	entry->is_gone = true;
	add_change(&ledger->pending, "gone", str_slice(&entry->uid));
}

static void
add_pause(struct str *to, uint64_t time_s, const char *why)
{
	str_addf(to, "paused %llu ", (unsigned long long)time_s);
	for (size_t i = 0; why[i] && i < WHY_MAX; i++)
		str_putc(to, (unsigned char)why[i] < ' ' ? ' ' : why[i]);
	str_putc(to, '\n');
}

void
ledger_paused(struct ledger *ledger, uint64_t time_s, const char *why)
{
	ledger->paused_s = time_s;
	str_set(&ledger->paused_why, why);
	add_pause(&ledger->pending, time_s, why);
}

void
ledger_resumed(struct ledger *ledger, uint64_t time_s)
{
	ledger->paused_s = 0;
	str_addf(&ledger->pending, "resumed %llu\n",
	    (unsigned long long)time_s);
}

int
ledger_commit(struct ledger *ledger)
{
	struct str text = {0};
	int result;

	if (!ledger->pending.len)
		return 0;
	/* a cut uid must not pass for a shorter one: no uid has a blank */
	if (ledger->is_torn)
		str_puts(&text, " ! torn\n");
	str_add_slice(&text, str_slice(&ledger->pending));
	str_clear(&ledger->pending);
	ledger->is_torn = true; /* until it is known to be whole */
	result = write_all(ledger->fd, text.s, text.len);
	if (result == 0)
		result = fsync(ledger->fd);
	if (result == 0)
		ledger->is_torn = false;
	str_free(&text);
	return result;
}

bool
ledger_is_wasteful(const struct ledger *ledger)
{
	size_t live = 0;

	for (size_t i = 0; i < ledger->len; i++)
		live += !ledger->v[i].is_gone;
	return ledger->lines > WASTE_LINES_MIN &&
	    ledger->lines / WASTE_FACTOR > live;
}

int
ledger_compact(const struct ledger *ledger, const char *path,
    struct slice binding)
{
	struct str text = {0};
	int result;

	add_head(&text, binding);
	for (size_t i = 0; i < ledger->len; i++) {
		const struct ledger_entry *entry = &ledger->v[i];

		if (entry->is_gone)
			continue;
		add_letter(&text, entry);
		if (entry->is_deleted)
			add_change(&text, "deleted",
			    str_slice(&entry->uid));
		if (entry->is_missed)
			add_change(&text, "missed", str_slice(&entry->uid));
	}
	if (ledger->paused_s)
		add_pause(&text, ledger->paused_s,
		    str_c(&ledger->paused_why));
	result = replace_file(path, str_slice(&text), 0600);
	str_free(&text);
	return result;
}

void
ledger_free(struct ledger *ledger)
{
	for (size_t i = 0; i < ledger->len; i++)
		str_free(&ledger->v[i].uid);
	free(ledger->v);
	str_free(&ledger->paused_why);
	str_free(&ledger->pending);
	*ledger = (struct ledger){0};
}
