/* test_confine - inside a confinement, what was promised works and nothing
 * else does.  Every case is a table row, tried in a child of its own. */
#include "lib/base/confine.h"
#include "lib/base/die.h"
#include "lib/base/io.h"
#include "tests/unit/unit.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sched.h>
#include <seccomp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

static const struct confine_path none[] = {{0}};
static const struct confine_path tree[] = {
    {"reads", DIR_READ},
    {"adds", DIR_ADD},
    {"changes", DIR_CHANGE},
    {0},
};

/* A tree with one file in each directory, and a file outside all. */

static void
touch(const char *path, mode_t mode)
{
	int fd = open(path, O_CREAT | O_WRONLY | O_CLOEXEC, mode);

	ck_assert_int_ge(fd, 0);
	close(fd);
}

static void
make_tree(void)
{
	unit_folder_enter();
	ck_assert_int_eq(mkdir("reads", 0700), 0);
	ck_assert_int_eq(mkdir("adds", 0700), 0);
	ck_assert_int_eq(mkdir("changes", 0700), 0);
	ck_assert_int_eq(mkdir("changes/sub", 0700), 0);
	touch("reads/file", 0600);
	touch("adds/file", 0600);
	touch("changes/file", 0600);
	touch("outside", 0600);
}

/* Attempts: 0, or the errno. */

static int
open_as(const char *path, int flags, mode_t mode)
{
	int fd = open(path, flags | O_CLOEXEC, mode);

	if (fd < 0)
		return errno;
	close(fd);
	return 0;
}

static int
said(long result)
{
	return result < 0 ? errno : 0;
}

static int
read_granted(void)
{
	return open_as("reads/file", O_RDONLY, 0);
}

static int
list_granted(void)
{
	return open_as("reads", O_RDONLY | O_DIRECTORY, 0);
}

static int
read_outside(void)
{
	return open_as("outside", O_RDONLY, 0);
}

static int
read_passwd(void)
{
	return open_as("/etc/passwd", O_RDONLY, 0);
}

static int
read_above(void)
{
	return open_as("reads/../outside", O_RDONLY, 0);
}

static int
write_in_read(void)
{
	return open_as("reads/file", O_WRONLY, 0);
}

static int
create_in_read(void)
{
	return open_as("reads/new", O_WRONLY | O_CREAT | O_EXCL, 0600);
}

static int
create_in_add(void)
{
	int fd = open("adds/new", O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC,
	    0040);
	int error;

	if (fd < 0)
		return errno;
	error = write(fd, "x", 1) != 1 || fsync(fd) < 0 ? errno : 0;
	close(fd);
	return error;
}

static int
read_in_add(void)
{
	return open_as("adds/file", O_RDONLY, 0);
}

static int
list_add(void)
{
	return open_as("adds", O_RDONLY | O_DIRECTORY, 0);
}

static int
truncate_in_add(void)
{
	return open_as("adds/file", O_WRONLY | O_TRUNC, 0);
}

static int
rename_in_add(void)
{
	return said(rename("adds/file", "adds/other"));
}

static int
unlink_in_add(void)
{
	return said(unlink("adds/file"));
}

static int
mkdir_in_add(void)
{
	return said(mkdir("adds/dir", 0700));
}

static int
create_setuid(void)
{
	return open_as("changes/setuid", O_WRONLY | O_CREAT | O_EXCL, 04700);
}

static int
create_nameless(void)
{
	return open_as("changes", O_WRONLY | O_TMPFILE, 0600);
}

static int
rename_granted(void)
{
	return said(renameat2(AT_FDCWD, "changes/file", AT_FDCWD,
	    "changes/sub/file", RENAME_NOREPLACE));
}

static int
rename_out(void)
{
	return said(rename("changes/file", "adds/new"));
}

static int
unlink_granted(void)
{
	return said(unlink("changes/file"));
}

static int
unlink_outside(void)
{
	return said(unlink("outside"));
}

static int
make_link(void)
{
	return said(link("changes/file", "changes/link"));
}

