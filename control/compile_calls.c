/* compile_calls - the table calls, and secrets/calls; see compiler.h. */
#include "control/compiler.h"

#include "control/settings.h"
#include "lib/base/hex.h"
#include "lib/mail/etrn_wire.h"

#include <errno.h>
#include <stdlib.h>

enum {
	EVERY_S = 15 * 60,
	EVERY_MIN_S = 10,
	EVERY_MAX_S = 7 * 86400,
	SECRETS_BYTES_MAX = 1024 * 1024
};

/* ---- rows ---- */

/* What the options of a row make. */
struct draft_call {
	struct call call;
	struct next_hop hop; /* the host, and tls= */
};

static void
set_every(struct row *row, struct slice value, void *object)
{
	struct draft_call *draft = object;
	uint64_t *every_s = &draft->call.every_s;

	if (parse_duration(value, every_s) && *every_s >= EVERY_MIN_S &&
	    *every_s <= EVERY_MAX_S)
		return;
	row_cannot_be(row, "every", value, "write how often the host is asked, "
	    "from 10s to 7d, as in 15m");
}

static void
set_login(struct row *row, struct slice value, void *object)
{
	struct draft_call *draft = object;

	str_set_slice(&draft->call.user, value);
	if (value.len && value.len <= CALL_SECRET_MAX)
		return;
	row_fault(row, "login= is empty or too long, write the name to log in "
	    "with");
}

static void
set_tls(struct row *row, struct slice value, void *object)
{
	struct draft_call *draft = object;

	row_tls(row, "tls", value, &draft->hop);
}

static const struct option_rule call_options[] = {
    {"every", set_every}, {"login", set_login}, {"tls", set_tls}, {0}};

/* Mail that comes because we asked must be mail that we take. */
static bool
read_argument(struct row *row, struct str *to)
{
	struct slice word = row_word(row, 0), shown = brief(word);
	struct etrn_argument argument = {0};
	bool is_fine = etrn_parse(word, &argument) == 0;

	if (!is_fine)
		row_fault(row, "\"%.*s\" cannot be asked for, write a "
		    "domain, @domain or \"#queue\"", (int)shown.len, shown.s);
	else if (argument.kind == ETRN_DOMAIN &&
	    !compiler_knows(row->compiler, 'd', str_slice(&argument.name))) {
		row_fault(row, "the domain %s is not in control/domains, so "
		    "that its mail would be refused here, add it there",
		    str_c(&argument.name));
		is_fine = false;
	}
	str_clear(to);
	etrn_write(to, &argument);
	etrn_argument_free(&argument);
	return is_fine;
}

static bool
read_host(struct row *row, struct draft_call *draft)
{
	const struct next_hop_host *host = &draft->hop.hosts[0];
	bool is_fine = row_hosts(row, row_word(row, 1), &draft->hop);

	if (is_fine && draft->hop.host_count != 1) {
		row_fault(row, "one host is asked in a row, write a row for "
		    "each");
		is_fine = false;
	}
	if (!is_fine)
		return false;
	str_set_slice(&draft->call.host, str_slice(&host->name));
	draft->call.is_address = host->is_address;
	draft->call.port = host->port;
	return true;
}

/* A password goes to nobody of whom it is not known who that is. */
static void
finish_tls(struct row *row, struct draft_call *draft)
{
	enum next_hop_tls tls = draft->hop.tls;

	if (draft->call.user.len && !row_has(row, "tls"))
		tls = NEXT_HOP_TLS_VERIFY;
	if (draft->call.user.len && (tls == NEXT_HOP_TLS_MAY ||
	    tls == NEXT_HOP_TLS_REQUIRE))
		row_fault(row, "with login= the host must be known, write "
		    "tls=verify or tls=fingerprint:HEX (or tls=none, if the "
		    "password may be read on the way)");
	draft->call.tls = tls;
	if (tls == NEXT_HOP_TLS_FINGERPRINT)
		hex_add(&draft->call.fingerprint, draft->hop.fingerprint,
		    sizeof draft->hop.fingerprint);
}

static void
list_add(struct call_list *list, struct str *name, struct call *call)
{
	list->v = mem_room(list->v, list->len, &list->cap, sizeof *list->v);
	list->v[list->len++] = (struct named_call){*name, *call};
	*name = (struct str){0};
	*call = (struct call){0};
}

