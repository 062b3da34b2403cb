/*
 * compile_isp_write - secrets/isp, and what the rows of isp become: bindings
 * in cdb/routing, servers and logins in cdb/isp-pop3 and cdb/isp-smtp, names
 * in cdb/isp-map; see compiler.h and FORMAT.md.
 */
#include "control/compiler.h"
#include "control/isp_route.h"

#include "control/resolve.h"
#include "lib/mail/address.h"

#include <errno.h>

enum { SECRETS_BYTES_MAX = 16 * 1024 * 1024 };

/* ---- secrets ---- */

static struct isp_row *
find_address(struct compiler *compiler, struct slice address)
{
	struct isp_list *list = &compiler->isp;

	for (size_t i = 0; i < list->len; i++)
		if (!list->v[i].is_reference &&
		    slice_eq(str_slice(&list->v[i].mailbox.address), address))
			return &list->v[i];
	return NULL;
}

static bool
is_token_name(struct slice name)
{
	if (!name.len || name.len > 64 || name.s[0] == '.')
		return false;
	for (size_t i = 0; i < name.len; i++)
		if (name.s[i] <= ' ' || name.s[i] > '~' || name.s[i] == '/')
			return false;
	return true;
}

static void
set_secret(struct row *row, struct isp_row *isp)
{
	static const char oauth2[] = "oauth2=";
	struct slice secret = row_word(row, 1);

	isp->has_secret = true;
	if (slice_starts(secret, oauth2)) {
		secret = slice_after(secret, sizeof oauth2 - 1);
		if (is_token_name(secret))
			str_set_slice(&isp->mailbox.oauth2, secret);
		else
			row_fault(row, "oauth2= names no token file, write "
			    "the name of a file in state/oauth");
	} else if (!secret.len || secret.len > ISP_SECRET_MAX) {
		row_fault(row, "the password is empty or longer than %d "
		    "bytes, write the provider's", (int)ISP_SECRET_MAX);
	} else {
		str_set_slice(&isp->mailbox.password, secret);
	}
}

static void
secret_row(struct row *row)
{
	struct slice shown = brief(row_word(row, 0));
	struct str address = {0};
	struct isp_row *isp = NULL;

	if (row->words.len != 2) {
		row_fault(row, "this is no secret, write ISP-ADDRESS "
		    "PASSWORD, the password in double quotes when it holds "
		    "blanks, quotes or a # at its start");
	} else if (address_normalize(&address, row_word(row, 0), true) < 0) {
		row_fault(row, "\"%.*s\" is no address, write the one in "
		    "control/isp", (int)shown.len, shown.s);
	} else if (row_claim(row, 'S', str_slice(&address), "secret of")) {
		isp = find_address(row->compiler, str_slice(&address));
		if (isp)
			set_secret(row, isp);
		else
			fault_add(&row->compiler->report->warnings,
			    row->file, row->line, "no row in control/isp "
			    "is for %s, remove this one",
			    str_c(&address));
	}
	str_free(&address);
}

/* It knows better than the rule what is missing. */
static const struct table_rule secrets = {
    "secrets/isp", "ISP-ADDRESS PASSWORD", 0, secret_row};

void
isp_secrets(struct compiler *compiler)
{
	struct isp_list *list = &compiler->isp;

	compile_secrets(compiler, &secrets, SECRETS_BYTES_MAX);
	for (size_t i = 0; i < list->len; i++)
		if (!list->v[i].is_reference && !list->v[i].has_secret)
			fault_add(&compiler->report->faults, "isp",
			    list->v[i].line, "there is no password for %s, "
			    "add \"%s PASSWORD\" to control/secrets/isp",
			    str_c(&list->v[i].mailbox.address),
			    str_c(&list->v[i].mailbox.address));
}

/* ---- cdb/routing ---- */

static bool
sends(struct compiler *compiler, const struct isp_row *isp)
{
	const struct isp_row *named = isp->is_reference ?
	    find_address(compiler, str_slice(&isp->mailbox.address)) : isp;

	return named && named->smtp.host.len > 0;
}

/* The account's first row with smtp= sends; every mailbox of an account leads
 * home. */
void
isp_finish(struct compiler *compiler)
{
	struct isp_list *list = &compiler->isp;
	struct name_map done = {0};

	for (size_t i = 0; i < list->len; i++) {
		const struct isp_mailbox *mailbox = &list->v[i].mailbox;
		struct slice account = str_slice(&mailbox->account);
		struct binding_row row = {.address = mailbox->address,
			.line = mailbox->line};

		if (account.s[0] != '@') {
			struct home_row home = {.account = mailbox->account,
				.line = mailbox->line};

			compiler_put(compiler, 'i',
			    str_slice(&mailbox->address), home_row_fields,
			    &home);
		}
		if (!sends(compiler, &list->v[i])) {
			if (list->v[i].is_reference)
				fault_add(&compiler->report->faults, "isp",
				    mailbox->line, "%s has no smtp= in its "
				    "row, add it there", str_c(&row.address));
			continue;
		}
		if (!name_map_add(&done, account, 0))
			compiler_put(compiler, 'b', account,
			    binding_row_fields, &row);
	}
	name_map_free(&done);
}

/* ---- for the programs ---- */

/* What each of them reads. */
static const char *const pop3_settings[] = {"=format", "=me", "=resolver",
    "=timeoutconnect", "=timeoutremote", "=cafile", "=minfree", "=postmaster",
    "=maxprobe", "=databytes", NULL};
