/*
 * writer - what a letter does to the disk, one step at a time.
 *
 *	writer COUNT [nosync]
 *
 * In an instance's folder: takes COUNT messages in (queue/drop.c itself),
 * moves every one to active/ as queue-manager does, and delivers them as
 * local-deliver does, in batches.  After each step that is a promise it
 * prints a line, "accepted ID", "moved ID", "delivered ID", and waits for a
 * line on standard input.  With nosync, fsync does nothing: the control.
 *
 * A body says how long it is and repeats its id, so that whoever finds it can
 * tell whether it is whole.
 */
#include "lib/base/io.h"
#include "queue/drop.h"
#include "queue/id.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { BATCH = 4 };

struct letter {
	struct str id;
	struct str active; /* its path, once moved */
	int fd;            /* its delivery, until synced */
};

static bool without_sync;

/* Stands in for libc's, for drop.c as well. */
int
fsync(int fd)
{
	return without_sync ? 0 : (int)syscall(SYS_fsync, fd);
}

static void
fail(const char *what)
{
	perror(what);
	exit(111);
}

static void
promise(const char *step, const struct str *id)
{
	char line[16];

	printf("%s %s\n", step, str_c(id));
	fflush(stdout);
	if (!fgets(line, sizeof line, stdin))
		exit(0);
}

/* From a few bytes to some hundred KB, so that a body is now within and now
 * beyond what filesystems keep in the inode, in one block, in one extent. */
static unsigned
lines_of(unsigned number)
{
	static const unsigned lines[] = {0, 1, 3, 250, 300, 4000, 20000};

	return lines[number % (sizeof lines / sizeof *lines)];
}

static void
body_make(struct str *body, const struct str *id, unsigned lines)
{
	str_addf(body, "lines %u\n", lines);
	for (unsigned i = 0; i < lines; i++)
		str_addf(body, "%s\n", str_c(id));
}

static void
accept_letter(struct letter *letter, int box_fd, unsigned number)
{
	struct envelope envelope = {0};
	struct drop drop = {.fd = -1};
	struct str body = {0};

	str_set(&envelope.box, "smtp");
	str_set(&envelope.sender, "a@test");
	str_set(&envelope_add_rcpt(&envelope)->address, "b@test");
	if (drop_begin(&drop, box_fd, &envelope) < 0)
		fail("drop_begin");
	str_set_slice(&letter->id, str_slice(&envelope.id));
	body_make(&body, &letter->id, lines_of(number));
	drop_write(&drop, str_slice(&body));
	if (drop_commit(&drop) < 0)
		fail("drop_commit");
	promise("accepted", &letter->id);
	str_free(&body);
	envelope_free(&envelope);
}

static void
move_letter(struct letter *letter)
{
	struct str from = {0};

	str_addf(&from, "queue/drop/smtp/%s", str_c(&letter->id));
	queue_id_path(&letter->active, "queue/active", str_slice(&letter->id));
	mkdir("queue/active", 0700);
	*strrchr(letter->active.s, '/') = '\0';
	mkdir(letter->active.s, 0700);
	letter->active.s[strlen(letter->active.s)] = '/';
	if (renameat2(AT_FDCWD, str_c(&from), AT_FDCWD, str_c(&letter->active),
	    RENAME_NOREPLACE) < 0)
		fail("renameat2");
	promise("moved", &letter->id);
	str_free(&from);
}

/* Written, sent on its way, and named; not yet synced. */
static void
deliver_begin(struct letter *letter, unsigned number)
{
	struct str body = {0}, tmp = {0}, new = {0};

	body_make(&body, &letter->id, lines_of(number));
	str_addf(&tmp, "mail/tmp/%s", str_c(&letter->id));
	str_addf(&new, "mail/new/%s", str_c(&letter->id));
	str_addf(&new, ",S=%zu", body.len);
	letter->fd = open(str_c(&tmp), O_CREAT | O_EXCL | O_WRONLY, 0600);
	if (letter->fd < 0 || write_all(letter->fd, body.s, body.len) < 0)
		fail(str_c(&tmp));
	sync_file_range(letter->fd, 0, 0, SYNC_FILE_RANGE_WRITE);
	if (rename(str_c(&tmp), str_c(&new)) < 0)
		fail(str_c(&new));
	str_free(&body);
	str_free(&tmp);
	str_free(&new);
}

static void
deliver_letters(struct letter *letters, unsigned first)
{
	for (unsigned i = 0; i < BATCH; i++)
		deliver_begin(&letters[i], first + i);
	for (unsigned i = 0; i < BATCH; i++)
		if (fsync(letters[i].fd) < 0 || close(letters[i].fd) < 0)
			fail("fsync");
	for (unsigned i = 0; i < BATCH; i++)
		promise("delivered", &letters[i].id);
	for (unsigned i = 0; i < BATCH; i++)
		if (unlink(str_c(&letters[i].active)) < 0)
			fail("unlink");
}

int
main(int argc, char *argv[])
{
	struct letter letters[BATCH] = {0};
	unsigned count = argc > 1 ? (unsigned)atoi(argv[1]) : 0;
	int box_fd = drop_box_open("smtp");

	without_sync = argc > 2 && strcmp(argv[2], "nosync") == 0;
	if (box_fd < 0)
		fail("queue/drop/smtp");
	for (unsigned n = 0; n < count; n += BATCH) {
		for (unsigned i = 0; i < BATCH; i++)
			accept_letter(&letters[i], box_fd, n + i);
		for (unsigned i = 0; i < BATCH; i++)
			move_letter(&letters[i]);
		deliver_letters(letters, n);
	}
	for (unsigned i = 0; i < BATCH; i++) {
		str_free(&letters[i].id);
		str_free(&letters[i].active);
	}
	return 0;
}
