/* fuzz_log - any value escaped is one line of UTF-8 without controls, and
 * nothing in it can end the value early. */
#include "lib/base/log.h"
#include "lib/base/utf8.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool
is_quoted(struct slice text)
{
	size_t i = 1;

	while (i + 1 < text.len && text.s[i] != '"')
		i += text.s[i] == '\\' ? 2 : 1;
	return i + 1 == text.len && text.s[0] == '"' && text.s[i] == '"';
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str escaped = {0};
	struct slice text;

	log_escape(&escaped, slice_make((const char *)data, size));
	text = str_slice(&escaped);
	if (!utf8_valid(text))
		abort();
	for (size_t i = 0; i < text.len; i++)
		if ((unsigned char)text.s[i] < ' ' || text.s[i] == 127)
			abort();
	if (slice_find(text, '"') < text.len ||
	    slice_find(text, ' ') < text.len)
		if (!is_quoted(text))
			abort();
	str_free(&escaped);
	return 0;
}
