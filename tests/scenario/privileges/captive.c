/*
 * captive - make a running process do system calls, as if it were captured.
 *
 *	captive PID <calls >results
 *
 * Each line of input is a call: its name and up to six arguments, each a
 * number, "s:TEXT" (a pointer to it), or "x:HEX" (a pointer to these bytes).
 * Each line of output is what the process got: a number, the name of an error,
 * or "killed SIGNAL", after which it is gone.
 * Otherwise the process then goes on where it was.  x86-64 only.
 *
 * The calls are the process's own: its user, its Landlock domain and its
 * filter judge them, not ours.
 */
#include <errno.h>
#include <fcntl.h>
#include <seccomp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

/* Below the stack's red zone; what stood there is nobody's. */
enum { SCRATCH = 8192, SCRATCH_ROOM = 4096 };

static pid_t captive;
static int memory_fd;
static struct user_regs_struct before;
static uint64_t scratch;

static void
fail(const char *what)
{
	fprintf(stderr, "captive: %s of %d: %s\n", what, (int)captive,
	    strerror(errno));
	exit(111);
}

/* Stops it, and finds the syscall instruction that it is blocked in. */
static void
capture(void)
{
	char path[64], code[2];
	int status;

	snprintf(path, sizeof path, "/proc/%d/mem", (int)captive);
	memory_fd = open(path, O_RDWR | O_CLOEXEC);
	if (memory_fd < 0)
		fail("memory");
	if (ptrace(PTRACE_SEIZE, captive, NULL, NULL) < 0 ||
	    ptrace(PTRACE_INTERRUPT, captive, NULL, NULL) < 0 ||
	    waitpid(captive, &status, 0) != captive)
		fail("capture");
	if (ptrace(PTRACE_GETREGS, captive, NULL, &before) < 0)
		fail("registers");
	if (pread(memory_fd, code, 2, (off_t)before.rip - 2) != 2 ||
	    memcmp(code, "\x0f\x05", 2) != 0) {
		fprintf(stderr, "captive: %d is not in a system call\n",
		    (int)captive);
		exit(111);
	}
}

static unsigned char
hex_byte(const char *text)
{
	char digits[3] = {text[0], text[1], '\0'};

	return (unsigned char)strtoul(digits, NULL, 16);
}

/* A number, or the address of bytes that are then in the process. */
static uint64_t
argument(const char *text)
{
	unsigned char bytes[SCRATCH_ROOM / 8];
	size_t len = 0;
	uint64_t at = scratch;

	if (text[0] == 's' && text[1] == ':') {
		len = strlen(text + 2) + 1;
		memcpy(bytes, text + 2, len);
	} else if (text[0] == 'x' && text[1] == ':') {
		for (text += 2; text[0] && text[1]; text += 2)
			bytes[len++] = hex_byte(text);
	} else {
		return strtoull(text, NULL, 0);
	}
	if (pwrite(memory_fd, bytes, len, (off_t)at) != (ssize_t)len)
		fail("writing to the memory");
	scratch += (len + 15) & ~15ULL;
	return at;
}

/* One call.  Its result, or a wait status in *gone. */
static int64_t
call(const uint64_t words[7], int *gone)
{
	struct user_regs_struct regs = before;
	int status;

	regs.rip = before.rip - 2;
	regs.orig_rax = (uint64_t)-1; /* nothing to restart here */
	regs.rax = words[0];
	regs.rdi = words[1];
	regs.rsi = words[2];
	regs.rdx = words[3];
	regs.r10 = words[4];
	regs.r8 = words[5];
	regs.r9 = words[6];
	if (ptrace(PTRACE_SETREGS, captive, NULL, &regs) < 0 ||
	    ptrace(PTRACE_SINGLESTEP, captive, NULL, NULL) < 0 ||
	    waitpid(captive, &status, 0) != captive)
		fail("call");
	*gone = WIFSTOPPED(status) ? 0 : status;
	if (*gone)
		return 0;
	if (ptrace(PTRACE_GETREGS, captive, NULL, &regs) < 0)
		fail("result");
	return (int64_t)regs.rax;
}

static void
tell(int64_t result, int gone)
{
	if (gone && WIFSIGNALED(gone))
		printf("killed %s\n", sigabbrev_np(WTERMSIG(gone)));
	else if (gone)
		printf("exited %d\n", WEXITSTATUS(gone));
	else if (result < 0 && result > -4096)
		printf("%s\n", strerrorname_np((int)-result));
	else
		printf("%lld\n", (long long)result);
	fflush(stdout);
}

static int
do_line(char *line)
{
	uint64_t words[7] = {0};
	char *rest = NULL, *word = strtok_r(line, " \n", &rest);
	int number = word ? seccomp_syscall_resolve_name(word) : -1;
	int gone;
	int64_t result;

	if (number < 0) {
		fprintf(stderr, "captive: no such call: %s\n", word);
		exit(100);
	}
	scratch = (before.rsp - SCRATCH) & ~15ULL;
	words[0] = (uint64_t)number;
	for (int i = 1; i < 7 && (word = strtok_r(NULL, " \n", &rest)); i++)
		words[i] = argument(word);
	result = call(words, &gone);
	tell(result, gone);
	return gone;
}

int
main(int argc, char *argv[])
{
	char line[1024];

	if (argc != 2) {
		fprintf(stderr, "usage: captive PID <calls\n");
		return 100;
	}
	captive = (pid_t)atoi(argv[1]);
	capture();
	while (fgets(line, sizeof line, stdin))
		if (do_line(line))
			return 0;
	if (ptrace(PTRACE_SETREGS, captive, NULL, &before) < 0 ||
	    ptrace(PTRACE_DETACH, captive, NULL, NULL) < 0)
		fail("release");
	return 0;
}
