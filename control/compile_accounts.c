/* compile_accounts - the table accounts; see compiler.h. */
#include "control/compiler.h"
#include "control/settings.h"
#include "lib/mail/address.h"

#include <string.h>

static void
set_send(struct row *row, struct slice value, void *object)
{
	struct account *account = object;

	row_yes_if(row, "send", value, "internal", "internet",
	    &account->send_internal);
}

static void
set_receive(struct row *row, struct slice value, void *object)
{
	struct account *account = object;

	row_yes_if(row, "receive", value, "internal", "internet",
	    &account->receive_internal);
}

static void
set_name(struct row *row, struct slice value, void *object)
{
	struct account *account = object;

	if (value.len > ACCOUNT_NAME_MAX) {
		row_fault(row, "the name is longer than %d bytes, shorten it",
		    (int)ACCOUNT_NAME_MAX);
		return;
	}
	str_set_slice(&account->name, value);
}

/* quota=SIZE or quota=SIZE,MESSAGES. */
static void
set_quota(struct row *row, struct slice value, void *object)
{
	struct account *account = object;
	struct slice rest = value, size = slice_cut(&rest, ',');

	if (parse_size(size, &account->quota_bytes) &&
	    (!rest.s || slice_u64(rest, UINT32_MAX, &account->quota_messages)))
		return;
	value = brief(value);
	row_fault(row, "\"%.*s\" is no quota, write a size like 500M or 2G, "
	    "or size and messages like 2G,10000", (int)value.len, value.s);
}

/* rate=MESSAGES, in an hour. */
static void
set_rate(struct row *row, struct slice value, void *object)
{
	struct account *account = object;

	if (slice_u64(value, ACCOUNT_RATE_MAX, &account->rate))
		return;
	value = brief(value);
	row_fault(row, "\"%.*s\" is no rate, write how many messages an hour, "
	    "like 100; 0: no limit", (int)value.len, value.s);
}

/* What the options of a row make; the account first, for those above. */
struct draft_account {
	struct account account;
	struct smarthost smarthost;
};

static void
set_smarthost(struct row *row, struct slice value, void *object)
{
	struct draft_account *draft = object;

	smarthost_set(row, value, &draft->smarthost);
}

static void
set_smarthost_tls(struct row *row, struct slice value, void *object)
{
	struct draft_account *draft = object;

	row_tls(row, "smarthost-tls", value, &draft->smarthost.hop);
}

static void
set_audit(struct row *row, struct slice value, void *object)
{
	static const char *const words[] = {"copy", "hold", NULL};
	struct account *account = object;

	account->audit = slice_is(value, "hold") ? AUDIT_HOLD : AUDIT_COPY;
	if (account->audit == AUDIT_HOLD || slice_is(value, "copy"))
		return;
	row_unknown(row, "audit", value, words);
}

static void
set_former(struct row *row, struct slice value, void *object)
{
	struct account *account = object;

	row_yes_if(row, "former", value, "yes", "no", &account->is_former);
}

static void
set_successor(struct row *row, struct slice value, void *object)
{
	struct account *account = object;

	if (address_normalize(&account->successor, value, true) == 0)
		return;
	row_cannot_be(row, "successor", value, "write the address of a "
	    "colleague");
}

static const char *const roles[] = {
    "user", "admin", "manager", "staff", NULL};

static const struct option_rule account_options[] = {
    {"name", set_name}, {"quota", set_quota}, {"send", set_send},
    {"receive", set_receive}, {"rate", set_rate},
    {"smarthost", set_smarthost}, {"smarthost-tls", set_smarthost_tls},
    {"audit", set_audit}, {"former", set_former},
    {"successor", set_successor}, {0}};

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

/* In domains of the kinds map and share a mailbox at the provider sends. */
static bool
may_choose(const struct row *row, const struct account *account)
{
	if (!row_has(row, "smarthost") || !compiler_knows(row->compiler, 'M',
	    str_slice(&account->domain)))
		return true;
	row_fault(row, "mail from %s leaves by control/isp, which the kind "
	    "of its domain says, remove smarthost=",
	    str_c(&account->address));
	return false;
}

/* Elsewhere nothing is shared that somebody could hold.  (Staff is known
 * everywhere: it takes no mail from outside.) */
static void
warn_of_manager(struct row *row, const struct account *account)
{
	if (slice_is(str_slice(&account->role), "manager") &&
	    !share_find(row->compiler, str_slice(&account->domain)))
		fault_add(&row->compiler->report->warnings, row->file,
		    row->line, "%s is of no kind share, so that a manager is a "
		    "user there, write user or change the kind",
		    str_c(&account->domain));
}

static void
put_account(struct row *row, struct account *account)
{
	if (row_our_address(row, row_word(row, 0), &account->address) &&
	    split_account(row, account) && may_choose(row, account) &&
	    row_claim(row, 'a', str_slice(&account->address), "account")) {
		compile_share_account(row, account);
		warn_of_manager(row, account);
		compiler_put(row->compiler, 'a', str_slice(&account->address),
		    account_fields, account);
	}
}

void
read_account(struct row *row)
{
	struct draft_account draft = {.account = {.line = row->line}};
	struct slice role = row_word(row, 1);
	const char *const *known = roles;

	while (*known && !slice_is(role, *known))
		known++;
	if (!*known)
		row_unknown(row, "role", role, roles);
	str_set_slice(&draft.account.role, role);
	/* staff is known by name inside; customers write to the house */
	draft.account.receive_internal = slice_is(role, "staff");
	row_options(row, account_options, &draft);
	smarthost_finish(row, &draft.smarthost, &draft.account.smarthost);
	put_account(row, &draft.account);
	account_free(&draft.account);
	next_hop_free(&draft.smarthost.hop);
}
