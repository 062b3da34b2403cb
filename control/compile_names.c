/* compile_names - what may lie in control/; see compiler.h. */
#include "control/compiler.h"
#include "control/settings.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
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

/* What editors and make leave behind: hidden files and #name# and name~. */
static bool
is_backup(const char *name)
{
	size_t len = strlen(name);

	return name[0] == '.' || name[len - 1] == '~' ||
	    (name[0] == '#' && name[len - 1] == '#');
}

/* Lists of recipients have any name, and usually a folder of this one. */
static bool
is_known(const struct compiler *compiler, const char *name)
{
	return is_backup(name) || is_table(name) ||
	    setting_find(slice_of(name)) || !strcmp(name, "Makefile") ||
	    !strcmp(name, "secrets") || !strcmp(name, "cdb") ||
	    !strcmp(name, "recipients") ||
	    compiler_knows(compiler, 'F', slice_of(name));
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
	fault_add(&compiler->report->faults, name, 0, hint ?
	    "no table or setting has this name, did you mean %s? "
	    "rename or remove the file" :
	    "no table or setting has this name, remove the file%.0s",
	    hint ? hint : "");
}

/* Links are followed: some keep their tables elsewhere.  Who may write a table
 * decides where mail goes; a group of admins may. */
static void
look_at(struct compiler *compiler, int dir_fd, const char *name)
{
	struct stat st;

	if (fstatat(dir_fd, name, &st, 0) < 0) {
		if (errno == ENOENT &&
		    fstatat(dir_fd, name, &st, AT_SYMLINK_NOFOLLOW) == 0)
			fault_add(&compiler->unread, name, 0,
			    "this link leads nowhere, remove it or mend it");
		return;
	}
	if (st.st_mode & S_IWOTH)
		fault_add(&compiler->report->warnings, name, 0,
		    "anybody may write it (mode %03o), "
		    "run chmod o-w control/%s", st.st_mode & 0777, name);
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
	look_at(compiler, dirfd(dir), ".");
	while ((entry = readdir(dir))) {
		if (!is_known(compiler, entry->d_name))
			unknown_file(compiler, entry->d_name);
		else if (!is_backup(entry->d_name))
			look_at(compiler, dirfd(dir), entry->d_name);
	}
	closedir(dir);
}
