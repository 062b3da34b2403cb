/* slice - views into other memory; see str.h. */
#include "lib/base/str.h"

#include <string.h>

char
ascii_lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

bool
ascii_is_control(char c)
{
	return (unsigned char)c < ' ' || c == 127;
}

bool
ascii_is_alnum(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	    (c >= '0' && c <= '9');
}

bool
ascii_is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

struct slice
slice_of(const char *text)
{
	return (struct slice){text, strlen(text)};
}

struct slice
slice_make(const char *s, size_t len)
{
	return (struct slice){s, len};
}

struct slice
slice_after(struct slice a, size_t at)
{
	return slice_make(a.s + at, a.len - at);
}

bool
slice_eq(struct slice a, struct slice b)
{
	return a.len == b.len && (!a.len || !memcmp(a.s, b.s, a.len));
}

bool
slice_is(struct slice a, const char *text)
{
	return slice_eq(a, slice_of(text));
}

bool
slice_ieq(struct slice a, struct slice b)
{
	if (a.len != b.len)
		return false;
	for (size_t i = 0; i < a.len; i++)
		if (ascii_lower(a.s[i]) != ascii_lower(b.s[i]))
			return false;
	return true;
}

bool
slice_starts(struct slice a, const char *prefix)
{
	size_t len = strlen(prefix);

	return a.len >= len && slice_eq(slice_make(a.s, len),
	    slice_make(prefix, len));
}

bool
slice_istarts(struct slice a, const char *prefix)
{
	size_t len = strlen(prefix);

	return a.len >= len && slice_ieq(slice_make(a.s, len),
	    slice_make(prefix, len));
}

size_t
slice_find(struct slice a, char c)
{
	const char *hit = a.len ? memchr(a.s, c, a.len) : NULL;

	return hit ? (size_t)(hit - a.s) : a.len;
}

/* FNV-1a. */
uint64_t
slice_hash(struct slice a, uint64_t seed)
{
	uint64_t hash = seed ^ 14695981039346656037u;

	for (size_t i = 0; i < a.len; i++)
		hash = (hash ^ (unsigned char)a.s[i]) * 1099511628211u;
	return hash ^ hash >> 32;
}

struct slice
slice_trim(struct slice a)
{
	while (a.len && (a.s[0] == ' ' || a.s[0] == '\t')) {
		a.s++;
		a.len--;
	}
	while (a.len && (a.s[a.len - 1] == ' ' || a.s[a.len - 1] == '\t'))
		a.len--;
	return a;
}

struct slice
slice_strip(struct slice a)
{
	while (a.len && ascii_is_blank(a.s[0]))
		a = slice_after(a, 1);
	while (a.len && ascii_is_blank(a.s[a.len - 1]))
		a.len--;
	return a;
}

struct slice
slice_cut(struct slice *rest, char c)
{
	size_t at = slice_find(*rest, c);
	struct slice head = {rest->s, at};

	if (at == rest->len)
		*rest = (struct slice){0};
	else
		*rest = (struct slice){rest->s + at + 1, rest->len - at - 1};
	return head;
}

bool
slice_u64(struct slice a, uint64_t max, uint64_t *out)
{
	uint64_t n = 0;

	if (!a.len)
		return false;
	for (size_t i = 0; i < a.len; i++) {
		if (a.s[i] < '0' || a.s[i] > '9')
			return false;
		if (__builtin_mul_overflow(n, 10, &n) ||
		    __builtin_add_overflow(n, (uint64_t)(a.s[i] - '0'), &n))
			return false;
	}
	if (n > max)
		return false;
	*out = n;
	return true;
}
