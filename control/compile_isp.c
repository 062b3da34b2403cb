/* compile_isp - the table isp; see compiler.h. */
#include "control/compiler.h"

#include "control/isp_url.h"
#include "control/settings.h"
#include "lib/base/hex.h"
#include "lib/mail/address.h"

#include <stdlib.h>

enum {
	EVERY_S = 300,
	EVERY_MAX_S = 7 * 86400,
	KEEP_MIN_S = 3600,
	HEADER_NAME_MAX = 128
};
#define KEEP_MAX_S (UINT64_C(3650) * 86400)

static void
bad_url(const struct row *row, const char *option, struct slice value)
{
	struct slice shown = brief(value);

	if (slice_find(value, '@') < value.len)
		row_fault(row, "%s= holds a login, write it as user= and its "
		    "password into control/secrets/isp", option);
	else
		row_fault(row, "%s= cannot be \"%.*s\", write %s://HOST, "
		    "%ss://HOST, %s://HOST:PORT or %s://[192.0.2.1]", option,
		    (int)shown.len, shown.s, option, option, option, option);
}

static void
set_pop3(struct row *row, struct slice value, void *object)
{
	struct isp_row *isp = object;

	if (isp_url_parse(ISP_POP3, value, &isp->pop3) < 0)
		bad_url(row, "pop3", value);
}

static void
set_smtp(struct row *row, struct slice value, void *object)
{
	struct isp_mailbox *smtp = &((struct isp_row *)object)->smtp;
	struct next_hop_host host;

	if (isp_url_parse(ISP_SMTP, value, smtp) < 0) {
		bad_url(row, "smtp", value);
		return;
	}
	host = (struct next_hop_host){.name = smtp->host, /* borrowed */
		.port = (uint16_t)smtp->port,
		.is_address = smtp->is_address};
	row_host(row, &host);
}

static void
set_user(struct row *row, struct slice value, void *object)
{
	struct isp_row *isp = object;

	if (value.len && value.len <= ADDRESS_TEXT_MAX) {
		str_set_slice(&isp->mailbox.user, value);
		return;
	}
	row_fault(row, "user= is empty or longer than %d bytes, write the "
	    "name to log in with", (int)ADDRESS_TEXT_MAX);
}

static void
set_every(struct row *row, struct slice value, void *object)
{
	struct isp_row *isp = object;
	uint64_t *every_s = &isp->mailbox.every_s;

	if (parse_duration(value, every_s) && *every_s >= 1 &&
	    *every_s <= EVERY_MAX_S)
		return;
	row_cannot_be(row, "every", value, "write how often mail is fetched, "
	    "from 1s to 7d, as in 5m");
}

static void
set_keep(struct row *row, struct slice value, void *object)
{
	struct isp_row *isp = object;
	uint64_t *keep_s = &isp->mailbox.keep_s;

	if (slice_is(value, "all")) {
		*keep_s = UINT64_MAX;
		return;
	}
	if (parse_duration(value, keep_s) && (!*keep_s ||
	    (*keep_s >= KEEP_MIN_S && *keep_s <= KEEP_MAX_S)))
		return;
	row_cannot_be(row, "keep", value, "write 0 to delete what was fetched, "
	    "how long it stays, as in 14d, or all");
}

static void
set_max_size(struct row *row, struct slice value, void *object)
{
	struct isp_row *isp = object;

	if (parse_size(value, &isp->mailbox.max_size))
		return;
	row_cannot_be(row, "max-size", value, "write a size like 20M, or 0 for "
	    "no limit");
}

static void
set_tls(struct row *row, struct slice value, void *object)
{
	struct isp_mailbox *to = &((struct isp_row *)object)->mailbox;
	struct next_hop hop = {0};

	if (slice_is(value, "require") || slice_is(value, "verify")) {
		to->tls = ISP_TLS_VERIFY;
		return;
	}
	if (next_hop_parse_tls(value, &hop) == 0 &&
	    (hop.tls == NEXT_HOP_TLS_NONE ||
	    hop.tls == NEXT_HOP_TLS_FINGERPRINT)) {
		to->tls = hop.tls == NEXT_HOP_TLS_NONE ? ISP_TLS_NONE :
		    ISP_TLS_FINGERPRINT;
		if (to->tls == ISP_TLS_FINGERPRINT)
			hex_add(&to->fingerprint, hop.fingerprint,
			    sizeof hop.fingerprint);
		return;
	}
	row_cannot_be(row, "tls", value, "write require, none or "
	    "fingerprint:HEX (SHA-256 of the certificate, 64 digits)");
}

