/* compile_aliases - the table aliases; see compiler.h. */
#include "control/compiler.h"

#include "lib/mail/address.h"

/* The alias's own name: an address of ours, or @domain. */
static bool
alias_name(struct row *row, struct str *to)
{
	struct slice word = row_word(row, 0);
	struct str address = {0};
	bool is_ours;

	if (slice_starts(word, "*@")) {
		row_fault(row, "a star stands for nothing, write @DOMAIN for "
		    "all addresses that are nobody's");
		return false;
	}
	if (word.s[0] != '@')
		return row_our_address(row, word, to);
	str_puts(&address, "x");
	str_add_slice(&address, word);
	is_ours = row_our_address(row, str_slice(&address), to);
	if (is_ours) {
		str_set_slice(&address, slice_make(to->s + 1, to->len - 1));
		str_set_slice(to, str_slice(&address));
	}
	str_free(&address);
	return is_ours;
}

static void
add_target(struct row *row, struct slice word, struct alias_row *value)
{
	struct str target = {0};
	struct slice shown = brief(word);

	if (address_normalize(&target, word, false) < 0)
		row_fault(row, "the target \"%.*s\" is no address, write "
		    "addresses like user@example.org with commas between",
		    (int)shown.len, shown.s);
	else if (value->targets.len == ALIAS_TARGETS_MAX)
		row_fault(row, "more than %d targets in one row, "
		    "divide them into several aliases",
		    (int)ALIAS_TARGETS_MAX);
	else
		strs_add(&value->targets, str_slice(&target));
	str_free(&target);
}

/* "a@x,b@x", and blanks around the commas do not matter. */
static void
add_targets(struct row *row, struct alias_row *value)
{
	struct str all = {0};
	struct slice rest;

	for (size_t i = 1; i < row->words.len; i++)
		str_addf(&all, "%s%s", i > 1 ? " " : "",
		    str_c(&row->words.v[i]));
	rest = str_slice(&all);
	while (rest.s)
		add_target(row, slice_trim(slice_cut(&rest, ',')), value);
	str_free(&all);
}

void
read_alias(struct row *row)
{
	struct alias_row value = {.line = row->line};
	struct str name = {0};

	add_targets(row, &value);
	if (alias_name(row, &name) &&
	    row_claim(row, 'l', str_slice(&name), "alias")) {
		compiler_put(row->compiler, 'l', str_slice(&name),
		    alias_row_fields, &value);
		named_lines_add(&row->compiler->aliases, str_slice(&name),
		    row->line);
	}
	record_free(alias_row_fields, &value);
	str_free(&name);
}
