/* letter_top - the lines above a letter in a mailbox; see letter_top.h. */
#include "lib/mail/letter_top.h"

#include "lib/base/io.h"
#include "lib/mail/address.h"
#include "lib/mail/header.h"

#include <errno.h>

enum {
	CHUNK = 16 * 1024,
	TOP_MAX = 5 * 1024 * 1024, /* X-Posthouse-Recipients of an envelope */
	WORD_MAX = 128             /* of an id, a seal */
};

static void
take_sender(struct letter_top *top, struct slice value)
{
	if (value.len < 2 || value.s[0] != '<' ||
	    value.s[value.len - 1] != '>')
		return;
	value = slice_make(value.s + 1, value.len - 2);
	if (address_valid(value, true))
		top->sender = value;
}

/* Letters and digits: it becomes part of a question. */
static bool
is_word(struct slice text)
{
	for (size_t i = 0; i < text.len; i++) {
		char c = ascii_lower(text.s[i]);

		if ((c < 'a' || c > 'z') && (c < '0' || c > '9'))
			return false;
	}
	return text.len && text.len <= WORD_MAX;
}

static void
take_hold(struct letter_top *top, struct slice value)
{
	struct slice id = slice_cut(&value, ' '), seal = slice_trim(value);

	if (!is_word(id) || !is_word(seal))
		return;
	top->hold_id = id;
	top->hold_seal = seal;
}

/* False: not one of ours. */
static bool
take_field(struct letter_top *top, const struct field *field)
{
	struct slice value = slice_strip(field->value);

	if (field_is(field, "Return-Path"))
		take_sender(top, value);
	else if (field_is(field, "X-Posthouse-Staff"))
		top->staff = value;
	else if (field_is(field, "X-Posthouse-By"))
		top->by = value;
	else if (field_is(field, "X-Posthouse-Hold"))
		take_hold(top, value);
	else
		return field_is(field, "Delivered-To") ||
		    field_is(field, "X-Posthouse-Recipients");
	return true;
}

/* Each comes once: a second Return-Path is the letter's own. */
static unsigned
which(struct slice name)
{
	static const char *const names[] = {"Return-Path", "Delivered-To",
	    "X-Posthouse-Staff", "X-Posthouse-By", "X-Posthouse-Hold",
	    "X-Posthouse-Recipients"};

	for (unsigned i = 0; i < sizeof names / sizeof *names; i++)
		if (slice_ieq(name, slice_of(names[i])))
			return 1U << i;
	return 0;
}

bool
letter_top_read(struct slice text, bool is_whole, struct letter_top *top)
{
	struct slice rest = text;
	struct field field = {0};
	unsigned seen = 0;

	*top = (struct letter_top){0};
	while (rest.len && header_next(&rest, &field)) {
		unsigned bit = which(field.name);

		/* a field that ends with the text may be continued */
		if (!is_whole && !rest.len)
			return false;
		if (!bit || (seen & bit) || (!seen && bit != 1) ||
		    !take_field(top, &field))
			return true;
		seen |= bit;
		top->len = text.len - rest.len;
	}
	/* a line that is cut off may be one of ours */
	return is_whole || slice_find(rest, '\n') < rest.len ||
	    rest.len > CHUNK;
}

int
letter_top_load(int fd, struct str *text, struct letter_top *top)
{
	str_clear(text);
	for (;;) {
		ssize_t n = read_at(fd, text, CHUNK, text->len);

		if (n < 0)
			return -1;
		if (letter_top_read(str_slice(text), n == 0, top) || n == 0)
			return 0;
		if (text->len > TOP_MAX) {
			errno = EFBIG;
			return -1;
		}
	}
}
