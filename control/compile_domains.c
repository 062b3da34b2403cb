/* compile_domains - the table domains; see compiler.h. */
#include "control/compiler.h"

#include "lib/mail/address.h"

static const char *const kinds[] = {
    "local", "map", "share", "backup", "etrn", "route", NULL};

static const struct option_rule domain_options[] = {
    {"monitor", NULL}, {"unknown", NULL}, {"smarthost", NULL},
    {"via-isp", NULL}, {"unnamed", NULL}, {"audit", NULL}, {"leak", NULL},
    {"allow", NULL}, {"to", NULL}, {"keep", NULL}, {"recipients", NULL},
    {"store", NULL}, {0}};

static void
check_kind(const struct row *row, struct slice kind)
{
	for (size_t i = 0; kinds[i]; i++) {
		if (!slice_is(kind, kinds[i]))
			continue;
		if (i > 0)
			row_fault(row, "the kind %s is not built yet, "
			    "write local or remove the row", kinds[i]);
		return;
	}
	row_unknown(row, "kind", kind, kinds);
}

void
read_domain(struct row *row)
{
	struct domain_row value = {.line = row->line};
	struct slice word = brief(row_word(row, 0));
	struct str name = {0};

	check_kind(row, row_word(row, 1));
	row_options(row, 2, domain_options, &value);
	str_set_slice(&value.kind, row_word(row, 1));
	if (domain_normalize(&name, row_word(row, 0)) < 0) {
		row_fault(row, "\"%.*s\" is no domain name, write one like "
		    "example.org", (int)word.len, word.s);
	} else if (row_claim(row, 'd', str_slice(&name), "domain")) {
		compiler_put(row->compiler, 'd', str_slice(&name),
		    domain_row_fields, &value);
		named_lines_add(&row->compiler->domains, str_slice(&name),
		    row->line);
	}
	str_free(&name);
	record_free(domain_row_fields, &value);
}

bool
row_our_address(struct row *row, struct slice word, struct str *to)
{
	struct slice local, domain, shown = brief(word);

	if (address_normalize(to, word, true) < 0 ||
	    !address_split(str_slice(to), &local, &domain)) {
		row_fault(row, "\"%.*s\" is no address, write one like "
		    "user@example.org", (int)shown.len, shown.s);
		return false;
	}
	if (compiler_knows(row->compiler, 'd', domain))
		return true;
	domain = brief(domain);
	row_fault(row, "the domain %.*s is not in control/domains, "
	    "add \"%.*s local\" there", (int)domain.len, domain.s,
	    (int)domain.len, domain.s);
	return false;
}