static void
set_map_to(struct row *row, struct slice value, void *object)
{
	struct isp_row *isp = object;
	struct slice name = value;

	if (name.len && name.s[0] == '@') {
		name.s++;
		name.len--;
		if (domain_normalize(&isp->mailbox.map_to, name) == 0 &&
		    compiler_knows(row->compiler, 'M',
			str_slice(&isp->mailbox.map_to)) &&
		    !share_find(row->compiler,
			str_slice(&isp->mailbox.map_to)))
			return;
	}
	row_cannot_be(row, "map-to", value, "write @DOMAIN, a domain of the "
	    "kind map in control/domains");
}

static void
set_header(struct row *row, struct slice value, void *object)
{
	struct isp_row *isp = object;
	bool is_name = value.len && value.len <= HEADER_NAME_MAX;

	for (size_t i = 0; i < value.len && is_name; i++)
		is_name = value.s[i] > ' ' && value.s[i] <= '~' &&
		    value.s[i] != ':';
	if (is_name)
		str_set_slice(&isp->mailbox.header, value);
	else
		row_cannot_be(row, "envelope-header", value, "write the name "
		    "of a header field, like X-Original-To");
}

static void
set_node(struct row *row, struct slice value, void *object)
{
	struct isp_row *isp = object;

	if (domain_normalize(&isp->mailbox.node, value) == 0)
		return;
	row_cannot_be(row, "node", value, "write the name in control/me of the "
	    "machine that fetches");
}

static void
set_sent(struct row *row, struct slice value, void *object)
{
	struct isp_row *isp = object;

	isp->mailbox.skips_sent = slice_is(value, "skip");
	if (isp->mailbox.skips_sent || slice_is(value, "deliver"))
		return;
	row_cannot_be(row, "sent", value, "write skip to leave at the provider "
	    "what was sent by this mailbox, or deliver");
}

static const struct option_rule isp_options[] = {
    {"smtp", set_smtp}, {"pop3", set_pop3}, {"user", set_user},
    {"every", set_every}, {"keep", set_keep}, {"max-size", set_max_size},
    {"tls", set_tls}, {"map-to", set_map_to},
    {"envelope-header", set_header}, {"node", set_node},
    {"sent", set_sent}, {0}};

/* What belongs to fetching, and what a server alone cannot say. */
static void
check_options(const struct row *row, const struct isp_row *isp)
{
	static const char *const of_pop3[] = {"every", "keep", "max-size",
	    "map-to", "envelope-header", "node", "sent"};

	for (size_t i = 0; i < sizeof of_pop3 / sizeof *of_pop3; i++)
		if (row_has(row, of_pop3[i]) && !row_has(row, "pop3"))
			row_fault(row, "%s= is about fetching, add pop3= or "
			    "remove it", of_pop3[i]);
	if (row_has(row, "envelope-header") && !row_has(row, "map-to"))
		row_fault(row, "envelope-header= is for a mailbox of many, "
		    "add map-to=@DOMAIN or remove it");
	if (isp->mailbox.tls == ISP_TLS_NONE &&
	    (isp->pop3.is_wrapped || isp->smtp.is_wrapped))
		row_fault(row, "tls=none cannot be with pop3s:// or smtps://, "
		    "write pop3:// and smtp:// or remove it");
	if (isp->mailbox.account.len && isp->mailbox.account.s[0] == '@' &&
	    row_has(row, "pop3") && !row_has(row, "map-to"))
		row_fault(row, "nothing says who gets what is fetched here, "
		    "add map-to=%s, or name an account",
		    str_c(&isp->mailbox.account));
}

static bool
is_behind_provider(const struct row *row, struct slice domain)
{
	if (compiler_knows(row->compiler, 'M', domain))
		return true;
	row_fault(row, "ISP mailboxes are for domains of the kinds map and "
	    "share, write \"%.*s map\" in control/domains or remove this "
	    "row", (int)brief(domain).len, domain.s);
	return false;
}

