/* compile_routes - the table routes; see compiler.h. */
#include "control/compiler.h"

#include "lib/mail/address.h"

static void
set_tls(struct row *row, struct slice value, void *object)
{
	row_tls(row, "tls", value, object);
}

static const struct option_rule route_options[] = {{"tls", set_tls}, {0}};

/* A domain, .domain or *, normalized.  False after a fault. */
static bool
read_destination(struct row *row, struct str *to)
{
	struct slice word = row_word(row, 0), name = word, shown = brief(word);
	bool is_parent = word.len && word.s[0] == '.';
	struct str domain = {0};
	bool is_fine = true;

	if (is_parent)
		name = slice_after(word, 1);
	if (slice_is(word, "*")) {
		str_puts(to, "*");
	} else if (domain_normalize(&domain, name) == 0) {
		str_addf(to, "%s%s", is_parent ? "." : "", str_c(&domain));
	} else {
		row_fault(row, "\"%.*s\" is no destination, write a domain, "
		    ".domain for those below it, or *", (int)shown.len,
		    shown.s);
		is_fine = false;
	}
	str_free(&domain);
	return is_fine;
}

/* What domains says comes first, and routes is not asked. */
static bool
is_asked(struct row *row, struct slice destination)
{
	struct slice shown = brief(destination);

	if (!compiler_knows(row->compiler, 'd', destination))
		return true;
	row_fault(row, "%.*s is a domain of ours, remove this row, or give "
	    "the domain the kind route in control/domains", (int)shown.len,
	    shown.s);
	return false;
}

/* none: the destination's MX hosts, also below a row that says otherwise. */
static bool
read_hosts(struct row *row, struct next_hop *hop, struct route_row *to)
{
	struct slice key, value;

	if (!slice_is(row_word(row, 1), "none"))
		return row_hosts(row, row_word(row, 1), hop) &&
		    row_hop_text(row, hop, &to->via);
	for (size_t i = 2; i < row->words.len; i++)
		if (table_option(row_word(row, i), &key, &value))
			str_set_slice(&to->tls, value);
	return true;
}

void
read_route(struct row *row)
{
	struct route_row value = {.line = row->line};
	struct next_hop hop = {0};
	struct str destination = {0};
	bool is_there = read_destination(row, &destination);

	row_options(row, route_options, &hop);
	if (read_hosts(row, &hop, &value) && is_there &&
	    is_asked(row, str_slice(&destination)) &&
	    row_claim(row, 'r', str_slice(&destination), "destination"))
		compiler_put(row->compiler, 'r', str_slice(&destination),
		    route_row_fields, &value);
	next_hop_free(&hop);
	str_free(&destination);
	record_free(route_row_fields, &value);
}
