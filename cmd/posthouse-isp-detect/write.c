/* write - what was found, into the tables; see detect.h. */
#include "cmd/posthouse-isp-detect/detect.h"

#include "control/compile.h"
#include "control/edit.h"
#include "control/table.h"
#include "lib/base/die.h"
#include "lib/mail/address.h"

#include <stdio.h>

static const char isp_file[] = "control/isp";
static const char secrets_file[] = "control/secrets/isp";

static void
add_option(struct str *row, const char *key, const struct str *value)
{
	struct str word = {0};

	str_addf(&word, "%s%s", key, str_c(value));
	table_add_word(row, str_slice(&word));
	str_free(&word);
}

static void
add_server(struct str *row, const struct detect *detect,
    enum isp_protocol protocol)
{
	struct str url = {0};

	if (!detect->servers[protocol].host.len)
		return;
	isp_url_write(&url, protocol, &detect->servers[protocol]);
	add_option(row, protocol == ISP_SMTP ? "smtp=" : "pop3=", &url);
	str_free(&url);
}

void
write_row(const struct detect *detect, struct str *to)
{
	const struct isp_mailbox *login = &detect->login;

	table_add_word(to, login->account.len ? str_slice(&login->account) :
	    slice_of("ACCOUNT"));
	table_add_word(to, str_slice(&login->address));
	add_server(to, detect, ISP_SMTP);
	add_server(to, detect, ISP_POP3);
	if (!slice_eq(str_slice(&login->user), str_slice(&login->address)))
		add_option(to, "user=", &login->user);
	if (login->tls == ISP_TLS_NONE)
		table_add_word(to, slice_of("tls=none"));
	if (login->tls == ISP_TLS_FINGERPRINT)
		add_option(to, "tls=fingerprint:", &login->fingerprint);
}

/* The line that has the address as its second word; 0: none. */
static size_t
find_row(const struct edit *isp, struct slice address)
{
	struct table table = {.rest = str_slice(&isp->text)};
	struct strs words = {0};
	struct str normal = {0};
	const char *fault;
	enum table_result result;
	size_t line = 0;

	while (!line && (result = table_next(&table, &words, &fault)) !=
	    TABLE_END)
		if (result == TABLE_ROW && words.len > 1 &&
		    address_normalize(&normal, str_slice(&words.v[1]),
			true) == 0 && slice_eq(str_slice(&normal), address))
			line = table.line;
	strs_free(&words);
	str_free(&normal);
	return line;
}

static void
put_rows(const struct detect *detect, struct edit *isp, struct edit *secrets)
{
	struct str row = {0};

	write_row(detect, &row);
	edit_put(isp, 0, str_slice(&row));
	str_clear(&row);
	if (detect->is_secret_new) {
		table_add_word(&row, str_slice(&detect->login.address));
		table_add_word(&row, str_slice(&detect->login.password));
		edit_put(secrets, 0, str_slice(&row));
	}
	str_wipe(&row);
}

int
write_tables(const struct detect *detect)
{
	struct edit isp = {0}, secrets = {0};
	struct edit *const edits[] = {&isp, &secrets};
	size_t line;
	int status;

	compile_lock_or_die();
	edit_open(&isp, isp_file, 0644);
	edit_open(&secrets, secrets_file, 0600);
	line = find_row(&isp, str_slice(&detect->login.address));
	if (line)
		die_perm("%s is in %s already, line %zu: change it there, "
		    "then posthouse compile", str_c(&detect->login.address),
		    isp_file, line);
	put_rows(detect, &isp, &secrets);
	status = edit_put_in_force(edits, 2);
	if (status == EXIT_DONE)
		printf("added to %s, and in force\n", isp_file);
	edit_free(&isp);
	str_wipe(&secrets.before);
	str_wipe(&secrets.text);
	edit_free(&secrets);
	return status;
}
