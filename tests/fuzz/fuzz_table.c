/* fuzz_table - any bytes as a control table: rows of clean words come out,
 * lines are counted, and the end is reached. */
#include "control/table.h"
#include "lib/base/utf8.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_words(const struct strs *words)
{
	struct slice key, value;

	if (!words->len)
		abort();
	for (size_t i = 0; i < words->len; i++) {
		struct slice word = str_slice(&words->v[i]);

		if (word.len > TABLE_LINE_MAX || !utf8_valid(word) ||
		    slice_find(word, '\0') < word.len ||
		    slice_find(word, '\n') < word.len)
			abort();
		if (table_option(word, &key, &value) &&
		    key.len + 1 + value.len != word.len)
			abort();
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct table table = {.rest = {(const char *)data, size}};
	struct strs words = {0};
	enum table_result result;
	const char *fault;
	size_t line = 0;

	while ((result = table_next(&table, &words, &fault)) != TABLE_END) {
		if (table.line <= line)
			abort();
		line = table.line;
		if (result == TABLE_ROW)
			check_words(&words);
		else if (!fault)
			abort();
	}
	strs_free(&words);
	return 0;
}
