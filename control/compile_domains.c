/* compile_domains - the table domains; see compiler.h. */
#include "control/compile_etrn.h"
#include "control/resolve.h"
#include "control/settings.h"
#include "lib/base/dns_address.h"
#include "lib/mail/address.h"

enum { KEEP_MIN_S = 3600 };
#define KEEP_MAX_S (UINT64_C(3650) * 86400)

/* What the options of a row make. */
struct draft_domain {
	struct domain_row row;
	struct str name;
	struct next_hop hop; /* of route, backup and etrn */
	struct etrn_row etrn;
	struct smarthost smarthost;
	struct share_row share; /* its options, as far as they are said here */
};

static void
set_to(struct row *row, struct slice value, void *object)
{
	struct draft_domain *draft = object;

	draft->etrn.is_to_client = slice_is(value, "client");
	if (!draft->etrn.is_to_client)
		row_hosts(row, value, &draft->hop);
}

static void
set_tls(struct row *row, struct slice value, void *object)
{
	struct draft_domain *draft = object;

	row_tls(row, "tls", value, &draft->hop);
}

/* Ten years are as good as for ever; a second is not meant. */
static void
set_keep(struct row *row, struct slice value, void *object)
{
	struct draft_domain *draft = object;
	uint64_t *keep_s = &draft->row.keep_s;

	if (slice_is(value, "forever")) {
		*keep_s = UINT64_MAX;
		return;
	}
	if (parse_duration(value, keep_s) && *keep_s >= KEEP_MIN_S &&
	    *keep_s <= KEEP_MAX_S)
		return;
	row_cannot_be(row, "keep", value, "write how long mail waits, from 1h "
	    "to 3650d, as in 30d, or forever");
}

static void
set_recipients(struct row *row, struct slice value, void *object)
{
	struct draft_domain *draft = object;

	(void)row;
	str_set_slice(&draft->row.recipients, value);
}

static void
set_smarthost(struct row *row, struct slice value, void *object)
{
	struct draft_domain *draft = object;

	smarthost_set(row, value, &draft->smarthost);
}

static void
set_smarthost_tls(struct row *row, struct slice value, void *object)
{
	struct draft_domain *draft = object;

	row_tls(row, "smarthost-tls", value, &draft->smarthost.hop);
}

static void
set_unknown(struct row *row, struct slice value, void *object)
{
	struct draft_domain *draft = object;

	row_yes_if(row, "unknown", value, "isp", "refuse",
	    &draft->row.has_more_at_isp);
}

static void
set_via_isp(struct row *row, struct slice value, void *object)
{
	struct draft_domain *draft = object;

	row_yes_if(row, "via-isp", value, "yes", "no", &draft->row.is_via_isp);
}

static void
set_leak(struct row *row, struct slice value, void *object)
{
	struct draft_domain *draft = object;

	row_yes_if(row, "leak", value, "keep", "drop", &draft->row.may_leak);
}

static void
set_allow(struct row *row, struct slice value, void *object)
{
	struct draft_domain *draft = object;

	etrn_set_allow(row, value, &draft->etrn);
}

static void
set_login(struct row *row, struct slice value, void *object)
{
	struct draft_domain *draft = object;

	etrn_set_login(row, value, &draft->etrn);
}

static void
set_queue(struct row *row, struct slice value, void *object)
{
	struct draft_domain *draft = object;

	etrn_set_queue(row, value, &draft->etrn);
}

static void
set_monitor(struct row *row, struct slice value, void *object)
{
	struct draft_domain *draft = object;

	if (address_normalize(&draft->row.monitor, value, true) == 0)
		return;
	row_cannot_be(row, "monitor", value, "write the address of an account "
	    "of ours");
}

static void
set_unnamed(struct row *row, struct slice value, void *object)
{
	struct draft_domain *draft = object;

	row_yes_if(row, "unnamed", value, "staff", "manager",
	    &draft->share.unnamed_to_staff);
}

static void
set_audit(struct row *row, struct slice value, void *object)
{
	struct draft_domain *draft = object;

	row_yes_if(row, "audit", value, "hold", "copy",
	    &draft->share.audit_hold);
}

static const struct option_rule domain_options[] = {
    {"to", set_to}, {"tls", set_tls}, {"keep", set_keep},
    {"recipients", set_recipients}, {"smarthost", set_smarthost},
    {"smarthost-tls", set_smarthost_tls}, {"monitor", set_monitor},
    {"unknown", set_unknown}, {"via-isp", set_via_isp}, {"leak", set_leak},
    {"unnamed", set_unnamed}, {"audit", set_audit}, {"allow", set_allow},
    {"login", set_login}, {"queue", set_queue}, {"store", NULL}, {0}};

/* Options that belong to some kinds only. */
static void
only_for(const struct row *row, const char *option, const char *others)
{
	if (row_has(row, option))
		row_fault(row, "%s= is for the kind %s, remove it", option,
		    others);
}

/* A provider's mailbox sends for all; a smart host would take that away. */
static void
finish_map(struct row *row, struct draft_domain *draft)
{
	only_for(row, "to", "route or etrn");
	only_for(row, "tls", "backup, route or etrn");
	only_for(row, "keep", "backup or etrn");
	only_for(row, "recipients", "backup, route or etrn");
	only_for(row, "smarthost", "local or route");
	row_claim(row, 'M', str_slice(&draft->name), "domain");
}

static void
finish_share(struct row *row, struct draft_domain *draft)
{
	finish_map(row, draft);
	compile_share_domain(row, str_slice(&draft->name), &draft->share);
}

