/* saving - notes: what memory knows, onto the disk and back; see saving.h. */
#include "cmd/queue-manager/saving.h"

#include "cmd/queue-manager/manager.h"
#include "cmd/queue-manager/message.h"
#include "lib/base/log.h"

#include <errno.h>
#include <string.h>

/* The note has none that is no copy. */
static void
copy_of_row(struct rcpt *rcpt, const struct note_row *row)
{
	struct copy copy = {0};

	if (row->copy.len && copy_parse(str_slice(&row->copy), &copy) == 0)
		rcpt_set_copy(rcpt, &copy);
}

void
message_from_note(struct message *message, const struct note *note)
{
	message->has_note = true;
	message->is_delayed = note->is_delayed;
	message->is_held = note->is_held;
	message->approval = note->approval;
	message->deaths = (uint32_t)note->deaths;
	for (size_t i = 0; i < note->len; i++) {
		const struct note_row *row = &note->rows[i];
		struct rcpt *rcpt =
		    message_add_rcpt(message, str_slice(&row->address));

		message_set_state(message, rcpt, row->state);
		rcpt->is_shared = row->is_shared;
		rcpt->attempts = (uint32_t)row->attempts;
		rcpt->next_us = row->next_us;
		rcpt->stage = (uint8_t)row->stage;
		rcpt->origin = (uint32_t)row->origin;
		rcpt->is_sorted = row->is_sorted;
		copy_of_row(rcpt, row);
		if (row->words.len)
			message_words(rcpt, str_slice(&row->words));
	}
}

static void
fill_row(struct note_row *row, const struct rcpt *rcpt)
{
	row->state = rcpt->state;
	row->is_shared = rcpt->is_shared;
	row->attempts = rcpt->attempts < ATTEMPTS_MAX ? rcpt->attempts :
							ATTEMPTS_MAX;
	row->next_us = rcpt->next_us;
	row->stage = rcpt->stage;
	row->origin = rcpt->origin;
	str_set(&row->address, rcpt->address);
	str_set(&row->words, rcpt->words ? rcpt->words : "");
	row->is_sorted = rcpt->is_sorted;
	str_clear(&row->copy);
	if (rcpt->copy)
		copy_add(&row->copy, rcpt->copy);
}

static void
to_note(const struct message *message, struct note *note)
{
	note->is_delayed = message->is_delayed;
	note->is_held = message->is_held;
	note->approval = message->approval;
	note->deaths = message->deaths;
	for (size_t i = 0; i < message->count; i++) {
		message->rcpts[i]->number = (uint32_t)i;
		message->rcpts[i]->is_unnoted = false;
		fill_row(note_add(note), message->rcpts[i]);
	}
}

static void
log_note_failure(const struct message *message)
{
	log_event("alarm", "id", message->id, "why",
	    "cannot write its note; after a restart its recipients are tried "
	    "again", "error", strerror(errno), NULL);
}

void
message_save(struct manager *manager, struct message *message)
{
	struct note note = {0};
	struct str bytes = {0};

	to_note(message, &note);
	note_encode(&bytes, &note);
	note_free(&note);
	message->is_saved = spool_note_write(&manager->spool, message->id,
				str_slice(&bytes)) == 0;
	message->note_bytes = (uint32_t)bytes.len;
	message->note_added = 0;
	if (message->is_saved)
		message->has_note = true;
	else
		log_note_failure(message);
	str_free(&bytes);
}

static void
add_to_note(struct manager *manager, struct message *message,
    struct slice changes)
{
	message->is_saved = spool_note_append(&manager->spool, message->id,
				changes) == 0;
	message->note_added += (uint32_t)changes.len;
	if (!message->is_saved)
		log_note_failure(message);
}

/* A line says nothing of share-sort; nor does it matter of who is done. */
static bool
fit_lines(struct rcpt *const *rcpts, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (rcpts[i]->is_unnoted && rcpts[i]->state == RCPT_PENDING)
			return false;
	return true;
}

void
message_save_some(struct manager *manager, struct message *message,
    struct rcpt *const *rcpts, size_t count)
{
	struct note_row row = {0};
	struct str changes = {0};

	/* Written anew when it has doubled: a fixed price for each change. */
	if (!message->is_saved || message->note_added > message->note_bytes ||
	    !fit_lines(rcpts, count)) {
		message_save(manager, message);
		return;
	}
	for (size_t i = 0; i < count; i++) {
		fill_row(&row, rcpts[i]);
		note_encode_change(&changes, rcpts[i]->number, &row);
	}
	add_to_note(manager, message, str_slice(&changes));
	str_free(&row.address);
	str_free(&row.words);
	str_free(&row.copy);
	str_free(&changes);
}
