/* faults - what is wrong in control/; see faults.h. */
#include "control/faults.h"

#include "lib/base/die.h"
#include "lib/base/utf8.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FAULT_TEXT_MAX = 1024, HINT_WORD_MAX = 32, HINT_DISTANCE_MAX = 2 };
enum { BRIEF_BYTES = 60 };

void
fault_add(struct faults *faults, const char *file, size_t line,
    const char *format, ...)
{
	char text[FAULT_TEXT_MAX];
	struct fault *fault;
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	faults->v = mem_room(faults->v, faults->len, &faults->cap,
	    sizeof *faults->v);
	fault = &faults->v[faults->len];
	*fault = (struct fault){.line = line ? line : 1, .order = faults->len};
	/* its name may be anything, and is shown on a terminal */
	str_add_line(&fault->file, slice_of(file), '?');
	str_puts(&fault->text, text);
	faults->len++;
}

static int
compare(const void *left, const void *right)
{
	const struct fault *a = left, *b = right;
	int by_file = strcmp(str_c(&a->file), str_c(&b->file));

	if (by_file)
		return by_file;
	if (a->line != b->line)
		return a->line < b->line ? -1 : 1;
	return a->order < b->order ? -1 : 1;
}

static void
print(struct faults *faults, const char *kind, struct str *to)
{
	if (faults->len)
		qsort(faults->v, faults->len, sizeof *faults->v, compare);
	for (size_t i = 0; i < faults->len; i++)
		str_addf(to, "control/%s:%zu: %s%s\n",
		    str_c(&faults->v[i].file), faults->v[i].line, kind,
		    str_c(&faults->v[i].text));
}

void
faults_print(struct faults *faults, struct str *to)
{
	print(faults, "", to);
}

void
warnings_print(struct faults *warnings, struct str *to)
{
	print(warnings, "warning: ", to);
}

void
faults_free(struct faults *faults)
{
	for (size_t i = 0; i < faults->len; i++) {
		str_free(&faults->v[i].file);
		str_free(&faults->v[i].text);
	}
	free(faults->v);
	*faults = (struct faults){0};
}

static size_t
least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Changes, insertions, removals and swaps of neighbours that lead from a to b
 * (Damerau); words longer than HINT_WORD_MAX are far apart. */
static size_t
distance(struct slice a, struct slice b)
{
	size_t rows[3][HINT_WORD_MAX + 1];
	size_t *before = rows[0], *above = rows[1], *row = rows[2], *spare;

	if (a.len > HINT_WORD_MAX || b.len > HINT_WORD_MAX)
		return HINT_WORD_MAX;
	for (size_t j = 0; j <= b.len; j++)
		row[j] = j;
	for (size_t i = 1; i <= a.len; i++) {
		spare = before;
		before = above;
		above = row;
		row = spare;
		row[0] = i;
		for (size_t j = 1; j <= b.len; j++) {
			row[j] = above[j - 1] + (a.s[i - 1] != b.s[j - 1]);
			row[j] = least(row[j], above[j] + 1);
			row[j] = least(row[j], row[j - 1] + 1);
			if (i > 1 && j > 1 && a.s[i - 1] == b.s[j - 2] &&
			    a.s[i - 2] == b.s[j - 1])
				row[j] = least(row[j], before[j - 2] + 1);
		}
	}
	return row[b.len];
}

const char *
hint_word(struct slice word, const char *const *words)
{
	size_t nearest = HINT_DISTANCE_MAX + 1;
	const char *hint = NULL;
	struct str lower = {0};

	str_add_slice(&lower, word);
	str_lower(&lower);
	for (; *words; words++) {
		size_t far = distance(str_slice(&lower), slice_of(*words));

		/* half of a short word changed is another word */
		if (far < nearest && far * 2 < strlen(*words)) {
			nearest = far;
			hint = *words;
		}
	}
	str_free(&lower);
	return hint;
}

void
die_unknown(const char *kind, const char *name, const char *const *names,
    const char *lister)
{
	const char *hint = hint_word(slice_of(name), names);

	if (hint)
		die_perm("there is no %s \"%s\", did you mean %s? %s lists "
		    "all", kind, name, hint, lister);
	die_perm("there is no %s \"%s\"; %s lists all", kind, name, lister);
}

struct slice
brief(struct slice word)
{
	size_t len = 0;

	while (len < word.len) {
		size_t next = utf8_length(slice_after(word, len));

		if (!next || len + next > BRIEF_BYTES)
			break;
		len += next;
	}
	return slice_make(word.s, len);
}