static const char *const smtp_settings[] = {"=format", NULL};
static const char *const map_settings[] = {"=format", "=helohost",
    "=resolver", "=timeoutconnect", "=timeoutremote", "=cafile",
    "=plusaddress", "=concurrencyremote", NULL};

static void
put_server(struct compiler *compiler, struct cdb_make *cdb, char letter,
    struct slice name, const struct isp_row *isp,
    const struct isp_mailbox *server)
{
	struct isp_mailbox all = isp->mailbox; /* borrowed */
	struct str value = {0};

	all.host = server->host;
	all.port = server->port;
	all.is_address = server->is_address;
	all.is_wrapped = server->is_wrapped;
	record_encode(&value, isp_mailbox_fields, &all);
	compiler_add(compiler, cdb, letter, name, str_slice(&value));
	str_wipe(&value);
}

int
compile_isp_pop3(struct compiler *compiler, struct config *routing,
    struct cdb_make *pop3)
{
	struct isp_list *list = &compiler->isp;
	struct str names = {0}, name = {0};

	compiler_copy(compiler, pop3, routing, pop3_settings);
	for (size_t i = 0; i < list->len; i++) {
		struct isp_row *isp = &list->v[i];

		if (!isp->pop3.host.len)
			continue;
		str_clear(&name);
		str_addf(&name, "%s %s", str_c(&isp->mailbox.account),
		    str_c(&isp->mailbox.address));
		str_addf(&names, "%s\n", str_c(&name));
		put_server(compiler, pop3, 'p', str_slice(&name), isp,
		    &isp->pop3);
	}
	compiler_add(compiler, pop3, '=', slice_of("names"), str_slice(&names));
	str_free(&names);
	str_free(&name);
	errno = compiler->error;
	return errno ? -1 : 0;
}

int
compile_isp_smtp(struct compiler *compiler, struct config *routing,
    struct cdb_make *smtp)
{
	struct isp_list *list = &compiler->isp;

	compiler_copy(compiler, smtp, routing, smtp_settings);
	for (size_t i = 0; i < list->len; i++)
		if (list->v[i].smtp.host.len)
			put_server(compiler, smtp, 's',
			    str_slice(&list->v[i].mailbox.address),
			    &list->v[i], &list->v[i].smtp);
	errno = compiler->error;
	return errno ? -1 : 0;
}

/* root@me and its like write as the house itself does (isp_route.c), and are
 * known outside by that mailbox's address; by none where there is none. */
static void
put_host(struct compiler *compiler, struct config *routing,
    struct cdb_make *map)
{
	const struct route_request request = {.box = slice_of("bounce")};
	struct domain_row known = {0};
	struct slice me, address;
	struct str lane = {0}, who = {0}, name = {0};

	if (cdb_file_get(&routing->file, slice_of("=me"), &me) &&
	    !rows_get(routing, 'd', me, domain_row_fields, &known)) {
		compiler_add(compiler, map, 'd', me, slice_of("drop"));
		(void)isp_route_outward(routing, &request, slice_of(""), NULL,
		    &lane, &who);
		address = str_slice(&lane);
		slice_cut(&address, ' ');
		str_putc(&name, '@');
		str_add_slice(&name, me);
		if (address.len)
			compiler_add(compiler, map, 'a', str_slice(&name),
			    address);
	}
	record_free(domain_row_fields, &known);
	str_free(&lane);
	str_free(&who);
	str_free(&name);
}

static void
put_leaks(struct compiler *compiler, struct config *routing,
    struct cdb_make *map)
{
	for (size_t i = 0; i < compiler->domains.len; i++) {
		struct slice name = str_slice(&compiler->domains.v[i].name);
		struct domain_row row = {0};

		if (rows_get(routing, 'd', name, domain_row_fields, &row) &&
		    kind_is_behind_provider(str_slice(&row.kind)))
			compiler_add(compiler, map, 'd', name, slice_of(
			    row.may_leak ? "keep" : "drop"));
		record_free(domain_row_fields, &row);
	}
}

/* The staff of a share domain is known by the manager's mailbox, and each by
 * a name. */
static void
put_staff(struct compiler *compiler, struct cdb_make *map)
{
	for (size_t i = 0; i < compiler->shares.len; i++) {
		const struct share *share = &compiler->shares.v[i];

		for (size_t j = 0; j < share->len && share->outside.len; j++) {
			const struct person *person = &share->staff[j];

			compiler_add(compiler, map, 'a',
			    str_slice(&person->account),
			    str_slice(&share->outside));
			compiler_add(compiler, map, 'n',
			    str_slice(&person->account),
			    str_slice(&person->name));
		}
	}
}

/* An account is known outside by the mailbox that sends, else by its first. */
int
compile_isp_map(struct compiler *compiler, struct config *routing,
    struct cdb_make *map)
{
	struct isp_list *list = &compiler->isp;
	struct name_map done = {0};

	compiler_copy(compiler, map, routing, map_settings);
	put_leaks(compiler, routing, map);
	put_host(compiler, routing, map);
	put_staff(compiler, map);
	for (int is_second = 0; is_second < 2; is_second++)
		for (size_t i = 0; i < list->len; i++) {
			struct isp_mailbox *mailbox = &list->v[i].mailbox;
			struct slice account = str_slice(&mailbox->account);

			if ((is_second || sends(compiler, &list->v[i])) &&
			    !name_map_add(&done, account, 0))
				compiler_add(compiler, map, 'a', account,
				    str_slice(&mailbox->address));
		}
	name_map_free(&done);
	errno = compiler->error;
	return errno ? -1 : 0;
}
