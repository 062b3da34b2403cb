/* str - memory, growable strings, lists of them; see str.h. */
#include "lib/base/str.h"

#include "lib/base/die.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void *
mem_alloc(size_t size)
{
	void *p = calloc(1, size ? size : 1);

	if (!p)
		die_nomem();
	return p;
}

void *
mem_grow(void *old, size_t count, size_t size)
{
	size_t bytes;
	void *p;

	if (__builtin_mul_overflow(count, size, &bytes))
		die_nomem();
	p = realloc(old, bytes ? bytes : 1);
	if (!p)
		die_nomem();
	return p;
}

void *
mem_room(void *array, size_t len, size_t *cap, size_t size)
{
	if (len < *cap)
		return array;
	*cap = *cap ? *cap * 2 : 1;
	return mem_grow(array, *cap, size);
}

char *
mem_dup(struct slice from)
{
	char *copy = mem_alloc(from.len + 1);

	if (from.len)
		memcpy(copy, from.s, from.len);
	return copy;
}

/* The old place is wiped: what str_wipe wipes is nowhere else. */
static void
move(struct str *to, size_t cap)
{
	char *s = mem_grow(NULL, cap, 1);

	s[to->len] = '\0';
	if (to->s) {
		memcpy(s, to->s, to->len);
		explicit_bzero(to->s, to->cap);
		free(to->s);
	}
	to->s = s;
	to->cap = cap;
}

void
str_reserve(struct str *to, size_t len)
{
	size_t need, cap = to->cap ? to->cap : 64;

	if (__builtin_add_overflow(to->len, len, &need) ||
	    __builtin_add_overflow(need, 1, &need) || need > SIZE_MAX / 2)
		die_nomem();
	if (to->s && need <= to->cap)
		return;
	while (cap < need)
		cap *= 2;
	move(to, cap);
}

void
str_add(struct str *to, const void *bytes, size_t len)
{
	str_reserve(to, len);
	if (len)
		memcpy(to->s + to->len, bytes, len);
	to->len += len;
	to->s[to->len] = '\0';
}

void
str_puts(struct str *to, const char *text)
{
	str_add(to, text, strlen(text));
}

void
str_putc(struct str *to, char c)
{
	str_add(to, &c, 1);
}

void
str_add_slice(struct str *to, struct slice from)
{
	str_add(to, from.s, from.len);
}

void
str_add_quoted(struct str *to, struct slice from)
{
	str_putc(to, '"');
	for (size_t i = 0; i < from.len; i++) {
		if (from.s[i] == '"' || from.s[i] == '\\')
			str_putc(to, '\\');
		str_putc(to, from.s[i]);
	}
	str_putc(to, '"');
}

void
str_add_line(struct str *to, struct slice from, char instead)
{
	for (size_t i = 0; i < from.len; i++)
		str_putc(to, ascii_is_control(from.s[i]) ? instead :
		    from.s[i]);
}

void
str_add_ascii(struct str *to, struct slice from)
{
	for (size_t i = 0; i < from.len; i++)
		str_putc(to, from.s[i] < ' ' || from.s[i] > '~' ? '?' :
		    from.s[i]);
}

void
str_addf(struct str *to, const char *format, ...)
{
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(NULL, 0, format, args);
	va_end(args);
	if (n < 0)
		die_nomem();
	str_reserve(to, (size_t)n);
	va_start(args, format);
	vsnprintf(to->s + to->len, (size_t)n + 1, format, args);
	va_end(args);
	to->len += (size_t)n;
}

void
str_add_digits(struct str *to, uint64_t number, size_t digits)
{
	char text[20]; /* of UINT64_MAX */
	size_t at = sizeof text;

	do
		text[--at] = (char)('0' + number % 10);
	while (number /= 10);
	for (size_t have = sizeof text - at; have < digits; have++)
		str_putc(to, '0');
	str_add(to, text + at, sizeof text - at);
}

void
str_add_u64(struct str *to, uint64_t number)
{
	str_add_digits(to, number, 1);
}

void
str_set(struct str *to, const char *text)
{
	str_clear(to);
	str_puts(to, text);
}

void
str_set_slice(struct str *to, struct slice from)
{
	str_clear(to);
	str_add_slice(to, from);
}

void
str_clear(struct str *str)
{
	str->len = 0;
	if (str->s)
		str->s[0] = '\0';
}

void
str_free(struct str *str)
{
	free(str->s);
	*str = (struct str){0};
}

void
str_wipe(struct str *str)
{
	if (str->s)
		explicit_bzero(str->s, str->cap);
	str_free(str);
}

const char *
str_c(const struct str *str)
{
	return str->s ? str->s : "";
}

struct slice
str_slice(const struct str *str)
{
	return (struct slice){str_c(str), str->len};
}

void
str_lower(struct str *str)
{
	for (size_t i = 0; i < str->len; i++)
		str->s[i] = ascii_lower(str->s[i]);
}

void
strs_add(struct strs *list, struct slice item)
{
	list->v = mem_room(list->v, list->len, &list->cap, sizeof *list->v);
	list->v[list->len] = (struct str){0};
	str_add_slice(&list->v[list->len++], item);
}

bool
strs_has(const struct strs *list, struct slice item)
{
	for (size_t i = 0; i < list->len; i++)
		if (slice_eq(str_slice(&list->v[i]), item))
			return true;
	return false;
}

void
strs_clear(struct strs *list)
{
	while (list->len)
		str_free(&list->v[--list->len]);
}

void
strs_free(struct strs *list)
{
	strs_clear(list);
	free(list->v);
	*list = (struct strs){0};
}
