/* fuzz_header - any bytes as a header: its fields are its bytes, all of them,
 * and the pieces that it comes in change nothing. */
#include "lib/mail/header.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_field(const struct field *field)
{
	const char *end = field->all.s + field->all.len;

	if (!field->name.len || field->name.s != field->all.s ||
	    field->value.s <= field->name.s ||
	    field->value.s + field->value.len != end ||
	    field->value.s[-1] != ':')
		abort();
	for (size_t i = 0; i < field->name.len; i++)
		if (field->name.s[i] <= ' ' || field->name.s[i] == ':')
			abort();
}

/* How many bytes the fields at the start have. */
static size_t
fields_length(struct slice text)
{
	struct slice rest = text;
	struct field field;

	while (header_next(&rest, &field)) {
		check_field(&field);
		if (field.all.s + field.all.len != rest.s)
			abort();
	}
	return text.len - rest.len;
}

static bool
length_in_pieces(struct slice text, size_t step, size_t *len)
{
	bool has_end = false;

	*len = 0;
	for (size_t n = 0; n < text.len && !has_end;) {
		n = n + step < text.len ? n + step : text.len;
		has_end = header_length(slice_make(text.s, n), len);
	}
	return has_end;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice text = {(const char *)data, size};
	size_t len = 0, parts, fields = fields_length(text);
	bool has_end = header_length(text, &len);

	if (size && (length_in_pieces(text, data[0] % 64 + 1, &parts) !=
	    has_end || parts != len))
		abort();
	if (has_end && len != fields && len != fields + 1)
		abort();
	if (has_end && len == fields + 1 && text.s[fields] != '\n')
		abort();
	return 0;
}
