/*
 * str - a growable byte string, a view into bytes, and a list of strings.
 *
 * Adding never fails: out of memory ends the program (die_nomem).  Whoever
 * adds bytes from outside limits their number first.
 */
#ifndef BASE_STR_H
#define BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* {0} is a valid empty string (s is NULL).  Once anything was added, s[len]
 * is NUL.  May hold NULs.  Owned by whoever embeds it; str_free ends it. */
struct str {
	char *s;
	size_t len, cap;
};

/* A view into memory that somebody else owns; not NUL-terminated. */
struct slice {
	const char *s;
	size_t len;
};

/* A list of strings; {0} is a valid empty list. */
struct strs {
	struct str *v;
	size_t len, cap;
};

void str_add(struct str *to, const void *bytes, size_t len);
void str_puts(struct str *to, const char *text);
void str_putc(struct str *to, char c);
void str_add_slice(struct str *to, struct slice from);
void str_addf(struct str *to, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Without printf, which costs a forked session a dozen page faults.  _digits
 * puts zeros before a number of fewer digits. */
void str_add_u64(struct str *to, uint64_t number);
void str_add_digits(struct str *to, uint64_t number, size_t digits);

/* In double quotes, with a backslash before each quote and backslash in it. */
void str_add_quoted(struct str *to, struct slice from);
/* As one line, whatever is in it: control bytes become `instead`. */
void str_add_line(struct str *to, struct slice from, char instead);
/* What is not printable ASCII becomes "?". */
void str_add_ascii(struct str *to, struct slice from);

/* Makes room for len more bytes, so that s + len .. may be written directly. */
void str_reserve(struct str *to, size_t len);

/* Replaces the content. */
void str_set(struct str *to, const char *text);
void str_set_slice(struct str *to, struct slice from);

/* Empties without giving memory back. */
void str_clear(struct str *str);
void str_free(struct str *str);

/* As str_free, for secrets: no byte of it stays in memory (nor did any when
 * it grew). */
void str_wipe(struct str *str);

/* The content as a C string, "" when empty.  Valid until the next change. */
const char *str_c(const struct str *str);
struct slice str_slice(const struct str *str);

struct slice slice_of(const char *text);
struct slice slice_make(const char *s, size_t len);
/* What follows its first at bytes; it has so many. */
struct slice slice_after(struct slice a, size_t at);
bool slice_eq(struct slice a, struct slice b);
bool slice_is(struct slice a, const char *text);
/* Those with an i: but for the case of A-Z. */
bool slice_ieq(struct slice a, struct slice b);
bool slice_starts(struct slice a, const char *prefix);
bool slice_istarts(struct slice a, const char *prefix);
/* The index of c, or len. */
size_t slice_find(struct slice a, char c);
/* For tables in memory: where a alone belongs (seed 0), or together with what
 * seed is the hash of.  Who chooses the names can make them collide. */
uint64_t slice_hash(struct slice a, uint64_t seed);
/* Without leading and trailing blanks and tabs. */
struct slice slice_trim(struct slice a);
/* And without line ends there: the value of a header field. */
struct slice slice_strip(struct slice a);
/* Cuts the part before the first c off *rest (and drops c).  At the end
 * returns what is left and leaves *rest empty with s == NULL. */
struct slice slice_cut(struct slice *rest, char c);
/* Digits only, the whole slice, at most max; false otherwise. */
bool slice_u64(struct slice a, uint64_t max, uint64_t *out);

void strs_add(struct strs *list, struct slice item);
bool strs_has(const struct strs *list, struct slice item);
void strs_clear(struct strs *list);
void strs_free(struct strs *list);

/* A-Z to a-z, in place. */
void str_lower(struct str *str);
char ascii_lower(char c);
/* A-Z, a-z or 0-9? */
bool ascii_is_alnum(char c);
/* A blank, a tab, or of a line end? */
bool ascii_is_blank(char c);
/* Below a blank, or DEL? */
bool ascii_is_control(char c);

/* malloc and friends that end the program when memory is out. */
void *mem_alloc(size_t size);               /* zeroed */
void *mem_grow(void *old, size_t count, size_t size); /* overflow-checked */
char *mem_dup(struct slice from);           /* NUL-terminated copy */

/* Room for one more in an array of len items of `size` bytes, grown with *cap
 * when it is full: where the array is now. */
void *mem_room(void *array, size_t len, size_t *cap, size_t size);

#endif
