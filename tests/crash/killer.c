/*
 * killer - run a program and kill it at its N-th system call that touches
 * the disk; or, with $KILLER_AT=network, other processes and hosts.
 *
 *	killer N before|after|half one|tree|GROUP,... REPORT PROGRAM [ARGUMENT...]
 *
 * Counts, over PROGRAM and all its children, the calls that change a
 * directory or a regular file, or promise something about one.  The process
 * that makes the N-th gets SIGKILL: before the call does anything, after it
 * did, or (a write of some pages) halfway.  With tree all the others get it too, with
 * process groups these as well: a whole house dies in one moment.  REPORT is a
 * file; lines are added: "killed CALL main" or "killed CALL child" when it
 * happened, "counted TOTAL" when all have ended.  N 0 never kills and adds a
 * line "called CALL" for each instead.  SIGTERM is handed on to PROGRAM.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

enum when { BEFORE, AFTER, HALF };
enum { TRACEES_MAX = 4096 };
enum { PAGE = 4096 }; /* the kernel looks for a kill between pages */
enum { SYSCALL_STOP = SIGTRAP | 0x80 };

/* How a call is known to touch the disk. */
enum touch {
	ALWAYS,
	IF_CREATING, /* its third argument has O_CREAT, O_TRUNC or a way to write */
	IF_SOCKET,
	IF_FILE,     /* its first argument is a regular file */
	IF_WRITTEN   /* ... and open for writing */
};

static const struct call {
	long number;
	const char *name;
	enum touch touch;
	bool is_write; /* the third argument is a length that may be halved */
} disk_calls[] = {
	{SYS_openat, "openat", IF_CREATING, false},
	{SYS_write, "write", IF_FILE, true},
	{SYS_pwrite64, "pwrite64", IF_FILE, true},
	{SYS_writev, "writev", IF_FILE, false},
	{SYS_pwritev, "pwritev", IF_FILE, false},
	{SYS_pwritev2, "pwritev2", IF_FILE, false},
	{SYS_sendfile, "sendfile", IF_FILE, false},
	{SYS_copy_file_range, "copy_file_range", ALWAYS, false},
	{SYS_splice, "splice", ALWAYS, false},
	{SYS_ftruncate, "ftruncate", ALWAYS, false},
	{SYS_fallocate, "fallocate", ALWAYS, false},
	{SYS_fsync, "fsync", ALWAYS, false},
	{SYS_fdatasync, "fdatasync", ALWAYS, false},
	{SYS_syncfs, "syncfs", ALWAYS, false},
	{SYS_sync_file_range, "sync_file_range", ALWAYS, false},
	{SYS_flock, "flock", ALWAYS, false},
	{SYS_close, "close", IF_WRITTEN, false},
	{SYS_rename, "rename", ALWAYS, false},
	{SYS_renameat, "renameat", ALWAYS, false},
	{SYS_renameat2, "renameat2", ALWAYS, false},
	{SYS_link, "link", ALWAYS, false},
	{SYS_linkat, "linkat", ALWAYS, false},
	{SYS_unlink, "unlink", ALWAYS, false},
	{SYS_unlinkat, "unlinkat", ALWAYS, false},
	{SYS_mkdir, "mkdir", ALWAYS, false},
	{SYS_mkdirat, "mkdirat", ALWAYS, false},
	{SYS_utimensat, "utimensat", ALWAYS, false},
	{0},
}, network_calls[] = {
	{SYS_socket, "socket", ALWAYS, false},
	{SYS_connect, "connect", ALWAYS, false},
	{SYS_read, "read", IF_SOCKET, false},
	{SYS_write, "write", IF_SOCKET, true},
	{SYS_writev, "writev", IF_SOCKET, false},
	{SYS_recvfrom, "recvfrom", ALWAYS, false},
	{SYS_recvmsg, "recvmsg", ALWAYS, false},
	{SYS_sendto, "sendto", ALWAYS, true},
	{SYS_sendmsg, "sendmsg", ALWAYS, false},
	{SYS_shutdown, "shutdown", ALWAYS, false},
	{SYS_pread64, "pread64", IF_FILE, false},
	{SYS_close, "close", IF_SOCKET, false},
	{0},
};

