/* fuzz_letter_top - any letter: what is believed stands in its first lines. */
#include "lib/mail/letter_top.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Within the lines that are ours, or nowhere. */
static void
is_in(struct slice part, struct slice text, size_t len)
{
	if (part.len && (part.s < text.s || part.s + part.len > text.s + len))
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice text = slice_make((const char *)data, size);
	struct letter_top top, part;

	if (!letter_top_read(text, true, &top) || top.len > size)
		abort();
	is_in(top.sender, text, top.len);
	is_in(top.staff, text, top.len);
	is_in(top.by, text, top.len);
	is_in(top.hold_id, text, top.len);
	is_in(top.hold_seal, text, top.len);
	if (!top.hold_id.len != !top.hold_seal.len)
		abort();
	/* what a part decides, the whole does not decide otherwise */
	if (letter_top_read(slice_make(text.s, size / 2), false, &part) &&
	    part.len != top.len)
		abort();
	return 0;
}
