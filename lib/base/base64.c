/* base64 - text back to bytes; see base64.h. */
#include "lib/base/base64.h"

#include <string.h>

int
base64_value(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/* Four characters, the last `padding` of them "=". */
static bool
put_group(struct str *to, const char *group, size_t padding)
{
	unsigned bits = 0;

	for (size_t i = 0; i < 4; i++) {
		int value = i < 4 - padding ? base64_value(group[i]) : 0;

		if (value < 0)
			return false;
		bits = bits << 6 | (unsigned)value;
	}
	if (bits & ((1u << 8 * padding) - 1))
		return false;
	for (size_t i = 0; i < 3 - padding; i++)
		str_putc(to, (char)(bits >> (16 - 8 * i)));
	return true;
}

bool
base64_decode(struct str *to, struct slice base64)
{
	size_t before = to->len, padding = 0;

	if (base64.len % 4)
		return false;
	str_reserve(to, base64.len / 4 * 3);
	while (padding < 2 && base64.len > padding &&
	    base64.s[base64.len - 1 - padding] == '=')
		padding++;
	for (size_t at = 0; at < base64.len; at += 4) {
		if (put_group(to, base64.s + at,
		    at + 4 == base64.len ? padding : 0))
			continue;
		explicit_bzero(to->s + before, to->len - before);
		to->len = before;
		return false;
	}
	return true;
}