static int
make_link_at(void)
{
	return said(linkat(AT_FDCWD, "changes/file", AT_FDCWD, "changes/link",
	    0));
}

static int
make_link_of_open(void)
{
	int fd = open("changes/file", O_RDONLY | O_CLOEXEC);

	return said(linkat(fd, "", AT_FDCWD, "changes/link", AT_EMPTY_PATH));
}

static int
make_link_from_outside(void)
{
	return said(linkat(AT_FDCWD, "outside", AT_FDCWD, "changes/link", 0));
}

static int
make_link_from_read(void)
{
	return said(linkat(AT_FDCWD, "reads/file", AT_FDCWD, "changes/link",
	    0));
}

static int
make_symlink(void)
{
	return said(symlink("/etc/passwd", "changes/symlink"));
}

static int
make_fifo(void)
{
	return said(mkfifo("changes/fifo", 0600));
}

static int
change_mode(void)
{
	return said(chmod("changes/file", 0777));
}

static int
change_mode_open(void)
{
	int fd = open("changes/file", O_RDONLY | O_CLOEXEC);
	int error = said(fchmod(fd, 0777));

	close(fd);
	return error;
}

static int
change_owner(void)
{
	return said(chown("changes/file", 65534, 65534));
}

static int
stat_file(void)
{
	struct stat st;

	return said(stat("outside", &st));
}

static int
ask_room(void)
{
	struct statvfs room;

	return said(statvfs(".", &room));
}

static int
make_child(void)
{
	int status;
	pid_t pid = fork();

	if (pid < 0)
		return errno;
	if (pid == 0)
		_exit(0);
	return said(waitpid(pid, &status, 0));
}

static int
kill_child(void)
{
	int status, error;
	pid_t pid = fork();

	if (pid < 0)
		return errno;
	if (pid == 0) {
		pause();
		_exit(0);
	}
	error = said(kill(pid, SIGUSR1));
	waitpid(pid, &status, 0);
	return error;
}

static int
kill_parent(void)
{
	return said(kill(getppid(), 0));
}

static int
kill_everybody(void)
{
	return said(kill(-1, 0));
}

static int
make_namespace(void)
{
	return said(syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, 0, 0, 0, 0));
}

static int
make_thread(void)
{
	return said(syscall(SYS_clone, CLONE_VM | CLONE_FS | CLONE_FILES |
	    CLONE_SIGHAND | CLONE_THREAD, 0, 0, 0, 0));
}

static int
socket_of(int family, int type)
{
	int fd = socket(family, type | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return errno;
	close(fd);
	return 0;
}

static int
socket_local(void)
{
	return socket_of(AF_UNIX, SOCK_SEQPACKET);
}

static int
socket_local_stream(void)
{
	return socket_of(AF_UNIX, SOCK_STREAM);
}

static int
socket_local_datagram(void)
{
	return socket_of(AF_UNIX, SOCK_DGRAM);
}

static int
socket_internet(void)
{
	return socket_of(AF_INET, SOCK_STREAM);
}

static int
socket_internet6(void)
{
	return socket_of(AF_INET6, SOCK_DGRAM);
}

static int
socket_raw(void)
{
	return socket_of(AF_INET, SOCK_RAW);
}

static int
socket_netlink(void)
{
	return socket_of(AF_NETLINK, SOCK_RAW);
}

static int
socket_packet(void)
{
	return socket_of(AF_PACKET, SOCK_RAW);
}

/* An abstract socket of ours from before the confinement: a stranger's. */
static struct sockaddr_un abstract = {.sun_family = AF_UNIX};

static int
connect_abstract(void)
{
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);

	return said(connect(fd, (struct sockaddr *)&abstract,
	    sizeof abstract));
}

/* Not a socket: the kernel says so once the filter let the call pass. */
static int
allowed_by_filter(long result)
{
	return result < 0 && errno == ENOTSOCK ? 0 : ENOSYS;
}

static int plain_fd;

static int
accept_none(void)
{
	return allowed_by_filter(accept(plain_fd, NULL, NULL));
}