static bool
read_domain_name(struct row *row, struct slice word, struct str *to)
{
	struct str domain = {0};
	bool is_fine = domain_normalize(&domain, slice_after(word, 1)) == 0;

	if (!is_fine)
		row_fault(row, "\"%.*s\" is no domain, write @ and a domain "
		    "of ours", (int)brief(word).len, word.s);
	else
		is_fine = is_behind_provider(row, str_slice(&domain));
	str_addf(to, "@%s", str_c(&domain));
	str_free(&domain);
	return is_fine;
}

/* Whose mailbox: an account of ours, or @domain for all without one. */
static bool
read_whose(struct row *row, struct str *to)
{
	struct slice word = row_word(row, 0), local, domain;

	if (word.len && word.s[0] == '@')
		return read_domain_name(row, word, to);
	if (!row_our_address(row, word, to) ||
	    !address_split(str_slice(to), &local, &domain))
		return false;
	if (!compiler_knows(row->compiler, 'a', str_slice(to))) {
		row_fault(row, "%s is not in control/accounts, add it there "
		    "or remove this row", str_c(to));
		return false;
	}
	return is_behind_provider(row, domain) &&
	    share_may_bind(row, str_slice(to));
}

static bool
read_address(struct row *row, struct str *to)
{
	struct slice word = row_word(row, 1), shown = brief(word);

	if (address_normalize(to, word, true) == 0)
		return true;
	row_fault(row, "\"%.*s\" is no address, write the mailbox's at the "
	    "provider", (int)shown.len, shown.s);
	return false;
}

/* It is the account's own, an alias, or the outside's.  Somebody else's is
 * possible, and surely not meant. */
static void
warn_of_owner(struct row *row, const struct isp_mailbox *mailbox)
{
	if (slice_eq(str_slice(&mailbox->account),
	    str_slice(&mailbox->address)) ||
	    !compiler_knows(row->compiler, 'a', str_slice(&mailbox->address)))
		return;
	fault_add(&row->compiler->report->warnings, row->file, row->line,
	    "%s is an account here, too: what is written to it inside goes "
	    "there, what comes in at the provider to %s; bind the account "
	    "itself, or make it an alias", str_c(&mailbox->address),
	    str_c(&mailbox->account));
}

/* Two who fetch one mailbox would share it by chance. */
static bool
claim(struct row *row, struct isp_row *isp)
{
	struct slice address = str_slice(&isp->mailbox.address);
	bool is_named = row_has(row, "pop3") || row_has(row, "smtp");

	isp->is_reference = !is_named &&
	    isp->mailbox.account.s[0] == '@' &&
	    compiler_knows(row->compiler, 'I', address);
	if (isp->is_reference && row->words.len > 2)
		row_fault(row, "the servers of %s stand in an earlier row, "
		    "remove the options here", str_c(&isp->mailbox.address));
	if (isp->is_reference)
		return true;
	if (!is_named) {
		row_fault(row, "neither pop3= nor smtp= is there, add one");
		return false;
	}
	return row_claim(row, 'I', address, "ISP address");
}

static void
list_add(struct isp_list *list, const struct isp_row *isp)
{
	list->v = mem_room(list->v, list->len, &list->cap, sizeof *list->v);
	list->v[list->len++] = *isp;
}

static void
isp_row_free(struct isp_row *isp)
{
	isp_mailbox_free(&isp->mailbox);
	isp_mailbox_free(&isp->pop3);
	isp_mailbox_free(&isp->smtp);
}

void
read_isp(struct row *row)
{
	struct isp_row isp = {.line = row->line,
		.mailbox = {.every_s = EVERY_S, .max_size = UINT64_MAX,
		    .line = row->line}};
	bool is_whose = read_whose(row, &isp.mailbox.account);
	bool is_address = read_address(row, &isp.mailbox.address);

	row_options(row, isp_options, &isp);
	check_options(row, &isp);
	if (!isp.mailbox.user.len)
		str_set_slice(&isp.mailbox.user,
		    str_slice(&isp.mailbox.address));
	if (is_address && is_whose)
		warn_of_owner(row, &isp.mailbox);
	if (is_address && claim(row, &isp) && is_whose)
		list_add(&row->compiler->isp, &isp);
	else
		isp_row_free(&isp);
}

void
isp_list_free(struct isp_list *list)
{
	for (size_t i = 0; i < list->len; i++)
		isp_row_free(&list->v[i]);
	free(list->v);
	*list = (struct isp_list){0};
}
