/*
 * scratch - an instance in a temporary folder, for a session that is fuzzed:
 * compiled tables, one drop box, and what clients say as packets.
 *
 * The folder is made below $FUZZ_SCRATCH, which tests/fuzz/run removes.
 */
#ifndef TESTS_FUZZ_SCRATCH_H
#define TESTS_FUZZ_SCRATCH_H

#include "control/compile.h"
#include "control/config.h"
#include "lib/base/io.h"
#include "queue/drop.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SCRATCH_BYTES_MAX = 16 * 1024, SCRATCH_PACKET_MAX = 4096 };

/* Noise is stopped by this; a fault in the scratch instance, too. */
#define SCRATCH_MUST(claim) ((claim) ? (void)0 : abort())

static inline void
scratch_write(const char *path, const char *text)
{
	SCRATCH_MUST(replace_file(path, slice_of(text), 0600) == 0);
}

static inline void
scratch_compile(void)
{
	struct compile_report report = {0};
	int lock_fd = compile_lock();

	SCRATCH_MUST(lock_fd >= 0 && compile(&report) == COMPILE_DONE);
	compile_report_free(&report);
	close(lock_fd);
}

/* The working directory becomes a home with these tables, until
 * scratch_leave.  Returns what that wants. */
static inline int
scratch_enter(struct config *config, const char *accounts)
{
	int before_fd = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	const char *base = getenv("FUZZ_SCRATCH");
	char home[256];

	snprintf(home, sizeof home, "%s/fuzz.XXXXXX", base ? base : "/tmp");
	SCRATCH_MUST(mkdtemp(home) && chdir(home) == 0 &&
	    mkdir("control", 0700) == 0 && mkdir("queue", 0700) == 0 &&
	    mkdir("queue/drop", 0700) == 0);
	scratch_write("control/me", "mail.local.test\n");
	scratch_write("control/users", "one\n");
	scratch_write("control/domains", "local.test local\n");
	scratch_write("control/accounts", accounts);
	scratch_compile();
	SCRATCH_MUST(config_open(config, "routing") == 0);
	return before_fd;
}

/* libFuzzer's own paths are relative, too. */
static inline void
scratch_leave(int before_fd)
{
	SCRATCH_MUST(fchdir(before_fd) == 0);
	close(before_fd);
}

static inline int
scratch_box(const char *name)
{
	char path[64];
	int fd;

	snprintf(path, sizeof path, "queue/drop/%s", name);
	SCRATCH_MUST(mkdir(path, 0700) == 0);
	fd = drop_box_open(name);
	umask(022); /* it was cleared, and libFuzzer keeps files, too */
	SCRATCH_MUST(fd >= 0);
	return fd;
}

/* A client that says all of it and shuts down its side: the server's end.
 * Each packet is one read of the server's; it ends after a LF, or by_line is
 * false.  The client's end, where the replies are, goes to *client_fd. */
static inline int
scratch_client(struct slice says, bool by_line, int *client_fd)
{
	int fds[2];

	SCRATCH_MUST(
	    socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds) == 0);
	while (says.len) {
		size_t len = by_line ? slice_find(says, '\n') + 1 : says.len;

		if (len > says.len)
			len = says.len;
		if (len > SCRATCH_PACKET_MAX)
			len = SCRATCH_PACKET_MAX;
		/* more than the socket takes: the client left early */
		if (send(fds[1], says.s, len, MSG_DONTWAIT) < 0)
			break;
		says = slice_make(says.s + len, says.len - len);
	}
	SCRATCH_MUST(shutdown(fds[1], SHUT_WR) == 0);
	*client_fd = fds[1];
	return fds[0];
}

/* What is in the box is whole and as the queue's readers want it, or was
 * never finished; then it is removed.  check: of what was finished. */
static inline void
scratch_empty(int box_fd,
    void (*check)(const struct envelope *envelope, struct slice message))
{
	DIR *dir = fdopendir(openat(box_fd, ".", O_RDONLY | O_DIRECTORY));

	SCRATCH_MUST(dir);
	for (struct dirent *entry; (entry = readdir(dir));) {
		struct envelope envelope = {0};
		struct str text = {0};
		size_t head_len = 0;

		if (entry->d_name[0] == '.')
			continue;
		SCRATCH_MUST(fchmodat(box_fd, entry->d_name, 0600, 0) == 0 &&
		    read_file(box_fd, entry->d_name, &text, SIZE_MAX) == 0);
		if (text.len > LENGTH_AT && text.s[LENGTH_AT] != ' ') {
			SCRATCH_MUST(envelope_decode(str_slice(&text),
			    &envelope, &head_len) == ENVELOPE_OK);
			SCRATCH_MUST(envelope.length == text.len);
			check(&envelope, slice_make(text.s + head_len,
			    text.len - head_len));
		}
		SCRATCH_MUST(unlinkat(box_fd, entry->d_name, 0) == 0);
		envelope_free(&envelope);
		str_free(&text);
	}
	closedir(dir);
}

#endif
