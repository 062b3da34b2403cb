/* fuzz_maildir_quota - any maildirsize: what is believed makes sense. */
#include "lib/mail/maildir_quota.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct maildir_quota limit = {1000, 10};
	struct maildir_usage usage;

	if (maildir_quota_parse(slice_make((const char *)data, size), &limit,
	    &usage) &&
	    (usage.bytes < 0 || usage.messages < 0 || !usage.lines))
		abort();
	return 0;
}
