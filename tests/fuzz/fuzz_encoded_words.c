/* fuzz_encoded_words - any bytes as a name: what comes out is UTF-8. */
#include "lib/mail/encoded_words.h"

#include "lib/base/utf8.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check(struct charsets *charsets, struct slice text,
    void (*add)(struct charsets *, struct str *, struct slice))
{
	struct str decoded = {0};

	add(charsets, &decoded, text);
	if (!utf8_valid(str_slice(&decoded)))
		abort();
	str_free(&decoded);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct charsets charsets;
	static bool is_open;
	struct slice text = {(const char *)data, size};

	if (!is_open && charsets_open(&charsets) < 0)
		abort();
	is_open = true;
	check(&charsets, text, encoded_words_add);
	check(&charsets, text, phrase_add);
	check(&charsets, text, comment_add);
	return 0;
}
