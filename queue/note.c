/* note - what has happened so far; see note.h and FORMAT.md. */
#include "queue/note.h"

#include "lib/mail/copy.h"

#include <stdlib.h>
#include <string.h>

static const char first_word[] = "posthouse-note";
static const char sorted_word[] = "sorted";
static const char shared = 'S'; /* on disk: pending and shared */

struct note_row *
note_add(struct note *note)
{
	note->rows = mem_room(note->rows, note->len, &note->cap,
	    sizeof *note->rows);
	note->rows[note->len] = (struct note_row){.state = RCPT_PENDING,
	    .stage = 1};
	return &note->rows[note->len++];
}

void
note_free(struct note *note)
{
	for (size_t i = 0; i < note->len; i++) {
		str_free(&note->rows[i].address);
		str_free(&note->rows[i].words);
		str_free(&note->rows[i].copy);
	}
	free(note->rows);
	*note = (struct note){0};
}

/* HELD, by whether it is held and by its approval. */
static const unsigned held_numbers[2][3] = {{0, 2, 3}, {1, 4, 5}};

static void
put_head(struct str *to, const struct note *note)
{
	str_addf(to, "%s 3 %d %u %llu\n", first_word, note->is_delayed,
	    held_numbers[note->is_held][note->approval],
	    (unsigned long long)note->deaths);
}

static char
letter_of(const struct note_row *row)
{
	return row->state == RCPT_PENDING && row->is_shared ?
	    shared : (char)row->state;
}

/* What may change. */
static void
put_progress(struct str *to, const struct note_row *row)
{
	str_addf(to, "%c %05llu %016llu ", letter_of(row),
	    (unsigned long long)row->attempts,
	    (unsigned long long)row->next_us);
}

static void
put_words(struct str *to, const struct note_row *row)
{
	str_putc(to, '\t');
	str_add_slice(to, str_slice(&row->words));
	str_putc(to, '\n');
}

static void
put_row(struct str *to, const struct note_row *row)
{
	put_progress(to, row);
	str_addf(to, "%llu %llu ", (unsigned long long)row->stage,
	    (unsigned long long)row->origin);
	str_add_slice(to, str_slice(&row->address));
	str_putc(to, '\t');
	str_add_slice(to, str_slice(&row->words));
	if (row->copy.len || row->is_sorted) {
		str_putc(to, '\t');
		str_add_slice(to, str_slice(&row->copy));
	}
	if (row->is_sorted)
		str_addf(to, "\t%s", sorted_word);
	str_putc(to, '\n');
}

void
note_encode(struct str *to, const struct note *note)
{
	put_head(to, note);
	for (size_t i = 0; i < note->len; i++)
		put_row(to, &note->rows[i]);
	str_addf(to, "end %zu\n", note->len);
}

void
note_encode_change(struct str *to, size_t at, const struct note_row *row)
{
	put_progress(to, row);
	str_addf(to, "%zu", at);
	put_words(to, row);
}

static bool
take_flag(struct slice *line, bool *flag)
{
	uint64_t number;

	if (!slice_u64(slice_cut(line, ' '), 1, &number))
		return false;
	*flag = number;
	return true;
}

static bool
take_held(struct slice word, struct note *note)
{
	uint64_t number;

	if (!slice_u64(word, 5, &number))
		return false;
	for (unsigned held = 0; held < 2; held++)
		for (unsigned approval = 0; approval < 3; approval++)
			if (held_numbers[held][approval] == number) {
				note->is_held = held;
				note->approval = approval;
			}
	return true;
}

static bool
take_head(struct slice line, struct note *note)
{
	uint64_t version;

	if (!slice_is(slice_cut(&line, ' '), first_word) ||
	    !slice_u64(slice_cut(&line, ' '), 3, &version) || !version)
		return false;
	note->is_old = version == 1;
	return take_flag(&line, &note->is_delayed) &&
	    take_held(slice_cut(&line, ' '), note) &&
	    slice_u64(line, UINT32_MAX, &note->deaths);
}

static bool
take_state(struct slice word, struct note_row *row)
{
	if (word.len != 1 || !word.s[0] || !strchr("PSKRDBQTL", word.s[0]))
		return false;
	row->is_shared = word.s[0] == shared;
	row->state = row->is_shared ? RCPT_PENDING :
				      (enum rcpt_state)word.s[0];
	return true;
}

static bool
take_progress(struct slice *line, struct note_row *row)
{
	return take_state(slice_cut(line, ' '), row) &&
	    slice_u64(slice_cut(line, ' '), ATTEMPTS_MAX, &row->attempts) &&
	    slice_u64(slice_cut(line, ' '), UINT64_MAX, &row->next_us);
}

static bool
is_copy(struct slice text)
{
	struct copy copy = {0};
	bool result = copy_parse(text, &copy) == 0;

	copy_free(&copy);
	return result;
}

/* What may follow the words: the copy, and that it is sorted. */
static bool
take_copy(struct slice line, struct note_row *row)
{
	if (!line.s)
		return true;
	str_set_slice(&row->copy, slice_cut(&line, '\t'));
	if (!is_copy(str_slice(&row->copy)))
		return false;
	row->is_sorted = line.s != NULL;
	return row->is_sorted ? slice_is(line, sorted_word) :
				row->copy.len > 0;
}

static bool
take_row(struct slice line, struct note *note)
{
	struct note_row *row = note_add(note);
	struct slice address;

	if (!take_progress(&line, row) ||
	    !slice_u64(slice_cut(&line, ' '), STAGE_MAX, &row->stage) ||
	    !row->stage ||
	    !slice_u64(slice_cut(&line, ' '), UINT32_MAX, &row->origin))
		return false;
	address = slice_cut(&line, '\t');
	if (!address.len || !line.s)
		return false;
	str_set_slice(&row->address, address);
	str_set_slice(&row->words, slice_cut(&line, '\t'));
	return take_copy(line, row);
}

/* Rows up to the last line, which says how many they are. */
static bool
take_rows(struct slice *rest, struct note *note)
{
	uint64_t rows;

	while (rest->s) {
		struct slice line = slice_cut(rest, '\n');

		if (rest->s && slice_starts(line, "end "))
			return slice_u64(slice_after(line, 4),
			    SIZE_MAX, &rows) && rows && rows == note->len;
		if (!take_row(line, note))
			return false;
	}
	return false;
}

static bool
take_change(struct slice line, struct note *note)
{
	struct note_row change = {0};
	uint64_t at;

	if (!take_progress(&line, &change) ||
	    !slice_u64(slice_cut(&line, '\t'), SIZE_MAX, &at) ||
	    at >= note->len || !line.s || slice_find(line, '\t') != line.len)
		return false;
	note->rows[at].state = change.state;
	note->rows[at].is_shared = change.is_shared;
	note->rows[at].attempts = change.attempts;
	note->rows[at].next_us = change.next_us;
	str_set_slice(&note->rows[at].words, line);
	return true;
}

/* They were added without an fsync: a torn one ends them. */
static void
take_changes(struct slice rest, struct note *note)
{
	struct slice line;

	do
		line = slice_cut(&rest, '\n');
	while (rest.s && take_change(line, note));
}

int
note_decode(struct slice bytes, struct note *note)
{
	note_free(note);
	if (take_head(slice_cut(&bytes, '\n'), note) &&
	    take_rows(&bytes, note)) {
		take_changes(bytes, note);
		return 0;
	}
	note_free(note);
	return -1;
}
