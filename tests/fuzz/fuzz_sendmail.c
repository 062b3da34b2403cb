/* fuzz_sendmail - any bytes as a message for sendmail -t: what is cut at a
 * dot is the same in pieces, and no recipient has a line's end in it. */
/* links: cmd/sendmail/dot.c cmd/sendmail/rcpts.c */
#include "cmd/sendmail/dot.h"
#include "cmd/sendmail/rcpts.h"
#include "lib/mail/display_name.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_rcpts(struct slice header)
{
	struct strs rcpts = {0};
	struct str from = {0};

	rcpts_of_header(&rcpts, header);
	for (size_t i = 0; i < rcpts.len; i++)
		if (!rcpts.v[i].len || strpbrk(str_c(&rcpts.v[i]), "\r\n"))
			abort();
	/* what a header says must not be able to add a field */
	display_name_add(&from, header, slice_of("a@b"));
	for (size_t i = 0; i < from.len; i++)
		if (from.s[i] == '\r' || (from.s[i] == '\n' &&
		    (i + 1 == from.len || from.s[i + 1] != ' ')))
			abort();
	strs_free(&rcpts);
	str_free(&from);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice bytes = {(const char *)data, size};
	struct dot whole = {0}, pieces = {0};
	struct str text = {0}, again = {0};

	dot_take(&whole, bytes, &text);
	for (size_t i = 0; i < size; i++)
		dot_take(&pieces, slice_make(bytes.s + i, 1), &again);
	if (whole.is_end != pieces.is_end ||
	    !slice_eq(str_slice(&text), str_slice(&again)))
		abort();
	check_rcpts(str_slice(&text));
	str_free(&text);
	str_free(&again);
	return 0;
}
