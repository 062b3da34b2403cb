/* compiler - rows, names and faults, shared by its parts; see compiler.h. */
#include "control/compiler.h"
#include "control/source.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

enum {
	TABLE_BYTES_MAX = 256 * 1024 * 1024,
	FIRST_OPTION = 2, /* among the words of a row */
	FAULT_BYTES = 1024
};

void
row_fault(const struct row *row, const char *format, ...)
{
	char text[FAULT_BYTES];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	fault_add(&row->compiler->report->faults, row->file, row->line, "%s",
	    text);
}

struct slice
row_word(const struct row *row, size_t at)
{
	return at < row->words.len ? str_slice(&row->words.v[at]) :
	    slice_of("");
}

const size_t *
row_seen(struct row *row, char letter, struct slice name)
{
	struct str key = {0};
	const size_t *earlier;

	str_putc(&key, letter);
	str_add_slice(&key, name);
	earlier = name_map_add(&row->compiler->seen, str_slice(&key),
	    row->line);
	str_free(&key);
	return earlier;
}

bool
row_claim(struct row *row, char letter, struct slice name, const char *what)
{
	const size_t *earlier = row_seen(row, letter, name);

	if (!earlier)
		return true;
	name = brief(name);
	row_fault(row, "the %s %.*s stands in line %zu already, "
	    "remove one of the two", what, (int)name.len, name.s, *earlier);
	return false;
}

void
row_cannot_be(const struct row *row, const char *option, struct slice value,
    const char *advice)
{
	value = brief(value);
	row_fault(row, "%s= cannot be \"%.*s\", %s", option, (int)value.len,
	    value.s, advice);
}

void
row_unknown(const struct row *row, const char *what, struct slice word,
    const char *const *words)
{
	const char *hint = hint_word(word, words);
	struct str list = {0}, question = {0};

	word = brief(word);
	if (hint)
		str_addf(&question, "did you mean %s? ", hint);
	for (size_t i = 0; words[i]; i++)
		str_addf(&list, "%s%s", !i ? "" : words[i + 1] ? ", " : " or ",
		    words[i]);
	if (!word.len)
		row_fault(row, "the %s is missing, write %s", what,
		    str_c(&list));
	else
		row_fault(row, "unknown %s \"%.*s\", %swrite %s", what,
		    (int)word.len, word.s, str_c(&question), str_c(&list));
	str_free(&list);
	str_free(&question);
}

void
row_yes_if(const struct row *row, const char *option, struct slice value,
    const char *yes, const char *no, uint64_t *to)
{
	const char *const words[] = {yes, no, NULL};

	*to = slice_is(value, yes);
	if (!*to && !slice_is(value, no))
		row_unknown(row, option, value, words);
}

bool
compiler_knows(const struct compiler *compiler, char letter, struct slice name)
{
	struct str key = {0};
	bool is_known;

	str_putc(&key, letter);
	str_add_slice(&key, name);
	is_known = name_map_find(&compiler->seen, str_slice(&key)) != NULL;
	str_free(&key);
	return is_known;
}

static void
unknown_option(const struct row *row, struct slice key,
    const struct option_rule *rules)
{
	const char *words[32];
	size_t count = 0;

	for (; rules[count].name; count++)
		words[count] = rules[count].name;
	words[count] = NULL;
	if (count)
		row_unknown(row, "option", key, words);
	else
		row_fault(row, "%s has no options, remove %.*s=", row->file,
		    (int)brief(key).len, key.s);
}

static void
row_option(struct row *row, struct slice key, struct slice value,
    const struct option_rule *rules, void *object)
{
	const struct option_rule *rule = rules;

	while (rule->name && !slice_is(key, rule->name))
		rule++;
	if (!rule->name)
		unknown_option(row, key, rules);
	else if (!rule->set)
		row_fault(row, "%s= is not built yet, remove it", rule->name);
	else
		rule->set(row, value, object);
}

bool
row_has(const struct row *row, const char *option)
{
	struct slice key, value;

	for (size_t i = 0; i < row->words.len; i++)
		if (table_option(row_word(row, i), &key, &value) &&
		    slice_is(key, option))
			return true;
	return false;
}

static bool
is_given_twice(const struct row *row, size_t at, struct slice key)
{
	struct slice other, value;

	for (size_t i = 0; i < at; i++)
		if (table_option(row_word(row, i), &other, &value) &&
		    slice_eq(other, key))
			return true;
	return false;
}

