/* utf8 - strict UTF-8; see utf8.h. */
#include "lib/base/utf8.h"

#include <string.h>

/* RFC 3629 section 4, row by row: the first byte decides how many follow and
 * narrows the range of the second. */
static const struct form {
	unsigned char first_low, first_high, second_low, second_high, length;
} forms[] = {
    {0x00, 0x7f, 0, 0, 1},
    {0xc2, 0xdf, 0x80, 0xbf, 2},
    {0xe0, 0xe0, 0xa0, 0xbf, 3},
    {0xe1, 0xec, 0x80, 0xbf, 3},
    {0xed, 0xed, 0x80, 0x9f, 3},
    {0xee, 0xef, 0x80, 0xbf, 3},
    {0xf0, 0xf0, 0x90, 0xbf, 4},
    {0xf1, 0xf3, 0x80, 0xbf, 4},
    {0xf4, 0xf4, 0x80, 0x8f, 4},
};

static size_t
match(const struct form *form, struct slice bytes)
{
	if (bytes.len < form->length)
		return 0;
	for (size_t i = 1; i < form->length; i++) {
		unsigned char c = (unsigned char)bytes.s[i];
		unsigned char low = i == 1 ? form->second_low : 0x80;
		unsigned char high = i == 1 ? form->second_high : 0xbf;

		if (c < low || c > high)
			return 0;
	}
	return form->length;
}

size_t
utf8_length(struct slice bytes)
{
	unsigned char c;

	if (!bytes.len)
		return 0;
	c = (unsigned char)bytes.s[0];
	for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
		if (c >= forms[i].first_low && c <= forms[i].first_high)
			return match(&forms[i], bytes);
	return 0;
}

bool
utf8_valid(struct slice bytes)
{
	while (bytes.len) {
		size_t len = utf8_length(bytes);

		if (!len)
			return false;
		bytes.s += len;
		bytes.len -= len;
	}
	return true;
}

bool
utf8_is_control(struct slice bytes)
{
	if (!bytes.len)
		return false;
	return ascii_is_control(bytes.s[0]) || (bytes.len > 1 &&
	    (unsigned char)bytes.s[0] == 0xc2 &&
	    (unsigned char)bytes.s[1] < 0xa0);
}

/* Eight bytes at a time: every message is looked at before it is sent. */
bool
has_8bit(struct slice bytes)
{
	const uint64_t high = UINT64_C(0x8080808080808080);
	uint64_t all = 0;
	size_t at = 0;

	for (; at + sizeof all <= bytes.len; at += sizeof all) {
		uint64_t eight;

		memcpy(&eight, bytes.s + at, sizeof eight);
		all |= eight;
	}
	for (; at < bytes.len; at++)
		all |= (unsigned char)bytes.s[at];
	return all & high;
}
