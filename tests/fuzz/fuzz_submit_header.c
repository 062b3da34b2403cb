/* fuzz_submit_header - any bytes as a submitted message: the pieces they come
 * in change nothing, what goes on has From, Date and Message-ID and no Bcc,
 * is the writer's own, and is not changed a second time. */
#include "lib/mail/address_list.h"
#include "lib/mail/header.h"
#include "lib/mail/submit_header.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct outcome {
	enum submit_fault fault;
	struct str text;
};

static bool
owns(void *context, struct slice address)
{
	(void)context;
	return slice_is(address, "a@b");
}

static struct outcome
submit(struct slice message, size_t step)
{
	struct submit_rules rules = {
		.owns = owns, .from = slice_of("a@b"),
		.domain = slice_of("b"), .id = slice_of("1"), .now_us = 1};
	struct submit_text state = {0};
	struct outcome out = {0};

	for (size_t at = 0; at < message.len && out.fault == SUBMIT_FINE;
	    at += step) {
		size_t left = message.len - at;

		out.fault = submit_take(&state, &rules,
		    slice_make(message.s + at, left < step ? left : step),
		    &out.text);
	}
	if (out.fault == SUBMIT_FINE)
		out.fault = submit_end(&state, &rules, &out.text);
	submit_text_free(&state);
	return out;
}

static void
check_from(struct slice value)
{
	struct mailbox_view mailbox;

	while (address_list_next(&value, &mailbox))
		if (!owns(NULL, mailbox.address))
			abort();
}

static void
check_header(struct slice text)
{
	bool has_from = false, has_date = false, has_id = false;
	struct field field;

	while (header_next(&text, &field)) {
		if (field_is(&field, "Bcc") || field_is(&field, "Resent-Bcc"))
			abort();
		if (field_is(&field, "From"))
			check_from(field.value);
		has_from |= field_is(&field, "From");
		has_date |= field_is(&field, "Date");
		has_id |= field_is(&field, "Message-ID");
	}
	if (!has_from || !has_date || !has_id || !text.len ||
	    text.s[0] != '\n')
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice message = {(const char *)data, size};
	struct outcome whole, parts, again;

	if (!size)
		return 0;
	whole = submit(message, size);
	parts = submit(message, data[size - 1] % 64 + 1);
	if (whole.fault != parts.fault || (whole.fault == SUBMIT_FINE &&
	    !slice_eq(str_slice(&whole.text), str_slice(&parts.text))))
		abort();
	if (whole.fault == SUBMIT_FINE) {
		check_header(str_slice(&whole.text));
		again = submit(str_slice(&whole.text), whole.text.len);
		if (again.fault != SUBMIT_FINE || !slice_eq(
		    str_slice(&again.text), str_slice(&whole.text)))
			abort();
		str_free(&again.text);
	}
	str_free(&whole.text);
	str_free(&parts.text);
	return 0;
}