static void
finish_local(struct row *row, struct draft_domain *draft)
{
	(void)draft;
	only_for(row, "to", "route or etrn");
	only_for(row, "keep", "backup or etrn");
	only_for(row, "recipients", "backup, route or etrn");
	if (row_has(row, "tls"))
		row_fault(row, "tls= is for the kinds route, backup and etrn, "
		    "write smarthost-tls= for a smart host, or remove it");
}

static void
finish_route(struct row *row, struct draft_domain *draft)
{
	only_for(row, "keep", "backup or etrn");
	if (!row_has(row, "to"))
		row_fault(row, "a route leads to a host, add to=HOST or "
		    "to=HOST:PORT");
	else if (draft->hop.host_count)
		row_hop_text(row, &draft->hop, &draft->row.via);
}

/* No smart host either: this mail is not sent for somebody of ours. */
static void
finish_etrn(struct row *row, struct draft_domain *draft)
{
	only_for(row, "smarthost", "local or route");
	if (!row_has(row, "keep"))
		draft->row.keep_s = UINT64_MAX;
	etrn_finish(row, str_slice(&draft->name), &draft->etrn, &draft->hop,
	    &draft->row.via);
}

/* What waits for a primary that is away waits for ever, unless told. */
static void
finish_backup(struct row *row, struct draft_domain *draft)
{
	only_for(row, "to", "route or etrn");
	only_for(row, "smarthost", "local or route");
	if (!row_has(row, "keep"))
		draft->row.keep_s = UINT64_MAX;
	draft->hop.kind = NEXT_HOP_BACKUP;
	str_set_slice(&draft->hop.domain, str_slice(&draft->name));
	row_hop_text(row, &draft->hop, &draft->row.via);
}

static const struct kind {
	const char *name;
	void (*finish)(struct row *row, struct draft_domain *draft);
} kinds[] = {
    {"local", finish_local}, {"map", finish_map},
    {"share", finish_share}, {"backup", finish_backup},
    {"etrn", finish_etrn}, {"route", finish_route}, {0}};

static void
unknown_kind(const struct row *row, struct slice kind)
{
	const char *words[sizeof kinds / sizeof *kinds];
	size_t count = 0;

	for (; kinds[count].name; count++)
		words[count] = kinds[count].name;
	words[count] = NULL;
	row_unknown(row, "kind", kind, words);
}

static void
finish(struct row *row, struct draft_domain *draft)
{
	struct slice word = str_slice(&draft->row.kind);
	const struct kind *kind = kinds;

	while (kind->name && !slice_is(word, kind->name))
		kind++;
	if (!kind->name) {
		unknown_kind(row, word);
		return;
	}
	kind->finish(row, draft);
	if (kind->finish != finish_etrn)
		etrn_refuse(row, &draft->etrn);
	if (kind->finish != finish_map && kind->finish != finish_share) {
		only_for(row, "unknown", "map or share");
		only_for(row, "via-isp", "map or share");
		only_for(row, "leak", "map or share");
	}
	if (kind->finish != finish_share) {
		only_for(row, "unnamed", "share");
		only_for(row, "audit", "share");
	}
	if (!kind_is_home(word))
		only_for(row, "monitor", "local, map or share");
	smarthost_finish(row, &draft->smarthost, &draft->row.smarthost);
}

/* The name is claimed already. */
static void
put_domain(struct row *row, struct draft_domain *draft)
{
	struct compiler *compiler = row->compiler;
	struct slice name = str_slice(&draft->name);

	finish(row, draft);
	if (row_has(row, "recipients"))
		recipients_add(row, name, str_slice(&draft->row.recipients));
	compiler_put(compiler, 'd', name, domain_row_fields, &draft->row);
	named_lines_add(&compiler->domains, name, row->line);
	if (!kind_is_home(str_slice(&draft->row.kind)))
		return;
	row_claim(row, 'h', name, "domain");
	if (!compiler->home.len)
		str_set_slice(&compiler->home, name);
}

void
read_domain(struct row *row)
{
	struct draft_domain draft = {.row = {.line = row->line}};
	struct slice word = brief(row_word(row, 0));
	struct dns_address address;

	str_set_slice(&draft.row.kind, row_word(row, 1));
	row_options(row, domain_options, &draft);
	if (domain_normalize(&draft.name, row_word(row, 0)) < 0)
		row_fault(row, "\"%.*s\" is no domain name, write one like "
		    "example.org", (int)word.len, word.s);
	else if (dns_address_parse(str_slice(&draft.name), &address) == 0)
		row_fault(row, "\"%.*s\" is an address, write the name of "
		    "the domain", (int)word.len, word.s);
	else if (row_claim(row, 'd', str_slice(&draft.name), "domain"))
		put_domain(row, &draft);
	str_free(&draft.name);
	next_hop_free(&draft.hop);
	next_hop_free(&draft.smarthost.hop);
	record_free(etrn_row_fields, &draft.etrn);
	record_free(domain_row_fields, &draft.row);
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
	if (compiler_knows(row->compiler, 'h', domain))
		return true;
	shown = brief(domain);
	if (compiler_knows(row->compiler, 'd', domain)) {
		row_fault(row, "the mailboxes of %.*s are on another host "
		    "(control/domains), remove this row or make the domain "
		    "local", (int)shown.len, shown.s);
		return false;
	}
	domain = shown;
	row_fault(row, "the domain %.*s is not in control/domains, "
	    "add \"%.*s local\" there", (int)domain.len, domain.s,
	    (int)domain.len, domain.s);
	return false;
}
