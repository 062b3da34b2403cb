/* fuzz_name_fold - any bytes as a name: the key is UTF-8 and may stand in a
 * line. */
#include "lib/mail/name_fold.h"

#include "lib/base/utf8.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str key = {0};
	bool is_name = name_fold(&key,
	    slice_make((const char *)data, size));

	if (is_name != (key.len > 0) || !utf8_valid(str_slice(&key)))
		abort();
	for (size_t i = 0; i < key.len; i++)
		if ((unsigned char)key.s[i] <= ' ' || key.s[i] == 127)
			abort();
	str_free(&key);
	return 0;
}
