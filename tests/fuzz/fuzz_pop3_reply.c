/* fuzz_pop3_reply - any bytes as a POP3 server's: a text means the same in
 * whatever pieces it comes, and never more bytes than were sent. */
#include "lib/mail/pop3_reply.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t
take(struct slice all, size_t step, struct str *to)
{
	struct pop3_text text = {0};
	bool is_end = false;
	size_t at = 0, used;

	while (at < all.len && !is_end) {
		size_t left = all.len - at;

		is_end = pop3_text_take(&text,
		    slice_make(all.s + at, left < step ? left : step), &used,
		    to);
		at += used;
	}
	return at;
}

static void
take_line(struct slice line)
{
	struct pop3_capabilities all = {0};
	uint64_t first, second;
	enum pop3_code code;
	struct slice view;

	(void)pop3_status(line, &code, &view);
	(void)pop3_timestamp(line, &view);
	(void)pop3_numbers(line, &first, &second);
	if (pop3_uid(line, &first, &view) && view.len > POP3_UID_MAX)
		abort();
	pop3_capability(&all, line);
	pop3_capabilities_free(&all);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice all = {(const char *)data, size};
	struct str whole = {0}, parts = {0};

	if (!size)
		return 0;
	if (take(all, size, &whole) != take(all, data[0] % 16 + 1, &parts) ||
	    !slice_eq(str_slice(&whole), str_slice(&parts)) ||
	    whole.len > size)
		abort();
	str_free(&whole);
	str_free(&parts);
	for (struct slice line; all.len;) {
		line = slice_cut(&all, '\n');
		take_line(line);
	}
	return 0;
}
