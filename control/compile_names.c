/* compile_names - what may lie in control/; see compiler.h. */
#include "control/compiler.h"
#include "control/settings.h"
#include "lib/base/home.h"

#include <dirent.h>
#include <errno.h>
#include <pwd.h>
#include <string.h>
#include <sys/stat.h>

/* Order of dependence: domains are known before accounts, these before
 * aliases.  A domain or account whose second word is missing is a fault, but
 * known: else every row that names it would be one. */
const struct table_rule table_rules[] = {
    {"listen", "ADDRESS:PORT SERVICE", 2, read_listen},
    {"domains", "NAME KIND", 1, read_domain},
    {"accounts", "ADDRESS ROLE [OPTION=VALUE ...]", 1, read_account},
    {"aliases", "ADDRESS TARGET,TARGET...", 2, read_alias},
    {"clients", "ADDRESS/PREFIX allow|relay|deny", 2, read_client},
    {"isp", "ACCOUNT|@DOMAIN ISP-ADDRESS [OPTION=VALUE ...]", 2, read_isp},
    {"routes", "DESTINATION HOST[:PORT][,HOST...] [OPTION=VALUE ...]", 2,
	read_route},
    {"calls", "DOMAIN HOST[:PORT] [OPTION=VALUE ...]", 2, read_call},
    {0},
};

enum { NAMES_MAX = 64 };

static bool
is_table(const char *name)
{
	for (const struct table_rule *r = table_rules; r->file; r++)
		if (!strcmp(name, r->file))
			return true;
	return false;
}

bool
compiler_is_backup(const char *name)
{
	size_t len = strlen(name);

	return name[0] == '.' || name[len - 1] == '~' ||
	    (name[0] == '#' && name[len - 1] == '#');
}

/* Lists of recipients have any name, and usually a folder of this one. */
static bool
is_known(const struct compiler *compiler, const char *name)
{
	return compiler_is_backup(name) || is_table(name) ||
	    setting_find(slice_of(name)) || !strcmp(name, "Makefile") ||
	    !strcmp(name, "secrets") || !strcmp(name, "cdb") ||
	    !strcmp(name, "recipients") ||
	    compiler_knows(compiler, 'F', slice_of(name));
}

/* What the secrets are called. */
static const char *const secret_names[] = {"passwd", "isp", "calls", "tls",
	NULL};

/* It may be anything of the admin's own; or a slip of the fingers, and then
 * the secrets in it are missed nowhere. */
static void
unknown_secret(struct compiler *compiler, const char *file, const char *name)
{
	const char *hint = hint_word(slice_of(name), secret_names);

	if (hint)
		fault_add(&compiler->report->warnings, file, 0, "nothing reads "
		    "this file, did you mean secrets/%s?", hint);
	else
		fault_add(&compiler->report->warnings, file, 0, "nothing reads "
		    "this file, write passwd, isp, calls or the folder tls");
}

static void
unknown_file(struct compiler *compiler, const char *name)
{
	const char *names[NAMES_MAX], *hint;
	size_t count = 0;

	for (const struct table_rule *r = table_rules; r->file; r++)
		names[count++] = r->file;
	for (const struct setting_rule *r = setting_rules; r->name; r++)
		names[count++] = r->name;
	names[count] = NULL;
	hint = hint_word(slice_of(name), names);
	if (hint)
		fault_add(&compiler->report->faults, name, 0, "no table or "
		    "setting has this name, did you mean %s? rename or remove "
		    "the file", hint);
	else
		fault_add(&compiler->report->faults, name, 0, "no table or "
		    "setting has this name, remove the file");
}

bool
compiler_is_there(struct compiler *compiler, const char *file)
{
	struct str path = {0};
	struct stat st;
	bool is_there, is_whole;

	str_addf(&path, "control/%s", file);
	is_there = lstat(str_c(&path), &st) == 0;
	is_whole = stat(str_c(&path), &st) == 0 || errno != ENOENT;
	str_free(&path);
	if (is_there && !is_whole)
		fault_add(&compiler->unread, file, 0,
		    "this link leads nowhere, remove it or mend it");
	return is_there;
}

/* A program that somebody has taken over could rewrite what is its user's. */
static void
warn_of_owner(struct compiler *compiler, const char *file, const char *path,
    uid_t uid)
{
	const struct passwd *user = uid ? getpwuid(uid) : NULL;

	if (user && !slice_is(str_slice(&compiler->users), "one") &&
	    home_is_user(str_c(&compiler->users), user->pw_name))
		fault_add(&compiler->report->warnings, file, 0,
		    "it belongs to %s, a user of our programs, who could "
		    "change it, run chown root %s", user->pw_name, path);
}

/* Links are followed: some keep their tables elsewhere.  Who may write a table
 * decides where mail goes; a group of admins may. */
static void
look_at(struct compiler *compiler, const char *file)
{
	struct str path = {0};
	struct stat st;

	str_addf(&path, "control/%s", file);
	if (compiler_is_there(compiler, file) && stat(str_c(&path), &st) == 0) {
		if (st.st_mode & S_IWOTH)
			fault_add(&compiler->report->warnings, file, 0,
			    "anybody may write it (mode %03o), "
			    "run chmod o-w %s", st.st_mode & 0777,
			    str_c(&path));
		warn_of_owner(compiler, file, str_c(&path), st.st_uid);
	}
	str_free(&path);
}

static bool
is_secret(const char *name)
{
	for (const char *const *known = secret_names; *known; known++)
		if (!strcmp(name, *known))
			return true;
	return false;
}

/* A missing secrets is one with nothing in it. */
static void
look_at_secrets(struct compiler *compiler)
{
	DIR *dir = opendir("control/secrets");
	struct dirent *entry;

	while (dir && (entry = readdir(dir))) {
		struct str file = {0};

		str_addf(&file, "secrets/%s", entry->d_name);
		if (is_secret(entry->d_name))
			look_at(compiler, str_c(&file));
		else if (!compiler_is_backup(entry->d_name))
			unknown_secret(compiler, str_c(&file), entry->d_name);
		str_free(&file);
	}
	if (dir)
		closedir(dir);
}

void
compile_names(struct compiler *compiler)
{
	DIR *dir = opendir("control");
	struct dirent *entry;

	if (!dir) {
		compiler->error = errno;
		return;
	}
	look_at(compiler, ".");
	while ((entry = readdir(dir))) {
		if (!is_known(compiler, entry->d_name))
			unknown_file(compiler, entry->d_name);
		else if (!compiler_is_backup(entry->d_name))
			look_at(compiler, entry->d_name);
	}
	closedir(dir);
	look_at_secrets(compiler);
}
