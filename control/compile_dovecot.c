/*
 * compile_dovecot - control/cdb/dovecot/passwd; see compiler.h.
 *
 * What Dovecot needs to know of an account: its hash and its quota, as a
 * passwd-file for Dovecot's group.  Accounts without a password are not in
 * it: nobody can log in to them.
 */
#include "control/compiler.h"
#include "lib/base/io.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PASSWD_BYTES_MAX = 64 * 1024 * 1024 };

static const char folder[] = "control/cdb/dovecot";
static const char file[] = "control/cdb/dovecot/passwd";
static const char fresh[] = "control/cdb/dovecot/passwd.draft";

/* user:hash:uid:gid:gecos:home:shell:extra; the empty ones are Dovecot's
 * defaults of posthouse dovecot. */
static void
put_line(struct str *to, const struct account *account, struct slice hash)
{
	str_add_slice(to, str_slice(&account->address));
	str_putc(to, ':');
	str_add_slice(to, hash);
	str_puts(to, "::::::");
	if (account->quota_bytes)
		str_addf(to, "userdb_quota_rule=*:bytes=%llu ",
		    (unsigned long long)account->quota_bytes);
	if (account->quota_messages)
		str_addf(to, "userdb_quota_rule2=*:messages=%llu",
		    (unsigned long long)account->quota_messages);
	str_putc(to, '\n');
}

/* Lines that compile_passwd found fault with are skipped. */
void
compile_dovecot(struct config *routing, struct str *to)
{
	struct account account = {0};
	struct str text = {0};
	struct slice rest;

	(void)read_file(AT_FDCWD, "control/secrets/passwd", &text,
	    PASSWD_BYTES_MAX);
	rest = str_slice(&text);
	while (rest.len) {
		struct slice line = slice_trim(slice_cut(&rest, '\n'));
		struct slice name = slice_cut(&line, ':');

		if (line.s && name.len && name.s[0] != '#' &&
		    config_account(routing, name, &account) &&
		    !account.is_former)
			put_line(to, &account, slice_trim(line));
	}
	account_free(&account);
	str_free(&text);
}

/* Root's, and Dovecot's to read where there is a Dovecot. */
static int
give(const char *path, mode_t mode)
{
	const struct group *dovecot = getgrnam("dovecot");

	if (geteuid() != 0 || !dovecot)
		return chmod(path, mode & 0700);
	if (chown(path, 0, dovecot->gr_gid) < 0)
		return -1;
	return chmod(path, mode);
}

int
dovecot_install(struct slice text)
{
	if (mkdir(folder, 0700) < 0 && errno != EEXIST)
		return -1;
	if (give(folder, 0750) < 0 || replace_file(fresh, text, 0600) < 0 ||
	    give(fresh, 0640) < 0 || rename(fresh, file) < 0)
		return -1;
	return sync_dir(AT_FDCWD, folder);
}