void
read_call(struct row *row)
{
	struct draft_call draft = {
		.call = {.every_s = EVERY_S, .line = row->line}};
	bool is_argument = read_argument(row, &draft.call.argument);
	bool is_host = read_host(row, &draft);
	struct str name = {0};

	row_options(row, call_options, &draft);
	finish_tls(row, &draft);
	if (is_argument && is_host) {
		str_addf(&name, "%s ", str_c(&draft.call.argument));
		next_hop_write_host(&name, &draft.hop.hosts[0]);
		if (row_claim(row, 'C', str_slice(&name), "call"))
			list_add(&row->compiler->calls, &name, &draft.call);
	}
	str_free(&name);
	next_hop_free(&draft.hop);
	call_free(&draft.call);
}

/* ---- secrets ---- */

static struct call *
find_call(struct call_list *list, struct slice name)
{
	for (size_t i = 0; i < list->len; i++)
		if (slice_eq(str_slice(&list->v[i].name), name))
			return &list->v[i].call;
	return NULL;
}

/* The name of the call that words 0 and 1 are about. */
static bool
secret_name(struct row *row, struct str *to)
{
	struct etrn_argument argument = {0};
	struct next_hop_host host = {0};
	bool is_fine = row->words.len == 3 &&
	    etrn_parse(row_word(row, 0), &argument) == 0 &&
	    next_hop_parse_host(row_word(row, 1), &host) == 0;

	if (is_fine) {
		etrn_write(to, &argument);
		str_putc(to, ' ');
		next_hop_write_host(to, &host);
	} else {
		row_fault(row, "this is no secret, write DOMAIN HOST PASSWORD, "
		    "the first two as in control/calls, the password in "
		    "double quotes when it holds blanks or quotes");
	}
	etrn_argument_free(&argument);
	str_free(&host.name);
	return is_fine;
}

static void
secret_row(struct row *row)
{
	struct slice secret = row_word(row, 2);
	struct str name = {0};
	struct call *call = NULL;

	if (secret_name(row, &name) &&
	    row_claim(row, 'P', str_slice(&name), "secret of")) {
		call = find_call(&row->compiler->calls, str_slice(&name));
		if (!call || !call->user.len)
			fault_add(&row->compiler->report->warnings,
			    row->file, row->line, "no row in control/calls "
			    "logs in for %s, remove this one", str_c(&name));
		else if (!secret.len || secret.len > CALL_SECRET_MAX)
			row_fault(row, "the password is empty or longer than "
			    "%d bytes", (int)CALL_SECRET_MAX);
		else
			str_set_slice(&call->password, secret);
	}
	str_free(&name);
}

/* It knows better than the rule what is missing. */
static const struct table_rule secrets = {
    "secrets/calls", "DOMAIN HOST PASSWORD", 0, secret_row};

static void
read_secrets(struct compiler *compiler)
{
	struct call_list *list = &compiler->calls;

	compile_secrets(compiler, &secrets, SECRETS_BYTES_MAX);
	for (size_t i = 0; i < list->len; i++)
		if (list->v[i].call.user.len && !list->v[i].call.password.len)
			fault_add(&compiler->report->faults, "calls",
			    list->v[i].call.line, "there is no password for "
			    "it, add \"%s PASSWORD\" to control/secrets/calls",
			    str_c(&list->v[i].name));
}

/* ---- cdb/call ---- */

static const char *const settings[] = {"=format", "=helohost", "=resolver",
    "=timeoutconnect", "=timeoutremote", "=cafile", "=maxprobe", NULL};

static void
put_calls(struct compiler *compiler, struct cdb_make *cdb)
{
	const struct call_list *list = &compiler->calls;
	struct str names = {0}, value = {0};

	for (size_t i = 0; i < list->len; i++) {
		str_addf(&names, "%s\n", str_c(&list->v[i].name));
		str_clear(&value);
		record_encode(&value, call_fields, &list->v[i].call);
		compiler_add(compiler, cdb, 'c', str_slice(&list->v[i].name),
		    str_slice(&value));
	}
	compiler_add(compiler, cdb, '=', slice_of("names"), str_slice(&names));
	str_wipe(&value);
	str_free(&names);
}

int
compile_calls(struct compiler *compiler, struct config *routing,
    struct cdb_make *cdb)
{
	read_secrets(compiler);
	compiler_copy(compiler, cdb, routing, settings);
	put_calls(compiler, cdb);
	errno = compiler->error;
	return errno ? -1 : 0;
}

void
call_list_free(struct call_list *list)
{
	for (size_t i = 0; i < list->len; i++) {
		str_free(&list->v[i].name);
		call_free(&list->v[i].call);
	}
	free(list->v);
	*list = (struct call_list){0};
}
