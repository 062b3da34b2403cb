/* fuzz_smtp_data - any bytes as DATA: the pieces they come in, the first
 * byte's choice, change nothing, and no CR is ever let through. */
#include "lib/mail/received.h"
#include "lib/mail/smtp_data.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct outcome {
	enum smtp_data_result result;
	struct str text;
	size_t used;
	unsigned hops;
};

static struct outcome
decode(struct slice wire, size_t step)
{
	struct outcome out = {.result = SMTP_DATA_MORE};
	struct smtp_data state = {0};
	struct hops hops = {0};
	char *piece = mem_alloc(step);

	while (out.used < wire.len && out.result == SMTP_DATA_MORE) {
		size_t left = wire.len - out.used, used, made;
		size_t len = left < step ? left : step;

		memcpy(piece, wire.s + out.used, len);
		out.result = smtp_data_decode(&state, slice_make(piece, len),
		    &used, piece, &made);
		if (made > used || used > len ||
		    (out.result == SMTP_DATA_MORE && used < len))
			abort();
		hops_count(&hops, slice_make(piece, made));
		str_add(&out.text, piece, made);
		out.used += used;
	}
	out.hops = hops.count;
	free(piece);
	return out;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice wire = slice_make((const char *)data, size);
	struct outcome whole, parts;

	if (!size)
		return 0;
	whole = decode(wire, size);
	parts = decode(wire, (size_t)data[0] + 1);
	if (whole.result != parts.result)
		abort();
	if (whole.result <= SMTP_DATA_END && (whole.hops != parts.hops ||
	    !slice_eq(str_slice(&whole.text), str_slice(&parts.text))))
		abort();
	if (slice_find(str_slice(&whole.text), '\r') < whole.text.len)
		abort();
	str_free(&whole.text);
	str_free(&parts.text);
	return 0;
}
