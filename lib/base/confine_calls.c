/*
 * confine_calls - which system calls a promise stands for; see confine.h.
 *
 * Three answers to a call:
 *  - listed: passes.  Calls without an argument to check cost nothing, the
 *    kernel remembers the verdict; so the hot ones (read, write, fsync) have
 *    none.
 *  - hostile: kills the process.  These are calls that no line of ours and no
 *    library ever makes in a confined program: whoever makes one is somebody
 *    else, running in our process, and must not get a second try.
 *  - all others, or listed with wrong arguments: ENOSYS.  Not EPERM: a newer
 *    libc tries newer calls first (clone3, statx, faccessat2) and takes the
 *    older way only if it hears that the kernel has no such call.
 *
 * Arguments are compared as the kernel sees them, and pointers not at all:
 * which path is Landlock's matter.
 */
#include "lib/base/confine_calls.h"

#include "lib/base/confine.h"
#include "lib/base/io.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <netinet/in.h>
#include <sched.h>
#include <seccomp.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

/* At most two conditions, and all must hold; several rows are alternatives. */
struct rule {
	int call;
	unsigned conditions;
	struct scmp_arg_cmp when[2];
};

#define ANY(name) {SCMP_SYS(name), 0, {{0}}}
#define IS(name, arg, value) \
	{SCMP_SYS(name), 1, {{arg, SCMP_CMP_EQ, value, 0}}}
#define HAS(name, arg, bits) \
	{SCMP_SYS(name), 1, {{arg, SCMP_CMP_MASKED_EQ, bits, bits}}}
#define LACKS(name, arg, bits) \
	{SCMP_SYS(name), 1, {{arg, SCMP_CMP_MASKED_EQ, bits, 0}}}
#define LESS(name, arg, value) \
	{SCMP_SYS(name), 1, {{arg, SCMP_CMP_LT, value, 0}}}
#define LACKS_BOTH(name, arg1, bits1, arg2, bits2) \
	{SCMP_SYS(name), 2, {{arg1, SCMP_CMP_MASKED_EQ, bits1, 0}, \
	    {arg2, SCMP_CMP_MASKED_EQ, bits2, 0}}}
#define END {END_CALL, 0, {{0}}}
enum { END_CALL = __NR_SCMP_ERROR }; /* 0 is read */

enum { FILTER_MAX = 64 * 1024 };

/* Bits that an argument must not have. */
enum {
	WRITING = O_ACCMODE | O_CREAT | O_TRUNC,
	NAMELESS = O_TMPFILE & ~O_DIRECTORY,
	SPECIAL_MODE = S_ISUID | S_ISGID | S_ISVTX,
	SOCKET_TYPE = 0xf
};
/* Connects without connect(2), and Landlock does not see it (6.18). */
#ifndef MSG_FASTOPEN
#define MSG_FASTOPEN 0x20000000
#endif
#define NEGATIVE 0x80000000u
#define NOT_PLAIN_FORK \
	(0xffffff00u & ~(unsigned)(CLONE_CHILD_SETTID | CLONE_CHILD_CLEARTID))

