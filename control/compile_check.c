/*
 * compile_check - what only shows when all tables are together.
 *
 * It asks resolve, on the CDB just written, what the house would ask.
 */
#include "control/compiler.h"
#include "control/resolve.h"

/* The height of an alias whose targets are being looked at. */
enum { ON_THE_WAY = 0 };

struct check {
	struct compiler *compiler;
	struct config *draft;
	struct name_map heights; /* alias -> aliases on the longest way down */
};

static struct faults *
faults_of(const struct check *check)
{
	return &check->compiler->report->faults;
}

/* RFC 5321 4.5.1: a domain that takes mail has a postmaster. */
static void
check_postmaster(const struct check *check, const struct named_line *domain)
{
	struct resolved found = {0};
	struct str address = {0};

	str_addf(&address, "postmaster@%s", str_c(&domain->name));
	resolve(check->draft, str_slice(&address), slice_of(""), &found);
	if (found.kind == RESOLVED_NOBODY)
		fault_add(faults_of(check), "domains", domain->line,
		    "%s is nobody, add an account or alias of this name",
		    str_c(&address));
	else if (found.kind == RESOLVED_ACCOUNT && found.account.is_former)
		fault_add(faults_of(check), "domains", domain->line,
		    "%s has left (accounts line %llu), let an alias of this "
		    "name lead to a colleague", str_c(&address),
		    (unsigned long long)found.account.line);
	resolved_free(&found);
	str_free(&address);
}

/* Who gets a copy of all of a domain's mail is there, and has a mailbox. */
static void
check_monitor(const struct check *check, const struct named_line *domain)
{
	struct domain_row row = {0};
	struct account account = {0};

	if (rows_get(check->draft, 'd', str_slice(&domain->name),
	    domain_row_fields, &row) && row.monitor.len &&
	    (!config_account(check->draft, str_slice(&row.monitor),
	    &account) || account.is_former))
		fault_add(faults_of(check), "domains", domain->line,
		    "monitor=%s is no account that is in use, name one in "
		    "control/accounts", str_c(&row.monitor));
	account_free(&account);
	record_free(domain_row_fields, &row);
}

static size_t follow(struct check *check, struct slice name, size_t line,
    const struct alias_row *alias, unsigned depth);

/* The height of the alias that a target leads to. */
static size_t
check_alias(struct check *check, const struct resolved *target, size_t line,
    unsigned depth)
{
	struct slice name = str_slice(&target->name);
	size_t *height;

	if (depth == ALIAS_DEPTH_MAX)
		return ALIAS_DEPTH_MAX;
	height = name_map_add(&check->heights, name, ON_THE_WAY);
	if (!height)
		return follow(check, name, target->alias.line, &target->alias,
		    depth + 1);
	if (*height == ON_THE_WAY)
		fault_add(faults_of(check), "aliases", line,
		    "the alias leads back to %s (line %llu), "
		    "take one target out of the loop", str_c(&target->name),
		    (unsigned long long)target->alias.line);
	return *height;
}

static size_t
check_target(struct check *check, struct slice target, struct slice alias,
    size_t line, unsigned depth)
{
	struct resolved found = {0};
	size_t height = 0;

	resolve(check->draft, target, alias, &found);
	if (found.kind == RESOLVED_NOBODY)
		fault_add(faults_of(check), "aliases", line, "the target "
		    "%.*s does not exist, add the account or take it out",
		    (int)brief(target).len, target.s);
	else if (found.kind == RESOLVED_ACCOUNT && found.account.is_former)
		fault_add(faults_of(check), "aliases", line, "the target "
		    "%.*s has left (accounts line %llu), take it out or name "
		    "a colleague", (int)brief(target).len, target.s,
		    (unsigned long long)found.account.line);
	else if (found.kind == RESOLVED_ALIAS)
		height = check_alias(check, &found, line, depth);
	resolved_free(&found);
	return height;
}

/* Checks all targets of the alias called name, and theirs.  Its height: how
 * many aliases the longest way through it meets. */
static size_t
follow(struct check *check, struct slice name, size_t line,
    const struct alias_row *alias, unsigned depth)
{
	size_t height = 1;

	for (size_t i = 0; i < alias->targets.len; i++) {
		size_t below = check_target(check,
		    str_slice(&alias->targets.v[i]), name, line, depth);

		if (below + 1 > height)
			height = below + 1;
	}
	*name_map_find(&check->heights, name) = height;
	return height;
}

static void
check_first_alias(struct check *check, const struct named_line *named)
{
	struct slice name = str_slice(&named->name);
	struct alias_row alias = {0};

	if (!name_map_add(&check->heights, name, ON_THE_WAY) &&
	    rows_get(check->draft, 'l', name, alias_row_fields, &alias) &&
	    follow(check, name, named->line, &alias, 1) > ALIAS_DEPTH_MAX)
		fault_add(faults_of(check), "aliases", named->line,
		    "from here more than %d aliases lead to each other, "
		    "let the first ones name the last targets",
		    (int)ALIAS_DEPTH_MAX);
	record_free(alias_row_fields, &alias);
}

/* An alias with the name of an account takes its mail: it must say that the
 * account still gets it, or the mailbox would be dead.  That of somebody who
 * has left is. */
static void
check_hiding(const struct check *check, const struct named_line *named)
{
	struct account account = {0};
	struct alias_row alias = {0};
	struct slice name = str_slice(&named->name);
	bool is_hidden = rows_get(check->draft, 'a', name, account_fields,
	    &account) && !account.is_former &&
	    rows_get(check->draft, 'l', name, alias_row_fields, &alias);

	for (size_t i = 0; is_hidden && i < alias.targets.len; i++)
		if (slice_ieq(str_slice(&alias.targets.v[i]), name))
			is_hidden = false;
	if (is_hidden)
		fault_add(faults_of(check), "aliases", named->line,
		    "this alias hides the account in control/accounts line "
		    "%llu, add %s to its targets or remove one of the two",
		    (unsigned long long)account.line, str_c(&named->name));
	account_free(&account);
	record_free(alias_row_fields, &alias);
}

static void
check_doublebounce(const struct check *check)
{
	struct resolved found = {0};
	struct slice address;

	if (!cdb_file_get(&check->draft->file, slice_of("=doublebounceto"),
	    &address))
		return;
	resolve(check->draft, address, slice_of(""), &found);
	if (found.kind == RESOLVED_NOBODY ||
	    (found.kind == RESOLVED_ACCOUNT && found.account.is_former))
		fault_add(faults_of(check), "doublebounceto", 0,
		    "%s does not exist, add the account or name another",
		    str_c(&found.address));
	resolved_free(&found);
}

void
compile_check(struct compiler *compiler, struct config *draft)
{
	struct check check = {.compiler = compiler, .draft = draft};

	for (size_t i = 0; i < compiler->domains.len; i++) {
		check_postmaster(&check, &compiler->domains.v[i]);
		check_monitor(&check, &compiler->domains.v[i]);
	}
	for (size_t i = 0; i < compiler->aliases.len; i++) {
		check_hiding(&check, &compiler->aliases.v[i]);
		check_first_alias(&check, &compiler->aliases.v[i]);
	}
	check_doublebounce(&check);
	name_map_free(&check.heights);
}