static const struct call *calls = disk_calls;

static struct killer {
	unsigned long at, count;
	enum when when;
	const char *scope;
	const char *report;
	pid_t program;
	pid_t tracees[TRACEES_MAX];
	size_t len;
} killer;

static volatile sig_atomic_t is_told_to_end;

static void
on_term(int number)
{
	(void)number;
	is_told_to_end = 1;
}

static void
fail(const char *what)
{
	perror(what);
	exit(111);
}

static void
report(const char *verb, const char *what)
{
	char line[64];
	int fd = open(killer.report, O_WRONLY | O_APPEND | O_CREAT, 0600);
	int len = snprintf(line, sizeof line, "%s %s\n", verb, what);

	if (fd < 0 || write(fd, line, (size_t)len) != len)
		fail(killer.report);
	close(fd);
}

static void
tracee_add(pid_t pid)
{
	for (size_t i = 0; i < killer.len; i++)
		if (killer.tracees[i] == pid)
			return;
	if (killer.len == TRACEES_MAX)
		fail("killer: too many processes");
	killer.tracees[killer.len++] = pid;
}

static void
tracee_remove(pid_t pid)
{
	for (size_t i = 0; i < killer.len; i++)
		if (killer.tracees[i] == pid)
			killer.tracees[i--] = killer.tracees[--killer.len];
}

static bool
is_regular_file(pid_t pid, unsigned long long fd)
{
	char path[64];
	struct stat st;

	snprintf(path, sizeof path, "/proc/%d/fd/%d", (int)pid, (int)fd);
	return stat(path, &st) == 0 && S_ISREG(st.st_mode);
}

static bool
is_socket(pid_t pid, unsigned long long fd)
{
	char path[64];
	struct stat st;

	snprintf(path, sizeof path, "/proc/%d/fd/%d", (int)pid, (int)fd);
	return stat(path, &st) == 0 && S_ISSOCK(st.st_mode);
}

/* A close is worth a count when it may say "here is a message". */
static bool
is_written_file(pid_t pid, unsigned long long fd)
{
	char path[64];
	struct stat st;

	snprintf(path, sizeof path, "/proc/%d/fd/%d", (int)pid, (int)fd);
	return is_regular_file(pid, fd) && lstat(path, &st) == 0 &&
	    (st.st_mode & S_IWUSR); /* the link's mode is the descriptor's */
}

static bool
is_touching(pid_t pid, enum touch touch, const struct __ptrace_syscall_info *info)
{
	switch (touch) {
	case ALWAYS:
		return true;
	case IF_CREATING:
		return info->entry.args[2] &
		    (O_CREAT | O_TRUNC | O_WRONLY | O_RDWR);
	case IF_SOCKET:
		return is_socket(pid, info->entry.args[0]);
	case IF_FILE:
		return is_regular_file(pid, info->entry.args[0]);
	case IF_WRITTEN:
		return is_written_file(pid, info->entry.args[0]);
	}
	return false;
}

/* The call that a process is about to make, if it touches the disk. */
static const struct call *
call_of(pid_t pid, const struct __ptrace_syscall_info *info)
{
	for (size_t i = 0; calls[i].name; i++)
		if (calls[i].number == (long)info->entry.nr)
			return is_touching(pid, calls[i].touch, info) ?
			    &calls[i] : NULL;
	return NULL;
}

static void
kill_now(pid_t pid, const char *name)
{
	char what[48];

	snprintf(what, sizeof what, "%s %s", name,
	    pid == killer.program ? "main" : "child");
	report("killed", what);
	kill(pid, SIGKILL);
	if (strcmp(killer.scope, "one") == 0)
		return;
	for (size_t i = 0; i < killer.len; i++)
		kill(killer.tracees[i], SIGKILL);
	for (const char *at = killer.scope; at; at = strchr(at, ',')) {
		at += *at == ',';
		if (atoi(at) > 1)
			kill(-atoi(at), SIGKILL);
	}
}

