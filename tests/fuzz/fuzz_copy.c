/* fuzz_copy - any line as what is to be done at a copy: what parses is written
 * as a line that says the same. */
#include "lib/mail/copy.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct copy copy = {0}, back = {0};
	struct str line = {0}, again = {0};

	if (copy_parse(slice_make((const char *)data, size), &copy) == 0) {
		copy_add(&line, &copy);
		if (line.len > COPY_MAX ||
		    copy_parse(str_slice(&line), &back) < 0)
			abort();
		copy_add(&again, &back);
		if (!slice_eq(str_slice(&line), str_slice(&again)))
			abort();
	} else if (!copy_is_empty(&copy)) {
		abort();
	}
	copy_free(&copy);
	copy_free(&back);
	str_free(&line);
	str_free(&again);
	return 0;
}
