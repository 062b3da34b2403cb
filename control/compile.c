/* compile - from text to CDB; see compile.h. */
#include "control/compile.h"

#include "control/compiler.h"
#include "control/install.h"
#include "lib/base/die.h"
#include "lib/base/home.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

int
compile_lock(void)
{
	int fd;

	if (mkdir("control/cdb", 0755) < 0 && errno != EEXIST)
		return -1;
	fd = open("control/cdb/lock", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0)
		return -1;
	while (flock(fd, LOCK_EX) < 0) {
		if (errno == EINTR)
			continue;
		close(fd);
		return -1;
	}
	return fd;
}

void
compile_lock_or_die(void)
{
	if (access("control", F_OK) < 0)
		die_perm("there is no folder control in %s: "
		    "run posthouse init", home_path());
	if (compile_lock() < 0)
		die_temp("cannot lock control/cdb/lock in %s", home_path());
}

/* "postmaster" alone is that of me; me need not be a mail domain of ours, so
 * the first one that is steps in. */
static void
put_house_postmaster(struct compiler *compiler)
{
	struct str address = {0};

	if (!compiler->domains.len)
		return;
	str_addf(&address, "postmaster@%s",
	    compiler_knows(compiler, 'd', str_slice(&compiler->me)) ?
	    str_c(&compiler->me) : str_c(&compiler->domains.v[0].name));
	compiler_put_text(compiler, "=postmaster", str_slice(&address));
	str_free(&address);
}

static void
read_all_text(struct compiler *compiler)
{
	compiler_put_text(compiler, "=format", slice_of(ROWS_FORMAT));
	compile_names(compiler);
	compile_settings(compiler);
	for (const struct table_rule *r = table_rules; r->file; r++)
		compile_table(compiler, r);
	listen_finish(compiler);
	clients_finish(compiler);
	put_house_postmaster(compiler);
}

/* Reads the text and writes the draft of cdb/routing, then looks at it as the
 * programs would. */
static int
draft_routing(struct compiler *compiler, struct draft *draft)
{
	struct config config;
	int result;

	if (draft_begin(draft) < 0)
		return -1;
	compiler->routing = &draft->cdb;
	read_all_text(compiler);
	errno = compiler->error;
	if (errno || draft_finish(draft) < 0)
		return -1;
	result = config_open_file(&config, str_c(&draft->path));
	if (result < 0)
		return -1;
	compile_check(compiler, &config);
	compiler->report->is_listen_changed = draft_changes_listen(&config);
	config_close(&config);
	return 0;
}

static int
draft_passwd(struct compiler *compiler, struct draft *draft)
{
	if (draft_begin(draft) < 0 ||
	    compile_passwd(compiler, &draft->cdb) < 0)
		return -1;
	return draft_finish(draft);
}

/* Who may read a CDB: the group PREFIXGROUP, or the caller alone (one user,
 * or not root). */
static void
share_with(struct compiler *compiler, struct draft *draft, const char *group,
    bool is_needed)
{
	struct str name = {0};
	const struct group *entry;

	if (geteuid() != 0 || slice_is(str_slice(&compiler->users), "one"))
		return;
	str_addf(&name, "%s%s", str_c(&compiler->users), group);
	entry = getgrnam(str_c(&name));
	if (entry) {
		draft->is_shared = true;
		draft->gid = entry->gr_gid;
	} else if (is_needed) {
		fault_add(&compiler->report->faults, "users", 0,
		    "the system has no group %s, run posthouse init, "
		    "or write one if everything is one user", str_c(&name));
	}
	str_free(&name);
}

static enum compile_result
compile_both(struct compiler *compiler, struct draft *routing,
    struct draft *passwd)
{
	struct compile_report *report = compiler->report;

	if (draft_routing(compiler, routing) < 0) {
		str_addf(&report->doing, "write %s", str_c(&routing->path));
		return COMPILE_ERROR;
	}
	if (draft_passwd(compiler, passwd) < 0) {
		str_addf(&report->doing, "write %s", str_c(&passwd->path));
		return COMPILE_ERROR;
	}
	share_with(compiler, routing, "routing", true);
	share_with(compiler, passwd, "auth", false);
	if (report->faults.len)
		return COMPILE_FAULTS;
	if (draft_install(routing) < 0 || draft_install(passwd) < 0) {
		str_puts(&report->doing, "replace the files in control/cdb");
		return COMPILE_ERROR;
	}
	return COMPILE_DONE;
}

static void
compiler_free(struct compiler *compiler)
{
	name_map_free(&compiler->seen);
	str_free(&compiler->me);
	str_free(&compiler->users);
	named_lines_free(&compiler->domains);
	named_lines_free(&compiler->aliases);
	record_free(list_row_fields, &compiler->listen_smtp);
}

enum compile_result
compile(struct compile_report *report)
{
	struct compiler compiler = {.report = report};
	struct draft routing = {.reader = "routing", .fd = -1};
	struct draft passwd = {.reader = "passwd", .fd = -1};
	enum compile_result result = compile_both(&compiler, &routing,
	    &passwd);
	int error = errno;

	draft_free(&routing);
	draft_free(&passwd);
	compiler_free(&compiler);
	errno = error;
	return result;
}

void
compile_report_free(struct compile_report *report)
{
	faults_free(&report->faults);
	str_free(&report->doing);
}
