/* folder_name - modified UTF-7; see folder_name.h. */
#include "lib/mail/folder_name.h"

#include "lib/base/utf8.h"

#include <string.h>

/* RFC 3501 5.1.3: "," in place of "/", and no padding. */
static const char chars[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+,";

enum {
	LAST_OF_BMP = 0xffff,
	SURROGATES = 0xd800,
	SURROGATES_LOW = 0xdc00,
	SURROGATES_END = 0xdfff
};

/* Bits of UTF-16 on their way to or from base64. */
struct bits {
	uint32_t value;
	unsigned count;
};

static void
put_unit(struct str *to, struct bits *bits, uint32_t unit)
{
	bits->value = bits->value << 16 | unit;
	bits->count += 16;
	while (bits->count >= 6) {
		bits->count -= 6;
		str_putc(to, chars[bits->value >> bits->count & 63]);
	}
}

static void
put_wide(struct str *to, struct bits *bits, uint32_t c)
{
	if (c <= LAST_OF_BMP) {
		put_unit(to, bits, c);
		return;
	}
	c -= LAST_OF_BMP + 1;
	put_unit(to, bits, SURROGATES | c >> 10);
	put_unit(to, bits, SURROGATES_LOW | (c & 0x3ff));
}

static void
end_wide(struct str *to, struct bits *bits)
{
	if (bits->count)
		str_putc(to, chars[bits->value << (6 - bits->count) & 63]);
	str_putc(to, '-');
	*bits = (struct bits){0};
}

/* The character that text, which is UTF-8, starts with. */
static uint32_t
character(struct slice text, size_t len)
{
	static const unsigned char head[] = {0, 0x7f, 0x1f, 0x0f, 0x07};
	uint32_t c = (unsigned char)text.s[0] & head[len];

	for (size_t i = 1; i < len; i++)
		c = c << 6 | ((unsigned char)text.s[i] & 0x3f);
	return c;
}

static bool
divides(uint32_t c)
{
	return c < ' ' || (c >= 127 && c < 160) || c == '.' || c == '/';
}

static void
encode(struct str *to, struct slice name)
{
	struct bits bits = {0};
	bool is_wide = false;

	while (name.len) {
		size_t len = utf8_length(name);
		uint32_t c = character(name, len);

		name = slice_after(name, len);
		if (divides(c))
			c = '_';
		if (is_wide != (c > 127)) {
			is_wide = !is_wide;
			if (is_wide)
				str_putc(to, '&');
			else
				end_wide(to, &bits);
		}
		if (is_wide)
			put_wide(to, &bits, c);
		else if (c == '&')
			str_puts(to, "&-");
		else
			str_putc(to, (char)c);
	}
	if (is_wide)
		end_wide(to, &bits);
}

bool
folder_name_add(struct str *to, struct slice name)
{
	size_t start = to->len;

	/* each character is five bytes at most: no need to encode a book */
	if (!name.len || name.len > FOLDER_PART_MAX || !utf8_valid(name))
		return false;
	encode(to, name);
	if (to->len - start <= FOLDER_PART_MAX)
		return true;
	to->len = start;
	to->s[start] = '\0';
	return false;
}

static void
put_utf8(struct str *to, uint32_t c)
{
	if (c < 0x80) {
		str_putc(to, (char)c);
		return;
	}
	if (c < 0x800) {
		str_putc(to, (char)(0xc0 | c >> 6));
	} else {
		if (c <= LAST_OF_BMP) {
			str_putc(to, (char)(0xe0 | c >> 12));
		} else {
			str_putc(to, (char)(0xf0 | c >> 18));
			str_putc(to, (char)(0x80 | (c >> 12 & 0x3f)));
		}
		str_putc(to, (char)(0x80 | (c >> 6 & 0x3f)));
	}
	str_putc(to, (char)(0x80 | (c & 0x3f)));
}

/* One unit of UTF-16, after *high, the first half of a pair (0: none). */
static bool
take_unit(struct str *to, uint32_t unit, uint32_t *high)
{
	bool is_low = unit >= SURROGATES_LOW && unit <= SURROGATES_END;

	if (is_low != (*high != 0))
		return false;
	if (is_low) {
		put_utf8(to, LAST_OF_BMP + 1 +
		    ((*high & 0x3ff) << 10 | (unit & 0x3ff)));
		*high = 0;
	} else if (unit >= SURROGATES && unit < SURROGATES_LOW) {
		*high = unit;
	} else {
		put_utf8(to, unit);
	}
	return true;
}

/* What stands between "&" and "-". */
static bool
take_wide(struct str *to, struct slice wide)
{
	struct bits bits = {0};
	uint32_t high = 0;

	for (size_t i = 0; i < wide.len; i++) {
		const char *at = wide.s[i] ? strchr(chars, wide.s[i]) : NULL;

		if (!at)
			return false;
		bits.value = bits.value << 6 | (uint32_t)(at - chars);
		bits.count += 6;
		if (bits.count < 16)
			continue;
		bits.count -= 16;
		if (!take_unit(to, bits.value >> bits.count & 0xffff, &high))
			return false;
	}
	return !high && bits.count < 6 &&
	    !(bits.value & ((1u << bits.count) - 1));
}

static bool
decode(struct str *to, struct slice part)
{
	while (part.len) {
		size_t plain = slice_find(part, '&'), end;

		str_add(to, part.s, plain);
		part = slice_after(part, plain);
		if (!part.len)
			break;
		end = slice_find(part, '-');
		if (end == part.len)
			return false;
		if (end == 1)
			str_putc(to, '&');
		else if (!take_wide(to, slice_make(part.s + 1, end - 1)))
			return false;
		part = slice_after(part, end + 1);
	}
	return true;
}

bool
folder_name_decode(struct str *to, struct slice part)
{
	size_t start = to->len;

	str_reserve(to, part.len);
	if (decode(to, part) && utf8_valid(slice_make(to->s + start,
	    to->len - start)))
		return true;
	to->len = start;
	to->s[start] = '\0';
	return false;
}
