/* fuzz_note - any bytes as a note: what is read can be written, reads the
 * same, and can be added to. */
#include "queue/note.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check(bool holds)
{
	if (!holds)
		abort();
}

static void
check_again(struct note *note)
{
	struct note again = {0};
	struct str text = {0}, more = {0};

	note_encode(&text, note);
	for (size_t i = 0; i < note->len && i < 10; i++) {
		note->rows[i].state = RCPT_BOUNCED;
		note->rows[i].is_shared = false;
		note_encode_change(&text, i, &note->rows[i]);
	}
	check(note_decode(str_slice(&text), &again) == 0);
	str_clear(&text);
	note_encode(&text, &again);
	note_encode(&more, note);
	check(slice_eq(str_slice(&text), str_slice(&more)));
	note_free(&again);
	str_free(&text);
	str_free(&more);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct note note = {0};

	if (note_decode(slice_make((const char *)data, size), &note) == 0)
		check_again(&note);
	note_free(&note);
	return 0;
}
