/*
 * confine - a program locks itself in; see confine.h.
 *
 * The order matters: no_new_privs first, the other two demand it; Landlock
 * needs system calls that the filter does not let pass, so the filter is last.
 * Debian 12's header knows Landlock's ABI 2; what later kernels added stands
 * here by number (linux/landlock.h of 6.12), and a kernel is only asked for
 * what its ABI has.
 */
#include "lib/base/confine.h"

#include "lib/base/confine_calls.h"
#include "lib/base/die.h"
#include "lib/base/log.h"

#include <fcntl.h>
#include <linux/landlock.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#define FS_TRUNCATE (1ULL << 14)  /* ABI 3 */
#define NET_BIND_TCP (1ULL << 0)  /* ABI 4 */
#define NET_CONNECT_TCP (1ULL << 1)
#define FS_IOCTL_DEV (1ULL << 15) /* ABI 5 */
#define SCOPE_ABSTRACT (1ULL << 0) /* ABI 6: abstract Unix sockets */
#define SCOPE_SIGNAL (1ULL << 1)

/* struct landlock_ruleset_attr as of ABI 6; an older kernel accepts a longer
 * one whose new members are zero. */
struct ruleset {
	uint64_t fs, net, scope;
};

/* The first ABI cannot allow any rename between directories. */
enum { ABI_LOWEST = 2 };

static const uint64_t fs_all = (LANDLOCK_ACCESS_FS_REFER << 1) - 1;
static const uint64_t fs_read =
    LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR;
static const uint64_t fs_add =
    LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_WRITE_FILE;
static const uint64_t fs_change = FS_TRUNCATE | LANDLOCK_ACCESS_FS_MAKE_DIR |
    LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_REMOVE_DIR |
    LANDLOCK_ACCESS_FS_REFER;

/* 0: this kernel has no Landlock, or none that we can use. */
static int
landlock_abi(void)
{
	long abi = syscall(SYS_landlock_create_ruleset, NULL, 0,
	    LANDLOCK_CREATE_RULESET_VERSION);

	return abi < ABI_LOWEST ? 0 : (int)abi;
}

/* All that this kernel can deny; rules then grant some of it. */
static struct ruleset
all_rights(int abi)
{
	struct ruleset all = {.fs = fs_all};

	if (abi >= 3)
		all.fs |= FS_TRUNCATE;
	if (abi >= 4)
		all.net = NET_BIND_TCP | NET_CONNECT_TCP;
	if (abi >= 5)
		all.fs |= FS_IOCTL_DEV;
	if (abi >= 6)
		all.scope = SCOPE_ABSTRACT | SCOPE_SIGNAL;
	return all;
}

static void
grant(int domain_fd, const char *path, uint64_t rights)
{
	struct landlock_path_beneath_attr rule = {.allowed_access = rights};

	rule.parent_fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (rule.parent_fd < 0)
		die_temp("cannot confine myself to %s: "
		    "is this a complete instance?", path);
	if (syscall(SYS_landlock_add_rule, domain_fd,
	    LANDLOCK_RULE_PATH_BENEATH, &rule, 0) < 0)
		die_temp("cannot confine myself to %s", path);
	close(rule.parent_fd);
}

static uint64_t
rights_below(const struct confine_path *path)
{
	uint64_t rights = 0;

	if (path->rights & (DIR_READ | DIR_CHANGE))
		rights |= fs_read;
	if (path->rights & (DIR_ADD | DIR_CHANGE))
		rights |= fs_add;
	if (path->rights & DIR_CHANGE)
		rights |= fs_change;
	return rights;
}

static int
domain_make(const struct ruleset *denied, const struct confine_path *paths)
{
	int fd = (int)syscall(SYS_landlock_create_ruleset, denied,
	    sizeof *denied, 0);

	if (fd < 0)
		die_temp("cannot confine myself (Landlock)");
	for (; paths && paths->path; paths++)
		grant(fd, paths->path, rights_below(paths) & denied->fs);
#ifdef SANITIZED
	grant(fd, "/", fs_read); /* the runtime reads /proc and symbols */
#endif
	return fd;
}

int
confine_prepare(const struct confine_path *paths)
{
	int abi = landlock_abi();
	struct ruleset denied = all_rights(abi);

	/* the parent's domain, which the child is in too, says what net */
	denied.net = 0;
	return abi ? domain_make(&denied, paths) : -1;
}

static void
enter(int domain_fd)
{
	if (domain_fd < 0)
		return;
	if (syscall(SYS_landlock_restrict_self, domain_fd, 0) < 0)
		die_temp("cannot confine myself (Landlock)");
	close(domain_fd);
}

void
confine_enter(int domain_fd)
{
	struct rlimit none = {0};

	/* the filter that it inherited would let it fork */
	if (setrlimit(RLIMIT_NPROC, &none) < 0)
		die_temp("cannot give up making processes");
	enter(domain_fd);
}

static void
confine_files(const struct confine *needs)
{
	int abi = landlock_abi();
	struct ruleset denied = all_rights(abi);

	if (!abi) {
		log_event("confine", "why", "this kernel has no Landlock: "
		    "files are guarded by their modes alone", NULL);
		return;
	}
	if (needs->promises & MAY_CONNECT)
		denied.net &= ~NET_CONNECT_TCP;
	enter(domain_make(&denied, needs->paths));
}

void
confine(const struct confine *needs)
{
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		die_temp("cannot give up new privileges");
#ifndef SANITIZED
	/* no core file with people's mail in it, and closed to ptrace and
	 * /proc/PID/mem of others with the same uid */
	if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0)
		die_temp("cannot make myself undumpable");
#endif
	confine_files(needs);
	if (confine_calls(needs->promises) < 0)
		die_temp("cannot confine myself (seccomp)");
}
