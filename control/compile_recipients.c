/*
 * compile_recipients - lists of the people of domains whose mailboxes are
 * elsewhere; see compiler.h.
 *
 * They are exports of another system: one address or local part a line, in
 * any order, twice perhaps.  A domain whose list is empty would refuse all
 * its mail: that is an export that failed.
 */
#include "control/compiler.h"
#include "control/settings.h"
#include "lib/mail/address.h"

#include <stdlib.h>

enum { LIST_BYTES_MAX = 256 * 1024 * 1024 };

/* What is wrong with the name of the file, or NULL. */
static const char *
path_fault(struct slice file)
{
	struct slice rest = file, first = slice_cut(&rest, '/');

	if (!file.len || file.len > RECIPIENTS_FILE_MAX || file.s[0] == '/')
		return "is no file below control, write one like "
		    "recipients/example.org";
	if (slice_is(first, "secrets") || slice_is(first, "cdb") ||
	    setting_find(first))
		return "has another meaning, write a file like "
		    "recipients/example.org";
	for (const struct table_rule *r = table_rules; r->file; r++)
		if (slice_is(first, r->file))
			return "is a table, write a file like "
			    "recipients/example.org";
	for (rest = file; rest.s;) {
		struct slice part = slice_cut(&rest, '/');

		if (!part.len || part.s[0] == '.')
			return "holds a part that is empty or begins with a "
			    "dot, write a file like recipients/example.org";
	}
	return NULL;
}

/* "FILE DOMAIN": this domain is in that file. */
static void
pair_key(struct str *to, struct slice file, struct slice domain)
{
	str_putc(to, 'f');
	str_add_slice(to, file);
	str_putc(to, ' ');
	str_add_slice(to, domain);
}

static void
add_to_list(struct recipients_list *list, struct slice file,
    struct slice domain, size_t line)
{
	struct recipients *added;
	const size_t *first = name_map_add(&list->files, file, list->len);

	list->v = mem_room(list->v, list->len, &list->cap, sizeof *list->v);
	added = &list->v[list->len];
	*added = (struct recipients){.line = line};
	str_add_slice(&added->file, file);
	str_add_slice(&added->domain, domain);
	if (first) {
		added->next = list->v[*first].next;
		list->v[*first].next = list->len;
	}
	list->len++;
}

void
recipients_add(struct row *row, struct slice domain, struct slice file)
{
	struct recipients_list *list = &row->compiler->recipients;
	const char *fault = path_fault(file);
	struct slice shown = brief(file), rest = file, first;
	struct str key = {0};

	if (fault) {
		row_fault(row, "\"%.*s\" %s", (int)shown.len, shown.s, fault);
		return;
	}
	first = slice_cut(&rest, '/');
	str_putc(&key, 'F');
	str_add_slice(&key, first);
	name_map_add(&row->compiler->seen, str_slice(&key), row->line);
	str_clear(&key);
	pair_key(&key, file, domain);
	name_map_add(&row->compiler->seen, str_slice(&key), row->line);
	str_free(&key);
	add_to_list(list, file, domain, row->line);
}

static bool
is_of_list(const struct compiler *compiler, struct slice file,
    struct slice domain)
{
	struct str key = {0};
	bool is_there;

	pair_key(&key, file, domain);
	is_there = name_map_find(&compiler->seen, str_slice(&key)) != NULL;
	str_free(&key);
	return is_there;
}

/* Twice is no fault. */
static void
put_recipient(struct row *row, struct slice address)
{
	struct recipient_row value = {.line = row->line};
	struct str key = {0};

	str_putc(&key, 'u');
	str_add_slice(&key, address);
	if (!name_map_add(&row->compiler->seen, str_slice(&key), row->line))
		compiler_put(row->compiler, 'u', address,
		    recipient_row_fields, &value);
	str_free(&key);
}

static void
bad_recipient(const struct row *row, struct slice word)
{
	word = brief(word);
	if (slice_starts(word, "*"))
		row_fault(row, "a star stands for nothing, list the "
		    "addresses, or take recipients= out of control/domains");
	else
		row_fault(row, "\"%.*s\" is no address and no local part, "
		    "write one a line", (int)word.len, word.s);
}

static void
read_address(struct row *row, struct slice word)
{
	struct slice local, domain, shown;
	struct str address = {0};

	if (address_normalize(&address, word, true) < 0 ||
	    !address_split(str_slice(&address), &local, &domain)) {
		bad_recipient(row, word);
	} else if (is_of_list(row->compiler, slice_of(row->file), domain)) {
		put_recipient(row, str_slice(&address));
	} else {
		shown = brief(domain);
		row_fault(row, "no domain of control/domains with "
		    "recipients=%s is called %.*s, remove the line or add it "
		    "there", row->file, (int)shown.len, shown.s);
	}
	str_free(&address);
}

/* A local part is meant for each domain that has this list. */
static void
read_local(struct row *row, struct slice word)
{
	const struct recipients_list *list = &row->compiler->recipients;
	const struct recipients *of;
	size_t at = *name_map_find(&list->files, slice_of(row->file));
	struct str whole = {0}, address = {0};

	do {
		of = &list->v[at];
		str_clear(&whole);
		str_add_slice(&whole, word);
		str_addf(&whole, "@%s", str_c(&of->domain));
		if (address_normalize(&address, str_slice(&whole), true) < 0) {
			bad_recipient(row, word);
			break;
		}
		put_recipient(row, str_slice(&address));
		at = of->next;
	} while (at);
	str_free(&whole);
	str_free(&address);
}

/* Not the grammar of tables: quotes are part of an address.  How many lines
 * were meant to be one. */
static size_t
read_lines(struct row *row, struct slice rest)
{
	size_t count = 0;

	for (row->line = 1; rest.len; row->line++) {
		struct slice line = slice_cut(&rest, '\n');
		struct slice word = slice_trim(line);
		const char *fault = table_line_fault(line);

		if (!fault && (!word.len || word.s[0] == '#'))
			continue;
		count++;
		if (fault)
			row_fault(row, "%s", fault);
		else if (word.s[0] == '*')
			bad_recipient(row, word);
		else if (slice_find(word, '@') < word.len)
			read_address(row, word);
		else
			read_local(row, word);
	}
	return count;
}

static void
read_list(struct compiler *compiler, const struct recipients *from)
{
	struct row row = {.compiler = compiler, .file = str_c(&from->file)};
	struct faults *faults = &compiler->report->faults;
	size_t before = faults->len;
	struct str text = {0};

	if (compiler_read(compiler, row.file, LIST_BYTES_MAX, &text)) {
		if (!read_lines(&row, str_slice(&text)))
			fault_add(faults, row.file, 0, "the list is empty, so "
			    "that all mail would be refused, write addresses, "
			    "or take recipients= out of control/domains");
	} else if (faults->len == before) {
		fault_add(faults, "domains", from->line, "there is no "
		    "control/%s, write the list or remove recipients=",
		    row.file);
	}
	str_free(&text);
}

void
recipients_finish(struct compiler *compiler)
{
	const struct recipients_list *list = &compiler->recipients;

	for (size_t i = 0; i < list->len; i++)
		if (*name_map_find(&list->files,
		    str_slice(&list->v[i].file)) == i)
			read_list(compiler, &list->v[i]);
}

void
recipients_free(struct recipients_list *list)
{
	for (size_t i = 0; i < list->len; i++) {
		str_free(&list->v[i].file);
		str_free(&list->v[i].domain);
	}
	free(list->v);
	name_map_free(&list->files);
	*list = (struct recipients_list){0};
}