static int
connect_none(void)
{
	struct sockaddr_in to = {.sin_family = AF_INET};

	return allowed_by_filter(connect(plain_fd, (struct sockaddr *)&to,
	    sizeof to));
}

/* A socket of the Internet from before the confinement could be connected to
 * anywhere with an address as long as this. */
static int
connect_short(void)
{
	struct sockaddr_un to = {.sun_family = AF_UNIX};

	return allowed_by_filter(connect(plain_fd, (struct sockaddr *)&to,
	    2 + CONFINE_PATH_MAX));
}

static int
send_connecting(void)
{
	struct sockaddr_in to = {.sin_family = AF_INET};

	return allowed_by_filter(sendto(plain_fd, "", 1, MSG_FASTOPEN,
	    (struct sockaddr *)&to, sizeof to));
}

static int
pass_connecting(void)
{
	struct msghdr msg = {0};

	return allowed_by_filter(sendmsg(plain_fd, &msg, MSG_FASTOPEN));
}

static int
bind_none(void)
{
	return allowed_by_filter(bind(plain_fd, (struct sockaddr *)&abstract,
	    sizeof abstract));
}

static int
listen_none(void)
{
	return allowed_by_filter(listen(plain_fd, 1));
}

static int
pass_none(void)
{
	struct msghdr msg = {0};

	return allowed_by_filter(sendmsg(plain_fd, &msg, 0));
}

static int
watch(void)
{
	return said(inotify_init1(IN_CLOEXEC));
}

