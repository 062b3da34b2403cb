/* fuzz_rewrite - any bytes as the header of a letter that leaves: nothing that
 * was replaced or dropped is left, and a second time changes nothing. */
#include "lib/mail/address_list.h"
#include "lib/mail/header.h"
#include "lib/mail/rewrite.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static enum rewrite_verdict
map(void *context, struct slice address, struct str *to)
{
	(void)context;
	if (slice_is(address, "a@b")) {
		str_puts(to, "x@y");
		return REWRITE_REPLACE;
	}
	return slice_is(address, "n@b") ? REWRITE_DROP : REWRITE_KEEP;
}

static bool
name(void *context, struct slice address, struct str *to)
{
	(void)context;
	if (!slice_is(address, "a@b"))
		return false;
	str_puts(to, "N \xc3\xa4");
	return true;
}

static bool
has_addresses(const struct field *field)
{
	return field_is(field, "From") || field_is(field, "To") ||
	    field_is(field, "Cc") || field_is(field, "Reply-To");
}

static void
check(struct slice text)
{
	struct mailbox_view mailbox;
	struct field field;

	while (header_next(&text, &field)) {
		if (field_is(&field, "Bcc") || field_is(&field, "Return-Path"))
			abort();
		while (has_addresses(&field) &&
		    address_list_next(&field.value, &mailbox))
			if (slice_is(mailbox.address, "a@b") ||
			    slice_is(mailbox.address, "n@b"))
				abort();
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct rewrite_rules rules = {.map = map, .self = slice_of("x@y")};
	struct str once = {0}, twice = {0};

	if (size % 2) {
		rules.name = name;
		rules.self_name = slice_of("N \xc3\xa4");
	}
	rewrite_header(&once, slice_make((const char *)data, size), &rules);
	check(str_slice(&once));
	rewrite_header(&twice, str_slice(&once), &rules);
	if (!slice_eq(str_slice(&once), str_slice(&twice)))
		abort();
	str_free(&once);
	str_free(&twice);
	return 0;
}