void
row_options(struct row *row, const struct option_rule *rules, void *object)
{
	for (size_t at = FIRST_OPTION; at < row->words.len; at++) {
		struct slice word = row_word(row, at), key, value;
		size_t equals = slice_find(word, '=');

		if (!table_option(word, &key, &value) && equals > 0 &&
		    equals < word.len) {
			unknown_option(row, slice_make(word.s, equals), rules);
		} else if (!table_option(word, &key, &value)) {
			word = brief(word);
			row_fault(row, "\"%.*s\" is no option, write "
			    "NAME=VALUE or remove it", (int)word.len, word.s);
		} else if (at > FIRST_OPTION &&
		    is_given_twice(row, at, key)) {
			row_fault(row, "%.*s= is given twice, remove one",
			    (int)brief(key).len, key.s);
		} else {
			row_option(row, key, value, rules, object);
		}
	}
}

void
compiler_add(struct compiler *compiler, struct cdb_make *cdb, char letter,
    struct slice name, struct slice value)
{
	struct str key = {0};

	str_putc(&key, letter);
	str_add_slice(&key, name);
	if (cdb_make_add(cdb, key.s, (unsigned)key.len, value.s,
	    (unsigned)value.len) < 0)
		compiler->error = errno;
	str_free(&key);
}

void
compiler_copy(struct compiler *compiler, struct cdb_make *cdb,
    struct config *from, const char *const *keys)
{
	struct slice key, value;

	for (; *keys; keys++) {
		key = slice_of(*keys);
		if (cdb_file_get(&from->file, key, &value))
			compiler_add(compiler, cdb, key.s[0],
			    slice_after(key, 1), value);
	}
}

void
compiler_put(struct compiler *compiler, char letter, struct slice name,
    const struct record_field *fields, const void *object)
{
	struct str value = {0};

	record_encode(&value, fields, object);
	compiler_add(compiler, compiler->routing, letter, name,
	    str_slice(&value));
	str_free(&value);
}

static void
one_row(struct row *row, const struct table_rule *rule)
{
	if (row->words.len < rule->least_words)
		row_fault(row, "something is missing in this row, write %s",
		    rule->form);
	else
		rule->row(row);
}

static void
all_rows(struct compiler *compiler, const struct table_rule *rule,
    struct slice text, bool is_secret)
{
	struct row row = {.compiler = compiler, .file = rule->file};
	struct table table = {.rest = text};
	enum table_result result;
	const char *fault;

	while ((result = table_next(&table, &row.words, &fault)) != TABLE_END) {
		row.line = table.line;
		if (result != TABLE_ROW)
			row_fault(&row, "%s", fault);
		if (row.words.len && result != TABLE_FAULT)
			one_row(&row, rule);
		for (size_t i = 0; is_secret && i < row.words.len; i++)
			str_wipe(&row.words.v[i]);
	}
	strs_free(&row.words);
}

static bool
read_or_fault(const char *file, size_t limit, struct str *text,
    struct faults *faults)
{
	struct str fault = {0};
	enum source_result result = source_read(file, limit, text, &fault);

	if (result == SOURCE_FAULTY)
		fault_add(faults, file, 0, "%s", str_c(&fault));
	str_free(&fault);
	return result == SOURCE_READ;
}

bool
compiler_read(struct compiler *compiler, const char *file, size_t limit,
    struct str *text)
{
	return read_or_fault(file, limit, text, &compiler->report->faults);
}

void
compile_table(struct compiler *compiler, const struct table_rule *rule)
{
	struct str text = {0};

	if (read_or_fault(rule->file, TABLE_BYTES_MAX, &text,
	    &compiler->unread))
		all_rows(compiler, rule, str_slice(&text), false);
	str_free(&text);
}

static void
check_privacy(struct compiler *compiler, const char *file)
{
	struct str path = {0};
	struct stat st;

	str_addf(&path, "control/%s", file);
	if (stat(str_c(&path), &st) == 0 && (st.st_mode & 077))
		fault_add(&compiler->report->faults, file, 0,
		    "others may read it (mode %03o), run chmod 600 %s",
		    st.st_mode & 0777, str_c(&path));
	str_free(&path);
}

void
compile_secrets(struct compiler *compiler, const struct table_rule *rule,
    size_t limit)
{
	struct str text = {0};

	check_privacy(compiler, rule->file);
	if (compiler_read(compiler, rule->file, limit, &text))
		all_rows(compiler, rule, str_slice(&text), true);
	str_wipe(&text);
}

void
named_lines_add(struct named_lines *list, struct slice name, size_t line)
{
	list->v = mem_room(list->v, list->len, &list->cap, sizeof *list->v);
	list->v[list->len] = (struct named_line){.line = line};
	str_add_slice(&list->v[list->len++].name, name);
}

void
named_lines_free(struct named_lines *list)
{
	for (size_t i = 0; i < list->len; i++)
		str_free(&list->v[i].name);
	free(list->v);
	*list = (struct named_lines){0};
}
