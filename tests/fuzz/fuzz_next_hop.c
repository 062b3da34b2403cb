/* fuzz_next_hop - any bytes as a next hop: what is read is written so that it
 * is read again as the same. */
#include "lib/mail/next_hop.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct next_hop hop = {0};
	struct str once = {0}, twice = {0};

	if (next_hop_parse(slice_make((const char *)data, size), &hop) == 0)
		next_hop_write(&once, &hop);
	/* A-labels are longer than what they were read from */
	if (once.len && once.len <= NEXT_HOP_TEXT_MAX) {
		if (next_hop_parse(str_slice(&once), &hop) < 0)
			abort();
		next_hop_write(&twice, &hop);
		if (!slice_eq(str_slice(&once), str_slice(&twice)))
			abort();
	}
	next_hop_free(&hop);
	str_free(&once);
	str_free(&twice);
	return 0;
}