static int
map_code(void)
{
	void *at = mmap(NULL, 4096, PROT_READ | PROT_EXEC,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return at == MAP_FAILED ? errno : 0;
}

static int
run_program(void)
{
	return said(execl("/bin/true", "true", (char *)NULL));
}

static int
trace_parent(void)
{
	return said(ptrace(PTRACE_ATTACH, getppid(), NULL, NULL));
}

static int
become_root(void)
{
	return said(setuid(0));
}

static int
enter_namespace(void)
{
	return said(unshare(CLONE_NEWUSER));
}

static int
load_bpf(void)
{
	return said(syscall(SYS_bpf, 0, NULL, 0));
}

static int
become_dumpable(void)
{
	return said(prctl(PR_SET_DUMPABLE, 1, 0, 0, 0));
}

static int
use_memory(void)
{
	char *much = malloc(1 << 22);

	if (!much)
		return ENOMEM;
	memset(much, 1, 1 << 22);
	free(much);
	return 0;
}

static int
use_abort(void)
{
	abort();
}

enum outcome { WORKS, DENIED, KILLED };

#define EVERYTHING 0x7ffu
#define FILES (MAY_OPEN | MAY_CREATE | MAY_RENAME)
#define ALL_BUT(promise) (EVERYTHING & ~(unsigned)(promise))

static const struct attempt {
	const char *name;
	unsigned promises;
	int (*try)(void);
	enum outcome outcome;
} attempts[] = {
    {"read", MAY_OPEN, read_granted, WORKS},
    {"list", MAY_OPEN, list_granted, WORKS},
    {"read, no promise", ALL_BUT(MAY_OPEN | MAY_CREATE), read_granted, DENIED},
    {"read outside", EVERYTHING, read_outside, DENIED},
    {"read passwd", EVERYTHING, read_passwd, DENIED},
    {"read above", EVERYTHING, read_above, DENIED},
    {"write in DIR_READ", EVERYTHING, write_in_read, DENIED},
    {"create in DIR_READ", EVERYTHING, create_in_read, DENIED},
    {"create in DIR_ADD", MAY_OPEN | MAY_CREATE, create_in_add, WORKS},
    {"create, no promise", ALL_BUT(MAY_CREATE), create_in_add, DENIED},
    {"read in DIR_ADD", EVERYTHING, read_in_add, DENIED},
    {"list DIR_ADD", EVERYTHING, list_add, DENIED},
    {"truncate in DIR_ADD", EVERYTHING, truncate_in_add, DENIED},
    {"rename in DIR_ADD", EVERYTHING, rename_in_add, DENIED},
    {"unlink in DIR_ADD", EVERYTHING, unlink_in_add, DENIED},
    {"mkdir in DIR_ADD", EVERYTHING, mkdir_in_add, DENIED},
    {"create set-uid", EVERYTHING, create_setuid, DENIED},
    {"create nameless", EVERYTHING, create_nameless, DENIED},
    {"rename", FILES, rename_granted, WORKS},
    {"rename, no promise", ALL_BUT(MAY_RENAME), rename_granted, DENIED},
    {"rename to DIR_ADD", EVERYTHING, rename_out, DENIED},
    {"unlink", FILES, unlink_granted, WORKS},
    {"unlink, no promise", ALL_BUT(MAY_RENAME), unlink_granted, DENIED},
    {"unlink outside", EVERYTHING, unlink_outside, DENIED},
    {"link", EVERYTHING | MAY_LINK, make_link, KILLED},
    {"linkat", MAY_LINK, make_link_at, WORKS},
    {"linkat, no promise", ALL_BUT(MAY_LINK), make_link_at, KILLED},
    {"linkat of what is open", EVERYTHING | MAY_LINK, make_link_of_open,
        DENIED},
    {"linkat from outside", EVERYTHING | MAY_LINK, make_link_from_outside,
        DENIED},
    {"linkat from DIR_READ", EVERYTHING | MAY_LINK, make_link_from_read,
        DENIED},
    {"symlink", EVERYTHING, make_symlink, KILLED},
    {"mkfifo", EVERYTHING, make_fifo, KILLED},
    {"chmod", EVERYTHING, change_mode, KILLED},
    {"fchmod", EVERYTHING, change_mode_open, DENIED},
    {"chown", EVERYTHING, change_owner, KILLED},
    {"stat, no promise", ALL_BUT(MAY_OPEN), stat_file, DENIED},
    {"statvfs", MAY_OPEN, ask_room, WORKS},
    {"fork", MAY_FORK, make_child, WORKS},
    {"fork, no promise", ALL_BUT(MAY_FORK), make_child, DENIED},
    {"kill a child", MAY_FORK, kill_child, WORKS},
    {"kill a stranger", EVERYTHING, kill_parent, DENIED},
    {"kill, no promise", ALL_BUT(MAY_FORK), kill_parent, DENIED},
    {"kill everybody", EVERYTHING, kill_everybody, DENIED},
    {"clone a namespace", EVERYTHING, make_namespace, DENIED},
    {"clone a thread", EVERYTHING, make_thread, DENIED},
    {"Unix socket", MAY_LOCAL, socket_local, WORKS},
    {"Unix socket to ask", MAY_ASK, socket_local, WORKS},
    {"Unix socket, no promise", ALL_BUT(MAY_LOCAL | MAY_ASK), socket_local,
        DENIED},
    {"Unix datagrams", MAY_SEND, socket_local_datagram, WORKS},
    {"Unix datagrams, no promise", ALL_BUT(MAY_SEND), socket_local_datagram,
        DENIED},
    {"Unix stream", EVERYTHING, socket_local_stream, DENIED},
    {"TCP", MAY_CONNECT, socket_internet, WORKS},
    {"UDP6", MAY_CONNECT, socket_internet6, WORKS},
    {"TCP, no promise", ALL_BUT(MAY_CONNECT), socket_internet, DENIED},
    {"UDP6, no promise", ALL_BUT(MAY_CONNECT), socket_internet6, DENIED},
    {"raw socket", EVERYTHING, socket_raw, DENIED},
    {"netlink socket", EVERYTHING, socket_netlink, DENIED},
    {"packet socket", EVERYTHING, socket_packet, DENIED},
    {"abstract socket", EVERYTHING, connect_abstract, DENIED},
    {"accept", MAY_ACCEPT, accept_none, WORKS},
    {"accept, no promise", ALL_BUT(MAY_ACCEPT), accept_none, DENIED},
    {"connect", MAY_LOCAL, connect_none, WORKS},
    {"connect, no promise", ALL_BUT(MAY_CONNECT | MAY_LOCAL), connect_none,
        DENIED},
    {"short connect", MAY_ASK, connect_short, WORKS},
    {"short connect, too", MAY_SEND, connect_short, WORKS},
    {"short connect, no promise",
        ALL_BUT(MAY_CONNECT | MAY_LOCAL | MAY_ASK | MAY_SEND), connect_short,
        DENIED},
    {"TCP Fast Open", EVERYTHING, send_connecting, DENIED},
    {"TCP Fast Open by sendmsg", EVERYTHING, pass_connecting, DENIED},
    {"bind, no promise", ALL_BUT(MAY_CONNECT), bind_none, DENIED},
    {"listen", EVERYTHING, listen_none, DENIED},
    {"sendmsg", MAY_PASS, pass_none, WORKS},
    {"sendmsg, no promise", ALL_BUT(MAY_PASS), pass_none, DENIED},
    {"inotify", MAY_WATCH, watch, WORKS},
    {"inotify, no promise", ALL_BUT(MAY_WATCH), watch, DENIED},
    {"map code", EVERYTHING, map_code, DENIED},
    {"exec", EVERYTHING, run_program, KILLED},
    {"ptrace", EVERYTHING, trace_parent, KILLED},
    {"setuid", EVERYTHING, become_root, KILLED},
    {"unshare", EVERYTHING, enter_namespace, KILLED},
    {"bpf", EVERYTHING, load_bpf, KILLED},
    {"dumpable", EVERYTHING, become_dumpable, DENIED},
    {"memory", 0, use_memory, WORKS},
    {"abort", 0, use_abort, KILLED},
};
enum { ATTEMPTS = sizeof attempts / sizeof *attempts };

/* A sanitized build lets some of it pass: see confine_calls.c. */
static bool
is_loose(int (*try)(void))
{
#ifdef SANITIZED
	static int (*const loose[])(void) = {read_granted, read_outside,
	    read_passwd, read_above, read_in_add, list_add, create_in_add,
	    create_setuid, create_nameless, stat_file, make_child, make_namespace, make_thread,
	    map_code, trace_parent, become_dumpable};

	for (size_t i = 0; i < sizeof loose / sizeof *loose; i++)
		if (try == loose[i])
			return true;
#else
	(void)try;
#endif
	return false;
}

static int
outcome_in_child(const struct confine *needs, int (*try)(void))
{
	int status;
	pid_t pid = fork();

	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		confine(needs);
		_exit(try() == 0 ? WORKS : DENIED);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : KILLED;
}

START_TEST(attempt_ends_as_it_should)
{
	const struct attempt *attempt = &attempts[_i];
	struct confine needs = {attempt->promises, tree};
	int outcome;

	if (is_loose(attempt->try))
		return;
	plain_fd = open("outside", O_RDONLY | O_CLOEXEC);
	outcome = outcome_in_child(&needs, attempt->try);
	ck_assert_msg(outcome == (int)attempt->outcome, "%s: %d",
	    attempt->name, outcome);
}
END_TEST

START_TEST(no_paths_means_no_files)
{
	struct confine needs = {EVERYTHING, NULL};

	if (!is_loose(read_granted))
		ck_assert_int_eq(outcome_in_child(&needs, read_granted),
		    DENIED);
	ck_assert_int_eq(outcome_in_child(&needs, unlink_granted), DENIED);
}
END_TEST

START_TEST(missing_path_ends_the_program)
{
	static const struct confine_path missing[] = {
	    {"missing", DIR_READ}, {0}};
	struct confine needs = {EVERYTHING, missing};

	ck_assert_int_eq(outcome_in_child(&needs, use_memory), EXIT_TEMP);
}
END_TEST

/* A child in a prepared domain: less than its parent, and a stranger to it. */
static int (*in_domain)(void);
static int domain_fd;

static int
enter_and_try(void)
{
	int status;
	pid_t pid = fork();

	if (pid < 0)
		return errno;
	if (pid == 0) {
		confine_enter(domain_fd);
		_exit(in_domain() == 0 ? WORKS : DENIED);
	}
	if (waitpid(pid, &status, 0) != pid || !WIFEXITED(status))
		return EINVAL;
	return WEXITSTATUS(status) == WORKS ? 0 : EACCES;
}

static int
outcome_in_domain(const struct confine_path *paths, int (*try)(void))
{
	struct confine needs = {EVERYTHING, tree};

	domain_fd = confine_prepare(paths);
	in_domain = try;
	return outcome_in_child(&needs, enter_and_try);
}

START_TEST(child_keeps_only_what_was_prepared)
{
	static const struct confine_path adds[] = {{"adds", DIR_ADD}, {0}};

	ck_assert_int_eq(outcome_in_domain(adds, create_in_add), WORKS);
	ck_assert_int_eq(outcome_in_domain(adds, unlink_granted), DENIED);
	ck_assert_int_eq(outcome_in_domain(none, unlink_granted), DENIED);
	if (!is_loose(read_granted))
		ck_assert_int_eq(outcome_in_domain(adds, read_granted),
		    DENIED);
}
END_TEST

START_TEST(child_cannot_signal_its_parent)
{
	ck_assert_int_eq(outcome_in_domain(none, kill_parent), DENIED);
}
END_TEST

START_TEST(child_cannot_widen_its_parents_domain)
{
	static const struct confine_path all[] = {{"/", DIR_CHANGE}, {0}};

	ck_assert_int_eq(outcome_in_domain(all, unlink_granted), WORKS);
	ck_assert_int_eq(outcome_in_domain(all, create_in_read), DENIED);
}
END_TEST

/* As on a kernel without it, and with what is said in the file "said". */
static void
take_landlock_away(void)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
	int fd = open("said", O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	if (!filter || fd < 0 || dup2(fd, STDERR_FILENO) < 0 ||
	    seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS),
		SCMP_SYS(landlock_create_ruleset), 0) < 0 ||
	    seccomp_load(filter) < 0)
		_exit(EXIT_TEMP);
	seccomp_release(filter);
}