static const struct rule always[] = {
    /* memory: nothing becomes code any more */
    ANY(brk), ANY(munmap), ANY(mremap), ANY(madvise),
    LACKS(mmap, 2, PROT_EXEC), LACKS(mprotect, 2, PROT_EXEC),
    /* descriptors at hand */
    ANY(read), ANY(write), ANY(readv), ANY(writev), ANY(pread64),
    ANY(pwrite64), ANY(lseek), ANY(close), ANY(sendfile), ANY(fadvise64),
    ANY(dup), ANY(dup2), ANY(dup3), ANY(fstat),
    HAS(newfstatat, 3, AT_EMPTY_PATH), HAS(statx, 2, AT_EMPTY_PATH),
    IS(fcntl, 1, F_GETFD), IS(fcntl, 1, F_SETFD), IS(fcntl, 1, F_GETFL),
    IS(fcntl, 1, F_SETFL), IS(fcntl, 1, F_DUPFD_CLOEXEC),
    ANY(pipe), ANY(pipe2),
    /* conversations at hand */
    ANY(recvfrom), LACKS(sendto, 3, MSG_FASTOPEN), ANY(shutdown),
    ANY(getsockopt), ANY(setsockopt), ANY(getsockname), ANY(getpeername),
    /* waiting */
    ANY(poll), ANY(ppoll), ANY(select), ANY(pselect6), ANY(pause),
    ANY(nanosleep), ANY(clock_nanosleep), ANY(restart_syscall),
    ANY(futex), ANY(sched_yield), ANY(setitimer), ANY(alarm),
    /* signals of one's own */
    ANY(rt_sigaction), ANY(rt_sigprocmask), ANY(rt_sigreturn),
    ANY(rt_sigsuspend), ANY(rt_sigtimedwait), ANY(rt_sigpending),
    ANY(sigaltstack),
    /* questions */
    ANY(clock_gettime), ANY(clock_getres), ANY(gettimeofday), ANY(time),
    ANY(getrandom), ANY(getpid), ANY(getppid), ANY(gettid), ANY(getuid),
    ANY(geteuid), ANY(getgid), ANY(getegid), ANY(getgroups), ANY(uname),
    ANY(sysinfo), ANY(getrusage), ANY(times), ANY(getcpu),
    ANY(sched_getaffinity), IS(prlimit64, 2, 0),
    /* what libc does at fork and in threads of its own */
    ANY(set_robust_list), ANY(rseq), ANY(umask),
    ANY(exit), ANY(exit_group),
    END
};

static const struct rule opening[] = {
    LACKS(openat, 2, WRITING), LACKS(open, 1, WRITING),
    ANY(newfstatat), ANY(stat), ANY(lstat), ANY(statx), ANY(statfs),
    ANY(fstatfs), ANY(access), ANY(faccessat), ANY(faccessat2),
    ANY(getdents64), ANY(readlink), ANY(readlinkat), ANY(readahead),
    END
};

/* The mode never makes a set-id program: phsmtp could not use one itself
 * (no_new_privs), but it would wait there for somebody else.  And a file has
 * a name: one without fills the disk unseen. */
static const struct rule creating[] = {
    LACKS_BOTH(openat, 2, NAMELESS, 3, SPECIAL_MODE),
    LACKS_BOTH(open, 1, NAMELESS, 2, SPECIAL_MODE),
    LACKS(mkdir, 1, SPECIAL_MODE), LACKS(mkdirat, 2, SPECIAL_MODE),
    ANY(fsync), ANY(fdatasync), ANY(sync_file_range), ANY(ftruncate),
    ANY(fallocate), ANY(flock), ANY(utimensat), ANY(copy_file_range),
    END
};

static const struct rule syncing[] = {
    ANY(syncfs),
    END
};

static const struct rule renaming[] = {
    ANY(rename), ANY(renameat), ANY(renameat2), ANY(unlink), ANY(unlinkat),
    ANY(rmdir),
    END
};

/* From a name to a name: not what is open (AT_EMPTY_PATH), and not what a
 * symbolic link points at. */
static const struct rule linking[] = {
    IS(linkat, 4, 0),
    END
};

/* Who does not promise to link is killed for it, as for all below. */
static const struct rule linking_unasked[] = {
    ANY(linkat),
    END
};

/* clone makes processes, not threads and not namespaces.  kill takes no
 * negative number: no groups, and never everybody; strangers are out of reach
 * by Landlock's signal scope.  Children may only lock themselves in further:
 * the last two rows. */
static const struct rule forking[] = {
    LACKS(clone, 0, NOT_PLAIN_FORK), ANY(fork), ANY(wait4), ANY(waitid),
    LACKS(kill, 0, NEGATIVE), IS(prctl, 0, PR_SET_PDEATHSIG),
    ANY(landlock_restrict_self), IS(socketpair, 0, AF_UNIX),
    {SCMP_SYS(prlimit64), 2, {{0, SCMP_CMP_EQ, 0, 0},
	{1, SCMP_CMP_EQ, RLIMIT_NPROC, 0}}},
    END
};

static const struct rule accepting[] = {
    ANY(accept), ANY(accept4),
    END
};

/* Packets alone, which is what our programs say to each other: the sockets of
 * other software that are open to everybody (D-Bus, databases, and our own
 * run/submit/s) are streams. */
