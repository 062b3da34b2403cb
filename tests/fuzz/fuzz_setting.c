/* fuzz_setting - any line as the value of every setting: it is taken, or a
 * fault says why not. */
#include "control/settings.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice text = {(const char *)data, size};
	struct str value = {0}, fault = {0};

	for (const struct setting_rule *r = setting_rules; r->name; r++) {
		int result = setting_parse(r, text, slice_of("mail.test"),
		    &value, &fault);

		if (result < 0 && !fault.len)
			abort();
		if (result == 0 && fault.len)
			abort();
	}
	str_free(&value);
	str_free(&fault);
	return 0;
}
