/* fuzz_address - any bytes as an address: what is normal stays as it is, is
 * valid, and keeps within its limits. */
#include "lib/mail/address.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_normal(struct slice normal, bool fold)
{
	struct slice local, domain;
	struct str again = {0};

	if (!address_split(normal, &local, &domain))
		abort();
	if (normal.len > ADDRESS_TEXT_MAX || !address_valid(normal, true) ||
	    address_normalize(&again, normal, fold) < 0 ||
	    !slice_eq(str_slice(&again), normal))
		abort();
	str_free(&again);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice address = {(const char *)data, size};
	struct str normal = {0};

	for (int fold = 0; fold < 2; fold++) {
		bool is_normal = address_normalize(&normal, address, fold) == 0;

		if (is_normal && !address_valid(address, true))
			abort();
		if (is_normal)
			check_normal(str_slice(&normal), fold);
	}
	if (address_valid(address, false) && !address_valid(address, true))
		abort();
	if (domain_normalize(&normal, address) == 0 &&
	    !domain_valid(str_slice(&normal)))
		abort();
	str_free(&normal);
	return 0;
}
