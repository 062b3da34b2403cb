/* fuzz_record - any bytes through record_decode: what decodes is within its
 * limits, and encoded again it decodes to the same. */
#include "lib/base/record.h"

#include <stdlib.h>

struct thing {
	struct str name;
	uint64_t number;
	struct strs list;
	struct str last;
};

static const struct record_field fields[] = {
    RECORD_STR(thing, 'n', name, 16),
    RECORD_U64(thing, 'u', number, 1000),
    RECORD_STRS(thing, 'l', list, 8, 4),
    RECORD_STR(thing, 'z', last, 16),
    {0},
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_limits(const struct thing *thing)
{
	if (thing->name.len > 16 || thing->last.len > 16 ||
	    thing->number > 1000 || thing->list.len > 4)
		abort();
	for (size_t i = 0; i < thing->list.len; i++)
		if (thing->list.v[i].len > 8)
			abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice from = slice_make((const char *)data, size);
	struct thing thing = {0}, again = {0};
	struct str first = {0}, second = {0};

	while (record_decode(&from, fields, &thing) == 0) {
		struct slice wire;

		check_limits(&thing);
		str_clear(&first);
		str_clear(&second);
		record_encode(&first, fields, &thing);
		wire = str_slice(&first);
		if (record_decode(&wire, fields, &again) < 0 || wire.len)
			abort();
		record_encode(&second, fields, &again);
		if (!slice_eq(str_slice(&first), str_slice(&second)))
			abort();
	}
	record_free(fields, &again);
	str_free(&first);
	str_free(&second);
	return 0;
}
