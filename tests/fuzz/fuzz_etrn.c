/* fuzz_etrn - any bytes as ETRN's argument: what is understood is written so
 * that it is understood again as the same. */
#include "lib/mail/etrn_wire.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct etrn_argument argument = {0};
	struct str once = {0}, twice = {0};

	if (etrn_parse(slice_make((const char *)data, size), &argument) == 0) {
		etrn_write(&once, &argument);
		if (etrn_parse(str_slice(&once), &argument) != 0)
			abort();
		etrn_write(&twice, &argument);
		if (!slice_eq(str_slice(&once), str_slice(&twice)))
			abort();
	}
	etrn_argument_free(&argument);
	str_free(&once);
	str_free(&twice);
	return 0;
}
