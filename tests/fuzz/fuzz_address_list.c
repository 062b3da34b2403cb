/* fuzz_address_list - any bytes as the value of From: views stay inside, in
 * order, the end is reached, and what is not odd stays what it is when it
 * stands alone. */
#include "lib/mail/address_list.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_inside(struct slice view, struct slice whole)
{
	if (view.len && (view.s < whole.s ||
	    view.s + view.len > whole.s + whole.len))
		abort();
}

/* "<address>" alone is the same address; but a "\\" at its end, which took a
 * blank along, would take the ">". */
static void
check_alone(struct slice address)
{
	struct str text = {0};
	struct slice rest;
	struct mailbox_view mailbox;

	if (address.len && address.s[address.len - 1] == '\\')
		return;
	str_putc(&text, '<');
	str_add_slice(&text, address);
	str_putc(&text, '>');
	rest = str_slice(&text);
	if (!address_list_next(&rest, &mailbox) ||
	    !slice_eq(mailbox.address, address))
		abort();
	str_free(&text);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice text = {(const char *)data, size}, rest = text;
	struct mailbox_view mailbox;
	size_t before = rest.len;

	while (address_list_next(&rest, &mailbox)) {
		struct slice used = {rest.s - (before - rest.len),
			before - rest.len};

		check_inside(rest, text);
		check_inside(mailbox.address, used);
		check_inside(mailbox.display, used);
		check_inside(mailbox.comment, used);
		if (rest.len >= before)
			abort();
		if (!mailbox.is_odd && mailbox.display.len)
			check_alone(mailbox.address);
		before = rest.len;
	}
	if (rest.len)
		abort();
	return 0;
}