#define OF_TYPE(family, type) \
	{SCMP_SYS(socket), 2, {{0, SCMP_CMP_EQ, family, 0}, \
	    {1, SCMP_CMP_MASKED_EQ, SOCKET_TYPE, type}}}
static const struct rule speaking_locally[] = {
    OF_TYPE(AF_UNIX, SOCK_SEQPACKET), ANY(connect),
    END
};

/* An address of the Internet is longer. */
#define SHORT_CONNECT LESS(connect, 2, sizeof(struct sockaddr_in))
_Static_assert(offsetof(struct sockaddr_un, sun_path) + CONFINE_PATH_MAX <
    sizeof(struct sockaddr_in), "a path may not be that long");
static const struct rule asking[] = {
    OF_TYPE(AF_UNIX, SOCK_SEQPACKET), SHORT_CONNECT,
    END
};
static const struct rule sending[] = {
    OF_TYPE(AF_UNIX, SOCK_DGRAM), SHORT_CONNECT,
    END
};

static const struct rule passing[] = {
    LACKS(sendmsg, 2, MSG_FASTOPEN), ANY(recvmsg),
    END
};

static const struct rule watching[] = {
    ANY(inotify_init1), ANY(inotify_add_watch), ANY(inotify_rm_watch),
    ANY(epoll_create1), ANY(epoll_ctl), ANY(epoll_wait), ANY(epoll_pwait),
    ANY(timerfd_create), ANY(timerfd_settime), ANY(timerfd_gettime),
    ANY(signalfd4), ANY(eventfd2),
    END
};

/* TCP, and UDP for the resolver; no raw and no packet sockets. */
static const struct rule connecting[] = {
    OF_TYPE(AF_INET, SOCK_STREAM), OF_TYPE(AF_INET, SOCK_DGRAM),
    OF_TYPE(AF_INET6, SOCK_STREAM), OF_TYPE(AF_INET6, SOCK_DGRAM),
    ANY(connect), ANY(bind), LACKS(sendmmsg, 3, MSG_FASTOPEN),
    END
};

/* fchmod is missing here only because replace_file makes it: ENOSYS. */
static const struct rule hostile[] = {
    ANY(execve), ANY(execveat),
    ANY(setuid), ANY(setgid), ANY(setreuid), ANY(setregid), ANY(setresuid),
    ANY(setresgid), ANY(setgroups), ANY(setfsuid), ANY(setfsgid),
    ANY(capset), ANY(chroot), ANY(pivot_root), ANY(unshare), ANY(setns),
    ANY(mount), ANY(umount2), ANY(fsopen), ANY(fsmount), ANY(move_mount),
    ANY(open_tree), ANY(mount_setattr), ANY(swapon), ANY(swapoff),
    ANY(mknod), ANY(mknodat), ANY(symlink), ANY(symlinkat), ANY(link),
    ANY(chmod), ANY(fchmodat), ANY(chown), ANY(lchown), ANY(fchown),
    ANY(fchownat), ANY(setxattr), ANY(lsetxattr), ANY(fsetxattr),
    ANY(open_by_handle_at), ANY(name_to_handle_at),
    ANY(init_module), ANY(finit_module), ANY(delete_module), ANY(kexec_load),
    ANY(kexec_file_load), ANY(reboot), ANY(acct), ANY(quotactl), ANY(syslog),
    ANY(sethostname), ANY(setdomainname), ANY(iopl), ANY(ioperm),
    ANY(modify_ldt), ANY(bpf), ANY(perf_event_open), ANY(userfaultfd),
    ANY(io_uring_setup), ANY(io_uring_enter), ANY(io_uring_register),
    ANY(add_key), ANY(request_key), ANY(keyctl), ANY(pidfd_getfd),
    ANY(pidfd_open), ANY(pidfd_send_signal), ANY(process_madvise),
    ANY(process_vm_writev), ANY(memfd_create), ANY(memfd_secret),
    ANY(fanotify_init), ANY(settimeofday), ANY(clock_settime), ANY(adjtimex),
    ANY(vmsplice), ANY(kcmp), ANY(lookup_dcookie),
#ifndef SANITIZED
    ANY(ptrace), ANY(process_vm_readv), ANY(personality),
#endif
    END
};

/* What the sanitizers' runtime does beside the program: it reads /proc, stops
 * its own threads to look for leaks, and aborts by tgkill.  A build for tests
 * only. */
