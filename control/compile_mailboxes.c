/* compile_mailboxes - domains, accounts, aliases; see compiler.h. */
#include "control/compiler.h"
#include "control/settings.h"
#include "lib/mail/address.h"

#include <string.h>

static bool
known_key(const struct compiler *compiler, char letter, struct slice name)
{
	struct str key = {0};
	bool is_known;

	str_putc(&key, letter);
	str_add_slice(&key, name);
	is_known = name_map_find(&compiler->seen, str_slice(&key)) != NULL;
	str_free(&key);
	return is_known;
}

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

/* Replaces *to by the normalized address; its domain must be ours. */
static bool
our_address(struct row *row, struct slice word, struct str *to)
{
	struct slice local, domain, shown = brief(word);

	if (address_normalize(to, word, true) < 0 ||
	    !address_split(str_slice(to), &local, &domain)) {
		row_fault(row, "\"%.*s\" is no address, write one like "
		    "user@example.org", (int)shown.len, shown.s);
		return false;
	}
	if (known_key(row->compiler, 'd', domain))
		return true;
	domain = brief(domain);
	row_fault(row, "the domain %.*s is not in control/domains, "
	    "add \"%.*s local\" there", (int)domain.len, domain.s,
	    (int)domain.len, domain.s);
	return false;
}

static bool
yes_if_internal(struct row *row, const char *name, struct slice value,
    uint64_t *is_internal)
{
	static const char *const words[] = {"internal", "internet", NULL};

	*is_internal = slice_is(value, "internal");
	if (*is_internal || slice_is(value, "internet"))
		return true;
	row_unknown(row, name, value, words);
	return false;
}

static bool
set_send(struct row *row, struct slice value, void *object)
{
	struct account *account = object;

	return yes_if_internal(row, "send", value, &account->send_internal);
}

static bool
set_receive(struct row *row, struct slice value, void *object)
{
	struct account *account = object;

	return yes_if_internal(row, "receive", value,
	    &account->receive_internal);
}

static bool
set_name(struct row *row, struct slice value, void *object)
{
	struct account *account = object;

	if (value.len > ACCOUNT_NAME_MAX) {
		row_fault(row, "the name is longer than %d bytes, shorten it",
		    (int)ACCOUNT_NAME_MAX);
		return false;
	}
	str_set_slice(&account->name, value);
	return true;
}

/* quota=SIZE or quota=SIZE,MESSAGES. */
static bool
set_quota(struct row *row, struct slice value, void *object)
{
	struct account *account = object;
	struct slice rest = value, size = slice_cut(&rest, ',');

	if (parse_size(size, &account->quota_bytes) &&
	    (!rest.s || slice_u64(rest, UINT32_MAX, &account->quota_messages)))
		return true;
	value = brief(value);
	row_fault(row, "\"%.*s\" is no quota, write a size like 500M or 2G, "
	    "or size and messages like 2G,10000", (int)value.len, value.s);
	return false;
}

static const char *const roles[] = {
    "user", "admin", "manager", "staff", NULL};

static const struct option_rule account_options[] = {
    {"name", set_name}, {"quota", set_quota}, {"send", set_send},
    {"receive", set_receive}, {"rate", NULL}, {"smarthost", NULL},
    {"audit", NULL}, {"former", NULL}, {0}};

/* The local part is a folder's name: mail/DOMAIN/LOCAL. */
static const char *
folder_fault(struct slice local)
{
	if (local.len > LOCAL_PART_MAX)
		return "is longer than 64 bytes, choose a shorter one";
	if (local.s[0] == '"')
		return "needs quotes, choose one without";
	for (size_t i = 0; i < local.len; i++) {
		char c = local.s[i];

		if ((unsigned char)c < 128 && !strchr("-+_.=&'~", c) &&
		    !(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9'))
			return "can be no folder's name, use letters, digits "
			    "and - + _ . = & ' ~ only";
	}
	return NULL;
}

static bool
split_account(const struct row *row, struct account *account)
{
	struct slice local = {0}, domain = {0};
	const char *fault;

	address_split(str_slice(&account->address), &local, &domain);
	fault = folder_fault(local);
	if (fault) {
		row_fault(row, "the local part \"%.*s\" %s",
		    (int)brief(local).len, local.s, fault);
		return false;
	}
	str_set_slice(&account->local, local);
	str_set_slice(&account->domain, domain);
	return true;
}

void
read_account(struct row *row)
{
	struct account account = {.line = row->line};
	struct slice role = row_word(row, 1);
	const char *const *known = roles;

	while (*known && !slice_is(role, *known))
		known++;
	if (!*known)
		row_unknown(row, "role", role, roles);
	str_set_slice(&account.role, role);
	/* staff is known by name inside; customers write to the house */
	account.receive_internal = slice_is(role, "staff");
	row_options(row, 2, account_options, &account);
	if (our_address(row, row_word(row, 0), &account.address) &&
	    split_account(row, &account) &&
	    row_claim(row, 'a', str_slice(&account.address), "account"))
		compiler_put(row->compiler, 'a', str_slice(&account.address),
		    account_fields, &account);
	account_free(&account);
}

/* The alias's own name: an address of ours, or @domain. */
static bool
alias_name(struct row *row, struct str *to)
{
	struct slice word = row_word(row, 0);
	struct str address = {0};
	bool is_ours;

	if (word.s[0] != '@')
		return our_address(row, word, to);
	str_puts(&address, "x");
	str_add_slice(&address, word);
	is_ours = our_address(row, str_slice(&address), to);
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
		    "addresses with commas between them", (int)shown.len,
		    shown.s);
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
