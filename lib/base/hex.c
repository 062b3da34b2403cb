/* hex - bytes as text; see hex.h. */
#include "lib/base/hex.h"

#include <string.h>

static const char digits[] = "0123456789abcdef";

void
hex_add(struct str *to, const void *bytes, size_t len)
{
	const unsigned char *from = bytes;

	for (size_t i = 0; i < len; i++) {
		str_putc(to, digits[from[i] >> 4]);
		str_putc(to, digits[from[i] & 15]);
	}
}

static int
value_of(char c)
{
	const char *digit = c ? strchr(digits, c) : NULL;

	return digit ? (int)(digit - digits) : -1;
}

bool
hex_decode(struct str *to, struct slice hex)
{
	if (hex.len % 2)
		return false;
	for (size_t i = 0; i < hex.len; i++)
		if (value_of(hex.s[i]) < 0)
			return false;
	for (size_t i = 0; i < hex.len; i += 2)
		str_putc(to, (char)(value_of(hex.s[i]) << 4 |
				     value_of(hex.s[i + 1])));
	return true;
}
