/* compile - from text to CDB; see compile.h. */
#include "control/compile.h"

#include "control/compiler.h"
#include "control/install.h"
#include "control/pending.h"
#include "control/services.h"
#include "lib/base/die.h"
#include "lib/base/home.h"
#include "lib/mail/address.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <openssl/crypto.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

int
compile_lock(void)
{
	int fd;

	/* readers pass through it, whatever the umask says */
	if (mkdir("control/cdb", 0755) == 0 ?
	    chmod("control/cdb", 0755) < 0 : errno != EEXIST)
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

/* The first on the way to the lock that keeps us out; NULL: none of them. */
static const char *
what_is_barred(void)
{
	static const struct {
		const char *path;
		int how;
	} way[] = {{"control", X_OK}, {"control/cdb", W_OK | X_OK},
		{"control/cdb/lock", R_OK | W_OK}};

	for (size_t i = 0; i < sizeof way / sizeof *way; i++)
		if (faccessat(AT_FDCWD, way[i].path, way[i].how, AT_EACCESS) < 0
		    && errno == EACCES)
			return way[i].path;
	return NULL;
}

static void
die_of_modes(void)
{
	const char *path = what_is_barred(), *home = home_path();
	struct stat st;

	if (!path || stat(path, &st) < 0)
		return;
	if (st.st_uid != geteuid())
		die_perm("%s/%s belongs to another user: be that user (root, "
		    "unless it is a one-user instance)", home, path);
	die_perm("%s/%s has the mode %03o: run chmod u+rwX %s/%s", home, path,
	    st.st_mode & 0777, home, path);
}

void
compile_lock_or_die(void)
{
	if (compile_lock() >= 0)
		return;
	if (errno == EACCES)
		die_of_modes();
	die_temp("cannot lock control/cdb/lock in %s", home_path());
}

/* Where no domain has its mailboxes here, a person must be found elsewhere:
 * who gets the reports that nobody else can get, if the tables say. */
static void
add_strange_postmaster(struct compiler *compiler, struct str *address)
{
	struct slice given = str_slice(&compiler->doublebounceto);
	struct slice local, domain;

	if (address_split(given, &local, &domain) &&
	    !slice_eq(domain, str_slice(&compiler->me))) {
		str_add_slice(address, given);
		return;
	}
	str_addf(address, "postmaster@%s",
	    str_c(&compiler->domains.v[0].name));
	fault_add(&compiler->report->warnings, "domains", 0,
	    "no domain has its mailboxes here, so that %s is also the "
	    "postmaster of this house, name another in control/doublebounceto",
	    str_c(address));
}

/* "postmaster" alone is that of me; me need not be a mail domain of ours, so
 * the first one that has its mailboxes here steps in. */
static void
put_house_postmaster(struct compiler *compiler)
{
	struct str address = {0};

	if (!compiler->domains.len)
		return;
	if (compiler_knows(compiler, 'h', str_slice(&compiler->me)))
		str_addf(&address, "postmaster@%s", str_c(&compiler->me));
	else if (compiler->home.len)
		str_addf(&address, "postmaster@%s", str_c(&compiler->home));
	else
		add_strange_postmaster(compiler, &address);
	compiler_add(compiler, compiler->routing, '=', slice_of("postmaster"),
	    str_slice(&address));
	str_free(&address);
}

static void
read_all_text(struct compiler *compiler)
{
	compiler_add(compiler, compiler->routing, '=', slice_of("format"),
	    slice_of(ROWS_FORMAT));
	compile_settings(compiler);
	for (const struct table_rule *r = table_rules; r->file; r++)
		compile_table(compiler, r);
	compile_names(compiler);
	listen_finish(compiler);
	clients_finish(compiler);
	isp_finish(compiler);
	share_finish(compiler);
	etrn_index_finish(compiler);
	recipients_finish(compiler);
	put_house_postmaster(compiler);
}

/* Reads the text and writes the draft of cdb/routing, then looks at it as the
 * programs would; cdb/remote is a part of it. */
static int
draft_routing(struct compiler *compiler, struct draft *draft,
    struct draft *remote)
{
	struct config config;

	if (draft_begin(draft) < 0 || draft_begin(remote) < 0)
		return -1;
	compiler->routing = &draft->cdb;
	read_all_text(compiler);
	errno = compiler->error;
	if (errno || draft_finish(draft) < 0)
		return -1;
	if (config_open_file(&config, str_c(&draft->path)) < 0)
		return -1;
	compile_check(compiler, &config);
	compile_dovecot(&config, &compiler->dovecot);
	compile_remote(compiler, &config, &remote->cdb);
	config_close(&config);
	errno = compiler->error;
	return errno ? -1 : draft_finish(remote);
}

/* What the programs that log in at a provider read. */
static int
draft_isp(struct compiler *compiler, const struct draft *routing,
    struct draft *pop3, struct draft *smtp, struct draft *map)
{
	struct config config;
	int result;

	isp_secrets(compiler);
	if (draft_begin(pop3) < 0 || draft_begin(smtp) < 0 ||
	    draft_begin(map) < 0 ||
	    config_open_file(&config, str_c(&routing->path)) < 0)
		return -1;
	result = compile_isp_pop3(compiler, &config, &pop3->cdb);
	if (result == 0)
		result = compile_isp_smtp(compiler, &config, &smtp->cdb);
	if (result == 0)
		result = compile_isp_map(compiler, &config, &map->cdb);
	config_close(&config);
	if (result < 0 || draft_finish(pop3) < 0 || draft_finish(smtp) < 0)
		return -1;
	return draft_finish(map);
}

static int
draft_call(struct compiler *compiler, const struct draft *routing,
    struct draft *call)
{
	struct config config;
	int result;

	if (draft_begin(call) < 0 ||
	    config_open_file(&config, str_c(&routing->path)) < 0)
		return -1;
	result = compile_calls(compiler, &config, &call->cdb);
	config_close(&config);
	return result < 0 ? -1 : draft_finish(call);
}

static int
draft_passwd(struct compiler *compiler, struct draft *draft)
{
	if (draft_begin(draft) < 0 ||
	    compile_passwd(compiler, &draft->cdb) < 0)
		return -1;
	return draft_finish(draft);
}

static int
draft_tls(struct compiler *compiler, struct draft *cert, struct draft *key)
{
	if (draft_begin(cert) < 0 || draft_begin(key) < 0 ||
	    compile_tls(compiler, &cert->cdb, &key->cdb) < 0 ||
	    draft_finish(cert) < 0)
		return -1;
	return draft_finish(key);
}

/* Who may read a CDB: the group PREFIXGROUP, or the caller alone (one user,
 * or not root). */
static void
share_with(struct compiler *compiler, struct draft *draft, const char *group,
    bool is_needed)
{
	struct str name = {0};
	const struct group *entry;

	if (geteuid() != 0 || slice_is(str_slice(&compiler->users), "one") ||
	    !compiler->users.len) /* which is a fault */
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

/* One CDB for each kind of reader; no program reads two that must agree.  In
 * the order in which they take effect: no certificate is shown whose key is
 * not there yet; and queue-manager, which watches cdb/routing, has agents
 * look at theirs anew. */
enum { REMOTE, PASSWD, TLS_KEY, TLS_CERT, ISP_POP3, ISP_SMTP, ISP_MAP, CALL,
	ROUTING, DRAFTS };

static int
write_drafts(struct compiler *compiler, struct draft *drafts)
{
	if (draft_routing(compiler, &drafts[ROUTING], &drafts[REMOTE]) < 0 ||
	    draft_passwd(compiler, &drafts[PASSWD]) < 0 ||
	    draft_tls(compiler, &drafts[TLS_CERT], &drafts[TLS_KEY]) < 0 ||
	    draft_isp(compiler, &drafts[ROUTING], &drafts[ISP_POP3],
		&drafts[ISP_SMTP], &drafts[ISP_MAP]) < 0 ||
	    draft_call(compiler, &drafts[ROUTING], &drafts[CALL]) < 0)
		return -1;
	share_with(compiler, &drafts[ROUTING], "routing", true);
	share_with(compiler, &drafts[REMOTE], "remote", false);
	share_with(compiler, &drafts[PASSWD], "auth", false);
	share_with(compiler, &drafts[TLS_CERT], "cert", false);
	share_with(compiler, &drafts[TLS_KEY], "key", false);
	share_with(compiler, &drafts[ISP_POP3], "fetch", false);
	share_with(compiler, &drafts[ISP_SMTP], "isp", false);
	share_with(compiler, &drafts[ISP_MAP], "isp", false);
	share_with(compiler, &drafts[CALL], "call", false);
	services_wanted(compiler, &compiler->services);
	compiler->report->is_up_needed =
	    services_differ(str_slice(&compiler->services));
	return 0;
}

/* What depends on a table that nobody could read is no fault of others. */
static void
leave_the_unread(struct compiler *compiler)
{
	faults_free(&compiler->report->faults);
	faults_free(&compiler->report->warnings);
	compiler->report->faults = compiler->unread;
	compiler->unread = (struct faults){0};
}

/* Between the first file and the last, the word for posthouse status says that
 * there is no end yet: whatever happens, the disk may be too full to say it
 * then. */
static int
install_all(struct compiler *compiler, struct draft *drafts)
{
	struct compile_report *report = compiler->report;

	str_set(&report->doing, "replace the files in control/cdb");
	if (pending_begin() < 0)
		return -1;
	report->is_halfway = true;
	for (size_t i = 0; i < DRAFTS; i++)
		if (draft_install(&drafts[i]) < 0)
			return -1;
	str_set(&report->doing, "replace control/cdb/dovecot/passwd");
	if (dovecot_install(str_slice(&compiler->dovecot)) < 0)
		return -1;
	/* last: what differs from it is what posthouse up is to start */
	str_set(&report->doing, "replace control/cdb/services");
	if (services_install(str_slice(&compiler->services)) < 0)
		return -1;
	report->is_halfway = false;
	str_clear(&report->doing);
	pending_faults(0);
	return 0;
}

static enum compile_result
compile_all(struct compiler *compiler, struct draft *drafts)
{
	struct compile_report *report = compiler->report;

	if (write_drafts(compiler, drafts) < 0) {
		str_set(&report->doing, "write below control/cdb");
		return COMPILE_ERROR;
	}
	if (compiler->unread.len)
		leave_the_unread(compiler);
	if (report->faults.len)
		return COMPILE_FAULTS;
	return install_all(compiler, drafts) < 0 ? COMPILE_ERROR :
	    COMPILE_DONE;
}

static void
compiler_free(struct compiler *compiler)
{
	faults_free(&compiler->unread);
	name_map_free(&compiler->seen);
	str_free(&compiler->me);
	str_free(&compiler->helohost);
	str_free(&compiler->doublebounceto);
	str_free(&compiler->home);
	str_free(&compiler->users);
	str_free(&compiler->cafile);
	if (compiler->dovecot.s)
		OPENSSL_cleanse(compiler->dovecot.s, compiler->dovecot.cap);
	str_free(&compiler->dovecot);
	str_free(&compiler->services);
	named_lines_free(&compiler->domains);
	named_lines_free(&compiler->aliases);
	recipients_free(&compiler->recipients);
	isp_list_free(&compiler->isp);
	share_list_free(&compiler->shares);
	etrn_index_free(&compiler->etrn);
	call_list_free(&compiler->calls);
	for (size_t i = 0; i < LISTEN_SERVICES; i++)
		record_free(list_row_fields, &compiler->listen[i]);
}

enum compile_result
compile(struct compile_report *report)
{
	struct compiler compiler = {.report = report};
	struct draft drafts[DRAFTS] = {
		[ROUTING] = {.reader = "routing", .fd = -1},
		[REMOTE] = {.reader = "remote", .fd = -1},
		[PASSWD] = {.reader = "passwd", .fd = -1},
		[TLS_CERT] = {.reader = "tls-cert", .fd = -1},
		[TLS_KEY] = {.reader = "tls-key", .fd = -1},
		[ISP_POP3] = {.reader = "isp-pop3", .fd = -1},
		[ISP_SMTP] = {.reader = "isp-smtp", .fd = -1},
		[ISP_MAP] = {.reader = "isp-map", .fd = -1},
		[CALL] = {.reader = "call", .fd = -1},
	};
	enum compile_result result = compile_all(&compiler, drafts);
	int error = errno;

	for (size_t i = 0; i < DRAFTS; i++)
		draft_free(&drafts[i]);
	compiler_free(&compiler);
	errno = error;
	return result;
}

void
compile_die(const struct compile_report *report)
{
	die_temp("cannot %s; %s", str_c(&report->doing), report->is_halfway ?
	    "some of the new tables are in force and some are not, until you "
	    "mend this and run posthouse compile" :
	    "the tables compiled before stay in force");
}

void
compile_report_free(struct compile_report *report)
{
	faults_free(&report->faults);
	faults_free(&report->warnings);
	str_free(&report->doing);
}
