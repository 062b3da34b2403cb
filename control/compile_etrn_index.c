/*
 * compile_etrn_index - who may ask, and what "@domain" and "#queue" stand
 * for, in a form that is found with one look; see compiler.h and FORMAT.md.
 */
#include "control/compile_etrn.h"

#include <stdlib.h>
#include <string.h>

static void
add(struct etrn_index *index, char letter, struct slice name,
    struct slice domain, uint64_t line)
{
	struct etrn_entry *entry;

	index->v = mem_room(index->v, index->len, &index->cap,
	    sizeof *index->v);
	entry = &index->v[index->len++];
	*entry = (struct etrn_entry){.line = (size_t)line};
	str_putc(&entry->key, letter);
	str_add_slice(&entry->key, name);
	str_add_slice(&entry->domain, domain);
}

/* Under its own name and all above it that have a dot: whole top-level
 * domains are nobody's to ask for. */
static void
add_parents(struct etrn_index *index, struct slice domain, uint64_t line)
{
	struct slice rest = domain;

	do {
		if (slice_find(rest, '.') < rest.len || rest.len == domain.len)
			add(index, '@', rest, domain, line);
		slice_cut(&rest, '.');
	} while (rest.s);
}

void
etrn_index_add(struct etrn_index *index, struct slice domain,
    const struct etrn_row *etrn)
{
	uint64_t line = etrn->line;

	add_parents(index, domain, line);
	if (etrn->queue.len)
		add(index, '#', str_slice(&etrn->queue), domain, line);
	for (size_t i = 0; i < etrn->logins.len; i++)
		add(index, 'f', str_slice(&etrn->logins.v[i]), domain, line);
	for (size_t i = 0; !etrn->is_to_client && i < etrn->allow.len; i++)
		add(index, 'f', str_slice(&etrn->allow.v[i]), domain, line);
}

static int
compare(const void *a, const void *b)
{
	const struct etrn_entry *x = a, *y = b;
	int order = strcmp(str_c(&x->key), str_c(&y->key));

	return order ? order : strcmp(str_c(&x->domain), str_c(&y->domain));
}

/* The entries of one key: "@" and "#" list domains, "f" is there or not. */
static void
put_key(struct compiler *compiler, const struct etrn_entry *entries,
    size_t count)
{
	struct slice key = str_slice(&entries->key);
	struct slice name = slice_after(key, 1);
	struct recipient_row there = {0};
	struct list_row list = {0};

	if (*key.s == 'f') {
		compiler_put(compiler, 'f', name, recipient_row_fields,
		    &there);
		return;
	}
	for (size_t i = 0; i < count && i < ALIAS_TARGETS_MAX; i++)
		strs_add(&list.items, str_slice(&entries[i].domain));
	if (count > ALIAS_TARGETS_MAX)
		fault_add(&compiler->report->warnings, "domains", 0,
		    "ETRN %s means %zu domains, and reaches the first %d only",
		    str_c(&entries->key), count, (int)ALIAS_TARGETS_MAX);
	compiler_put(compiler, 'e', key, list_row_fields, &list);
	record_free(list_row_fields, &list);
}

/* The lengths of the prefixes, as of clients. */
static void
put_lengths(struct compiler *compiler, const char *family, char mark,
    unsigned most)
{
	const struct etrn_index *index = &compiler->etrn;
	bool used[129] = {false};
	struct list_row lengths = {0};

	for (size_t i = 0; i < index->len; i++) {
		struct slice bits = str_slice(&index->v[i].key);
		bool is_of_family = slice_find(bits, mark) < bits.len &&
		    *bits.s == 'f' && slice_find(bits, '@') == bits.len;
		uint64_t number;

		slice_cut(&bits, '/');
		if (is_of_family && slice_u64(bits, most, &number))
			used[number] = true;
	}
	for (unsigned bits = 0; bits <= most; bits++) {
		struct str number = {0};

		str_add_u64(&number, bits);
		if (used[bits])
			strs_add(&lengths.items, str_slice(&number));
		str_free(&number);
	}
	compiler_put(compiler, 'f', slice_of(family), list_row_fields,
	    &lengths);
	record_free(list_row_fields, &lengths);
}

/* Accounts are known by now. */
static void
check_logins(struct compiler *compiler)
{
	const struct etrn_index *index = &compiler->etrn;

	for (size_t i = 0; i < index->len; i++) {
		struct slice name = str_slice(&index->v[i].key);
		bool is_login = *name.s == 'f' &&
		    slice_find(name, '@') < name.len;

		name.s++;
		name.len--;
		if (is_login && !compiler_knows(compiler, 'a', name))
			fault_add(&compiler->report->faults, "domains",
			    index->v[i].line, "login= names %.*s, which is "
			    "not in control/accounts, add it there or name "
			    "another", (int)name.len, name.s);
	}
}

void
etrn_index_finish(struct compiler *compiler)
{
	struct etrn_index *index = &compiler->etrn;
	bool is_offered = false;

	check_logins(compiler);
	if (index->len)
		qsort(index->v, index->len, sizeof *index->v, compare);
	for (size_t i = 0, count; i < index->len; i += count) {
		for (count = 1; i + count < index->len &&
		    slice_eq(str_slice(&index->v[i].key),
			str_slice(&index->v[i + count].key)); count++)
			;
		put_key(compiler, &index->v[i], count);
		is_offered = is_offered || *str_c(&index->v[i].key) == 'f';
	}
	if (!is_offered)
		return;
	compiler_add(compiler, compiler->routing, 'f', slice_of(""),
	    slice_of("1"));
	put_lengths(compiler, "4", '.', 32);
	put_lengths(compiler, "6", ':', 128);
}

void
etrn_index_free(struct etrn_index *index)
{
	for (size_t i = 0; i < index->len; i++) {
		str_free(&index->v[i].key);
		str_free(&index->v[i].domain);
	}
	free(index->v);
	*index = (struct etrn_index){0};
}