/* At the entry of the N-th call. */
static void
strike(pid_t pid, const struct call *call)
{
	struct user_regs_struct regs;
	int status;

	if (ptrace(PTRACE_GETREGS, pid, 0, &regs) < 0)
		return;
	if (killer.when == BEFORE)
		regs.orig_rax = (unsigned long long)-1; /* does nothing */
	else if (killer.when == HALF && call->is_write && regs.rdx > PAGE)
		regs.rdx = regs.rdx / PAGE / 2 * PAGE + PAGE;
	ptrace(PTRACE_SETREGS, pid, 0, &regs);
	if (killer.when != BEFORE) {
		ptrace(PTRACE_SYSCALL, pid, 0, 0);
		while (waitpid(pid, &status, __WALL) < 0 && errno == EINTR)
			;
	}
	kill_now(pid, call->name);
}

static void
on_call(pid_t pid)
{
	struct __ptrace_syscall_info info;
	const struct call *call;

	if (ptrace(PTRACE_GET_SYSCALL_INFO, pid, sizeof info, &info) <= 0 ||
	    info.op != PTRACE_SYSCALL_INFO_ENTRY)
		return;
	call = call_of(pid, &info);
	if (!call)
		return;
	if (++killer.count == killer.at)
		strike(pid, call);
	else if (!killer.at)
		report("called", call->name);
}

/* Lets a stopped process run on; after the strike nobody is watched. */
static void
resume(pid_t pid, int status)
{
	int number = WSTOPSIG(status), event = status >> 16, deliver = 0;
	bool is_watched;

	tracee_add(pid);
	if (number == SYSCALL_STOP)
		on_call(pid);
	else if (!event && number != SIGTRAP)
		deliver = number;
	is_watched = !killer.at || killer.count < killer.at;
	ptrace(is_watched ? PTRACE_SYSCALL : PTRACE_CONT, pid, 0, deliver);
}

static void
start(char *argv[])
{
	long options = PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEFORK |
	    PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE | PTRACE_O_TRACEEXEC |
	    PTRACE_O_EXITKILL;
	int status;

	killer.program = fork();
	if (killer.program < 0)
		fail("killer: fork");
	if (killer.program == 0) {
		raise(SIGSTOP);
		execv(argv[0], argv);
		fail(argv[0]);
	}
	if (ptrace(PTRACE_SEIZE, killer.program, 0, options) < 0)
		fail("killer: ptrace");
	while (waitpid(killer.program, &status, __WALL) < 0 && errno == EINTR)
		;
	tracee_add(killer.program);
	kill(killer.program, SIGCONT);
	ptrace(PTRACE_SYSCALL, killer.program, 0, 0);
}

static int
watch(void)
{
	char total[32];
	int status, result = 0;
	pid_t pid;

	while (killer.len) {
		if (is_told_to_end) {
			is_told_to_end = 0;
			kill(killer.program, SIGTERM);
		}
		pid = waitpid(-1, &status, __WALL);
		if (pid < 0 && errno == ECHILD)
			break;
		if (pid < 0)
			continue;
		if (WIFSTOPPED(status)) {
			resume(pid, status);
			continue;
		}
		tracee_remove(pid);
		if (pid == killer.program)
			result = WIFEXITED(status) ? WEXITSTATUS(status) : 111;
	}
	snprintf(total, sizeof total, "%lu", killer.count);
	report("counted", total);
	return result;
}

int
main(int argc, char *argv[])
{
	struct sigaction term = {.sa_handler = on_term}; /* no SA_RESTART */

	if (argc < 6) {
		fputs("usage: killer N before|after|half one|tree|GROUP,... "
		    "REPORT PROGRAM [ARGUMENT...]\n", stderr);
		return 100;
	}
	if (getenv("KILLER_AT"))
		calls = network_calls;
	killer.at = strtoul(argv[1], NULL, 10);
	killer.when = strcmp(argv[2], "before") == 0 ? BEFORE :
	    strcmp(argv[2], "after") == 0 ? AFTER : HALF;
	killer.scope = argv[3];
	killer.report = argv[4];
	sigaction(SIGTERM, &term, NULL);
	start(argv + 5);
	return watch();
}
