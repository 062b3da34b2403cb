/* compile_passwd - secrets/passwd; see compiler.h. */
#include "control/compiler.h"

#include "lib/mail/address.h"

#include <crypt.h>
#include <errno.h>
#include <sys/stat.h>

enum { PASSWD_BYTES_MAX = 64 * 1024 * 1024 };

static const char passwd_file[] = "secrets/passwd";

static const char *
hash_fault(struct slice hash, struct str *setting)
{
	if (!slice_starts(hash, "{CRYPT}"))
		return "the hash does not begin with {CRYPT}, set it with "
		    "posthouse account passwd";
	str_set_slice(setting, slice_make(hash.s + 7, hash.len - 7));
	switch (crypt_checksalt(str_c(setting))) {
	case CRYPT_SALT_OK:
	case CRYPT_SALT_METHOD_LEGACY:
	case CRYPT_SALT_TOO_CHEAP:
		return NULL;
	}
	return "the hash is none that crypt(3) knows, set it with "
	    "posthouse account passwd";
}

static void
passwd_row(struct row *row, struct slice line, struct cdb_make *passwd)
{
	struct slice hash = line, word = slice_cut(&hash, ':');
	struct str address = {0}, key = {0}, setting = {0};
	const char *fault;

	if (!hash.s || address_normalize(&address, word, true) < 0) {
		row_fault(row, "this is no password, write ADDRESS:{CRYPT}HASH "
		    "or use posthouse account passwd");
		return;
	}
	if (!compiler_knows(row->compiler, 'a', str_slice(&address)))
		row_fault(row, "%s is not in control/accounts, add it there "
		    "or remove the line", str_c(&address));
	fault = hash_fault(slice_trim(hash), &setting);
	if (fault)
		row_fault(row, "%s", fault);
	row_claim(row, 'p', str_slice(&address), "password of");
	str_addf(&key, "p%s", str_c(&address));
	if (cdb_make_add(passwd, key.s, (unsigned)key.len, str_c(&setting),
	    (unsigned)setting.len) < 0)
		row->compiler->error = errno;
	str_free(&address);
	str_free(&key);
	str_free(&setting);
}

static void
passwd_rows(struct compiler *compiler, struct slice text,
    struct cdb_make *passwd)
{
	struct row row = {.compiler = compiler, .file = passwd_file};

	while (text.len) {
		struct slice line = slice_cut(&text, '\n');
		const char *fault = table_line_fault(line);

		row.line++;
		if (fault)
			row_fault(&row, "%s", fault);
		else if (slice_trim(line).len && line.s[0] != '#')
			passwd_row(&row, line, passwd);
	}
}

static void
check_privacy(struct compiler *compiler)
{
	struct stat st;

	if (stat("control/secrets", &st) == 0 && (st.st_mode & 077))
		fault_add(&compiler->report->faults, "secrets", 0,
		    "others may look into it (mode %03o), "
		    "run chmod 700 control/secrets", st.st_mode & 0777);
}

int
compile_passwd(struct compiler *compiler, struct cdb_make *passwd)
{
	struct str text = {0};

	check_privacy(compiler);
	if (cdb_make_add(passwd, "=format", 7, ROWS_FORMAT,
	    sizeof ROWS_FORMAT - 1) < 0)
		return -1;
	if (compiler_read(compiler, passwd_file, PASSWD_BYTES_MAX, &text))
		passwd_rows(compiler, str_slice(&text), passwd);
	str_free(&text);
	errno = compiler->error;
	return errno ? -1 : 0;
}