static void
serve_without_landlock(void)
{
	struct confine needs = {EVERYTHING, tree};

	take_landlock_away();
	domain_fd = confine_prepare(none);
	confine(&needs);
	in_domain = use_memory;
	for (int session = 0; session < 3; session++)
		if (enter_and_try() != 0)
			_exit(EXIT_TEMP);
	_exit(EXIT_DONE);
}

START_TEST(a_kernel_without_landlock_is_told_once)
{
	struct str said = {0};
	int status;
	pid_t pid = fork();

	ck_assert_int_ge(pid, 0);
	if (pid == 0)
		serve_without_landlock();
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == EXIT_DONE);
	ck_assert_int_eq(read_file(AT_FDCWD, "said", &said, 10000), 0);
	ck_assert_str_eq(str_c(&said), "confine why=\"this kernel has no "
	    "Landlock: files are guarded by their modes alone\"\n");
	str_free(&said);
}
END_TEST

static void
listen_abstract(void)
{
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);

	snprintf(abstract.sun_path + 1, sizeof abstract.sun_path - 1,
	    "test_confine.%d", (int)getpid());
	if (bind(fd, (struct sockaddr *)&abstract, sizeof abstract) < 0 ||
	    listen(fd, 8) < 0)
		die_temp("cannot listen");
}

int
main(void)
{
	struct unit unit = unit_make("confine");

	die_name = "test_confine";
	listen_abstract();
	tcase_add_checked_fixture(unit.cases, make_tree, NULL);
	tcase_add_loop_test(unit.cases, attempt_ends_as_it_should, 0, ATTEMPTS);
	tcase_add_test(unit.cases, no_paths_means_no_files);
	tcase_add_test(unit.cases, missing_path_ends_the_program);
	tcase_add_test(unit.cases, child_keeps_only_what_was_prepared);
	tcase_add_test(unit.cases, child_cannot_signal_its_parent);
	tcase_add_test(unit.cases, child_cannot_widen_its_parents_domain);
	tcase_add_test(unit.cases, a_kernel_without_landlock_is_told_once);
	return unit_run(unit);
}