#ifdef SANITIZED
static const struct rule sanitizing[] = {
    ANY(openat), ANY(open), ANY(newfstatat), ANY(readlink), ANY(getdents64),
    ANY(mmap), ANY(mprotect), ANY(clone), ANY(wait4), ANY(prctl), ANY(ptrace),
    ANY(process_vm_readv), ANY(personality), ANY(tgkill), ANY(ioctl),
    ANY(prlimit64), ANY(arch_prctl), ANY(set_tid_address),
    END
};
#endif

static const struct {
	unsigned promise; /* 0: made by everybody */
	const struct rule *rules;
} promises_mean[] = {
    {0, always},
    {MAY_OPEN, opening},
    {MAY_CREATE, creating},
    {MAY_RENAME, renaming},
    {MAY_FORK, forking},
    {MAY_ACCEPT, accepting},
    {MAY_LOCAL, speaking_locally},
    {MAY_PASS, passing},
    {MAY_WATCH, watching},
    {MAY_CONNECT, connecting},
    {MAY_ASK, asking},
    {MAY_SEND, sending},
    {MAY_SYNC, syncing},
    {MAY_LINK, linking},
#ifdef SANITIZED
    {0, sanitizing},
#endif
};

static int
add(scmp_filter_ctx filter, uint32_t action, const struct rule *rule)
{
	for (; rule->call != END_CALL; rule++) {
		int error = seccomp_rule_add_array(filter, action, rule->call,
		    rule->conditions, rule->when);

		if (error < 0) {
			errno = -error;
			return -1;
		}
	}
	return 0;
}

static int
add_all(scmp_filter_ctx filter, unsigned promises)
{
	size_t count = sizeof promises_mean / sizeof *promises_mean;

	for (size_t i = 0; i < count; i++) {
		unsigned promise = promises_mean[i].promise;

		if ((promises & promise) == promise &&
		    add(filter, SCMP_ACT_ALLOW, promises_mean[i].rules) < 0)
			return -1;
	}
	if (!(promises & MAY_LINK) &&
	    add(filter, SCMP_ACT_KILL_PROCESS, linking_unasked) < 0)
		return -1;
	return add(filter, SCMP_ACT_KILL_PROCESS, hostile);
}

/* Writes the filter, as the kernel takes it, to to_fd.  0, or -1 with errno. */
static int
make_filter(unsigned promises, int to_fd)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(ENOSYS));
	int error = -ENOMEM;

	if (!filter)
		goto out;
	/* another machine's calls (32 bit, x32) have other numbers; and a
	 * binary tree instead of a list: 8 comparisons instead of 100 */
	error = seccomp_attr_set(filter, SCMP_FLTATR_ACT_BADARCH,
	    SCMP_ACT_KILL_PROCESS);
	if (error == 0)
		error = seccomp_attr_set(filter, SCMP_FLTATR_CTL_OPTIMIZE, 2);
	if (error == 0)
		error = add_all(filter, promises) < 0 ? -errno : 0;
	if (error == 0)
		error = seccomp_export_bpf(filter, to_fd);
	seccomp_release(filter);
out:
	errno = -error;
	return error < 0 ? -1 : 0;
}

/* In a process of its own: libseccomp allocates 7,000 times, and what it frees
 * lies scattered over the heap, where each session of a forking parent would
 * tear pages from it. */
static int
make_filter_apart(unsigned promises, struct str *program)
{
	int ends[2], result;
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return -1;
	pid = fork();
	if (pid == 0)
		_exit(make_filter(promises, ends[1]) < 0);
	close(ends[1]);
	result = pid < 0 ? -1 : read_to_end(ends[0], program, FILTER_MAX);
	close(ends[0]);
	while (pid > 0 && waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
	if (result == 0 && !program->len) {
		errno = EINVAL; /* half a filter the kernel refuses */
		return -1;
	}
	return result;
}

int
confine_calls(unsigned promises)
{
	struct str program = {0};
	struct sock_fprog filter;
	int result = -1;

	if (make_filter_apart(promises, &program) == 0) {
		filter.len = (unsigned short)(program.len /
		    sizeof *filter.filter);
		filter.filter = (void *)program.s;
		result = prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter);
	}
	str_free(&program);
	return result;
}
