/* fuzz_smtp_content - any bytes as a message: its wire form has no bare CR or
 * LF, one end, and is the same in whatever pieces it comes. */
#include "lib/mail/smtp_content.h"
#include "lib/mail/smtp_data.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
encode(struct str *wire, struct slice text, size_t piece)
{
	struct smtp_encoder encoder = {0};

	while (text.len) {
		size_t len = piece < text.len ? piece : text.len;

		smtp_encode(&encoder, slice_make(text.s, len), wire);
		text = slice_make(text.s + len, text.len - len);
	}
	smtp_encode_end(&encoder, wire);
}

static void
check_end(struct slice wire, uint64_t wire_bytes, bool has_cr)
{
	struct smtp_data data = {0};
	size_t used, len;
	char *out = malloc(wire.len);

	if (smtp_data_decode(&data, wire, &used, out, &len) != SMTP_DATA_END ||
	    used != wire.len)
		abort();
	if (!has_cr && data.size != wire_bytes)
		abort();
	free(out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice text = slice_make((const char *)data, size);
	struct smtp_content content = {0};
	struct str whole = {0}, pieces = {0};

	encode(&whole, text, size);
	encode(&pieces, text, size ? 1 + data[0] % 16 : 1);
	if (!slice_eq(str_slice(&whole), str_slice(&pieces)))
		abort();
	if (size)
		smtp_content_examine(&content, text);
	smtp_content_examined(&content);
	check_end(str_slice(&whole), content.wire_bytes,
	    slice_find(text, '\r') < size);
	str_free(&whole);
	str_free(&pieces);
	return 0;
}
