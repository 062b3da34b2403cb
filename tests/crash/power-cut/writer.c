/*
 * writer - what a letter does to the disk, one step at a time.
 *
 *	writer COUNT [nosync|together]
 *
 * In an instance's folder: takes COUNT messages in (queue/drop.c itself),
 * moves every one to active/ as queue-manager does, and delivers them in
 * batches (lib/mail/maildir.c itself).  After each step that is a promise it
 * prints a line, "accepted ID", "moved ID", "delivered ID", and waits for a
 * line on standard input; so it does after "named ID", which promises nothing
 * but that what has a name in new/ is whole.  With nosync, neither fsync nor
 * sync_file_range do anything: the control.  With together, all are accepted
 * at once, as pop3-fetch does, and that is all.
 *
 * A body says how long it is and repeats its id, so that whoever finds it can
 * tell whether it is whole.
 */
#include "lib/base/io.h"
#include "lib/mail/maildir.h"
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

enum { BATCH = 4, TOGETHER_MAX = 100 };

struct letter {
	struct str id;
	struct str active; /* its path, once moved */
};

static bool without_sync;

/* Stands in for libc's, for drop.c as well. */
int
fsync(int fd)
{
	return without_sync ? 0 : (int)syscall(SYS_fsync, fd);
}

int
syncfs(int fd)
{
	return without_sync ? 0 : (int)syscall(SYS_syncfs, fd);
}

int
sync_file_range(int fd, off64_t from, off64_t count, unsigned flags)
{
	return without_sync
	    ? 0 : (int)syscall(SYS_sync_file_range, fd, from, count, flags);
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
write_letter(struct letter *letter, struct drop *drop, int box_fd,
    unsigned number)
{
	struct envelope envelope = {0};
	struct str body = {0};

	str_set(&envelope.box, "smtp");
	str_set(&envelope.sender, "a@test");
	str_set(&envelope_add_rcpt(&envelope)->address, "b@test");
	if (drop_begin(drop, box_fd, &envelope) < 0)
		fail("drop_begin");
	str_set_slice(&letter->id, str_slice(&envelope.id));
	body_make(&body, &letter->id, lines_of(number));
	drop_write(drop, str_slice(&body));
	str_free(&body);
	envelope_free(&envelope);
}

static void
accept_letter(struct letter *letter, int box_fd, unsigned number)
{
	struct drop drop = {.fd = -1};

	write_letter(letter, &drop, box_fd, number);
	if (drop_commit(&drop) < 0)
		fail("drop_commit");
	promise("accepted", &letter->id);
}

static void
accept_together(int box_fd, unsigned count)
{
	static struct letter letters[TOGETHER_MAX];
	static struct drop drops[TOGETHER_MAX];
	struct drop *all[TOGETHER_MAX];

	if (count > TOGETHER_MAX)
		count = TOGETHER_MAX;
	for (unsigned i = 0; i < count; i++) {
		all[i] = &drops[i];
		write_letter(&letters[i], &drops[i], box_fd, i);
	}
	drop_prepare(all, count);
	for (unsigned i = 0; i < count; i++)
		if (drop_commit(all[i]) < 0)
			fail("drop_commit");
	for (unsigned i = 0; i < count; i++)
		promise("accepted", &letters[i].id);
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

/* Another program's fsync commits what we have done so far, too. */
static void
be_committed(void)
{
	int fd = open("other", O_CREAT | O_WRONLY | O_APPEND, 0600);

	if (fd < 0 || write(fd, "x", 1) != 1 || fsync(fd) < 0)
		fail("other");
	close(fd);
}

/* libc's, but one can look on. */
int
renameat(int from_fd, const char *from, int to_fd, const char *to)
{
	struct str id = {0};
	int result = renameat2(from_fd, from, to_fd, to, 0);

	str_puts(&id, strchr(strrchr(to, '/'), '.') + 1);
	id.len = slice_find(str_slice(&id), '_');
	id.s[id.len] = '\0';
	be_committed();
	promise("named", &id);
	str_free(&id);
	return result;
}

static struct maildir_message
message_of(struct letter *letter)
{
	struct envelope envelope = {0};
	size_t head_len;
	struct maildir_message message = {.is_first = true,
		.sender = slice_of("a@test"), .id = str_slice(&letter->id)};

	message.fd = open(str_c(&letter->active), O_RDONLY);
	if (message.fd < 0 || envelope_read(message.fd, &envelope,
	    &head_len) != ENVELOPE_OK)
		fail(str_c(&letter->active));
	message.head_len = head_len;
	message.length = envelope.length;
	message.arrived_us = envelope.arrived_us;
	envelope_free(&envelope);
	return message;
}

/* Each into a mailbox of its own, so that as many directories are asked for
 * as letters. */
static void
deliver_letters(struct maildir *maildir, struct letter *letters,
    unsigned count)
{
	static struct maildir_copy copies[BATCH];

	for (unsigned i = 0; i < count; i++) {
		struct maildir_message message = message_of(&letters[i]);

		copies[i].fd = -1;
		str_set(&copies[i].mailbox, "test/b");
		str_add_u64(&copies[i].mailbox, i);
		str_set(&copies[i].address, "b@test");
		maildir_write(maildir, &message, copies, i);
		close(message.fd);
	}
	maildir_commit(maildir, copies, count);
	for (unsigned i = 0; i < count; i++) {
		if (copies[i].state != MAILDIR_DELIVERED)
			fail("maildir_commit");
		promise("delivered", &letters[i].id);
	}
	for (unsigned i = 0; i < count; i++)
		if (unlink(str_c(&letters[i].active)) < 0)
			fail("unlink");
}

int
main(int argc, char *argv[])
{
	struct letter letters[BATCH] = {0};
	unsigned count = argc > 1 ? (unsigned)atoi(argv[1]) : 0;
	int box_fd = drop_box_open("smtp");
	unsigned few;
	int mail_fd = open("mail", O_RDONLY | O_DIRECTORY);
	struct maildir maildir;

	without_sync = argc > 2 && strcmp(argv[2], "nosync") == 0;
	if (box_fd < 0)
		fail("queue/drop/smtp");
	if (mail_fd < 0)
		fail("mail");
	if (argc > 2 && strcmp(argv[2], "together") == 0) {
		accept_together(box_fd, count);
		return 0;
	}
	maildir_init(&maildir, mail_fd, slice_of("test"));
	for (unsigned n = 0; n < count; n += BATCH) {
		for (unsigned i = 0; i < BATCH; i++)
			accept_letter(&letters[i], box_fd, n + i);
		for (unsigned i = 0; i < BATCH; i++)
			move_letter(&letters[i]);
		/* many together, and then few: see lib/mail/maildir.h */
		few = n % (2 * BATCH) ? BATCH / 2 : BATCH;
		for (unsigned i = 0; i < BATCH; i += few)
			deliver_letters(&maildir, letters + i, few);
	}
	for (unsigned i = 0; i < BATCH; i++) {
		str_free(&letters[i].id);
		str_free(&letters[i].active);
	}
	return 0;
}
