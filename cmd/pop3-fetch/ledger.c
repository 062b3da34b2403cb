/* ledger - which letters were fetched, as it is written; see ledger.h. */
#include "cmd/pop3-fetch/ledger.h"

#include "lib/base/hex.h"
#include "lib/base/io.h"

#include <errno.h>
#include <openssl/sha.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
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

void
ledger_head(struct str *to, struct slice binding)
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
	ledger_head(&head, binding);
	result = replace_file(path, str_slice(&head), 0600);
	str_free(&head);
	return result;
}

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

	ledger_head(&text, binding);
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
