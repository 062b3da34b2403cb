/* compile_passwd - secrets/passwd; see compiler.h. */
#include "control/compiler.h"

#include "lib/mail/address.h"

#include <crypt.h>
#include <errno.h>
#include <openssl/evp.h>
#include <string.h>
#include <sys/stat.h>
#ifdef HAVE_SODIUM
#include <sodium.h>
#endif

/* auth-check measures no longer ones. */
enum { HASH_MAX = 512, SHA512_LEN = 64, SALT_MAX = 64 };

enum { PASSWD_BYTES_MAX = 64 * 1024 * 1024 };

static const char passwd_file[] = "secrets/passwd";

static const char *
crypt_fault(const char *hash)
{
	switch (crypt_checksalt(hash)) {
	case CRYPT_SALT_OK:
	case CRYPT_SALT_METHOD_LEGACY:
	case CRYPT_SALT_TOO_CHEAP:
		return NULL;
	}
	return "crypt(3) does not know this hash, set one with "
	    "posthouse account passwd";
}

/* Base64 of a SHA-512 and its salt. */
static const char *
ssha512_fault(const char *base64)
{
	unsigned char bytes[HASH_MAX];
	size_t len = strlen(base64), padding = 0;
	int n = EVP_DecodeBlock(bytes, (const unsigned char *)base64,
	    (int)len);

	while (padding < 2 && padding < len &&
	    base64[len - 1 - padding] == '=')
		padding++;
	n -= (int)padding;
	if (len % 4 == 0 && n > SHA512_LEN && n <= SHA512_LEN + SALT_MAX)
		return NULL;
	return "this is no {SSHA512} hash, make it with "
	    "doveadm pw -s SSHA512 or posthouse account passwd";
}

#ifdef HAVE_SODIUM
static const char *
argon2id_fault(const char *hash)
{
	if (!strncmp(hash, "$argon2id$", 10) &&
	    crypto_pwhash_str_needs_rehash(hash,
		crypto_pwhash_OPSLIMIT_MIN, crypto_pwhash_MEMLIMIT_MIN) >= 0)
		return NULL;
	return "this is no {ARGON2ID} hash, make it with "
	    "doveadm pw -s ARGON2ID or posthouse account passwd";
}
#else
static const char *
argon2id_fault(const char *hash)
{
	(void)hash;
	return "this posthouse was built without libsodium, which {ARGON2ID} "
	    "needs; set the password with posthouse account passwd";
}
#endif

/* Replaces *stored by what auth-check reads: crypt(3)'s own form is told by
 * its "$", the others by their names. */
static const char *
hash_fault(struct slice hash, struct str *stored)
{
	static const struct {
		const char *name;
		const char *(*fault)(const char *hash);
		bool keeps_name;
	} schemes[] = {
		{"{CRYPT}", crypt_fault, false},
		{"{SSHA512}", ssha512_fault, true},
		{"{ARGON2ID}", argon2id_fault, true},
	};

	if (hash.len > HASH_MAX)
		return "the hash is too long, set it with "
		    "posthouse account passwd";
	str_set_slice(stored, hash);
	for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++) {
		size_t len = strlen(schemes[i].name);

		if (!slice_starts(hash, schemes[i].name))
			continue;
		if (!schemes[i].keeps_name)
			str_set_slice(stored, slice_after(hash, len));
		return schemes[i].fault(str_c(stored) +
		    (schemes[i].keeps_name ? len : 0));
	}
	return "the hash does not begin with {CRYPT}, {SSHA512} or "
	    "{ARGON2ID}, set it with posthouse account passwd";
}

static void
passwd_row(struct row *row, struct slice line, struct cdb_make *passwd)
{
	struct slice hash = line, word = slice_cut(&hash, ':');
	struct str address = {0}, stored = {0};
	const char *fault;

	if (!hash.s || address_normalize(&address, word, true) < 0) {
		row_fault(row, "this is no password, write ADDRESS:{CRYPT}HASH "
		    "or use posthouse account passwd");
		return;
	}
	if (!compiler_knows(row->compiler, 'a', str_slice(&address)))
		row_fault(row, "%s is not in control/accounts, add it there "
		    "or remove the line", str_c(&address));
	fault = hash_fault(slice_trim(hash), &stored);
	if (fault)
		row_fault(row, "%s", fault);
	row_claim(row, 'p', str_slice(&address), "password of");
	/* who has left cannot log in, and may come back */
	if (!compiler_is_former(row->compiler, str_slice(&address)))
		compiler_add(row->compiler, passwd, 'p', str_slice(&address),
		    str_slice(&stored));
	str_free(&address);
	str_free(&stored);
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
	compiler_add(compiler, passwd, '=', slice_of("format"),
	    slice_of(ROWS_FORMAT));
	if (compiler_read(compiler, passwd_file, PASSWD_BYTES_MAX, &text))
		passwd_rows(compiler, str_slice(&text), passwd);
	str_free(&text);
	errno = compiler->error;
	return errno ? -1 : 0;
}
