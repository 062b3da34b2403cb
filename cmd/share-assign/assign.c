/*
 * assign - a letter from the manager's folder into the queue.
 *
 * The id follows from the file's unique name, the message's length and the
 * person: whoever is killed between commit and rename hands the same letter
 * in again under the same id, and queue-manager discards it.  So the order
 * is: commit, then move, and a letter is moved only after a commit of ours.
 */
#include "cmd/share-assign/pass.h"

#include "lib/base/log.h"
#include "queue/drop.h"
#include "queue/id.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

enum { CHUNK = 64 * 1024 };

static void
make_id(const struct pass *pass, const struct maildir_letter *letter,
    uint64_t length, struct str *id)
{
	struct str seed = {0};

	str_add_slice(&seed, maildir_name_base(letter->name));
	str_addf(&seed, "%c%llu%c", 0, (unsigned long long)length, 0);
	str_add_slice(&seed, str_slice(&pass->account));
	queue_id_once(id, 'a', str_slice(&seed));
	str_free(&seed);
}

/* LF line ends, and no CR: what a mail program appended may have some. */
struct lines {
	bool has_cr, has_lf;
};

static void
add_lines(struct drop *drop, struct lines *lines, const char *bytes,
    size_t len)
{
	struct str plain = {0};

	if (!lines->has_cr && !memchr(bytes, '\r', len)) {
		drop_write(drop, slice_make(bytes, len));
		lines->has_lf = bytes[len - 1] == '\n';
		return;
	}
	for (size_t i = 0; i < len; i++) {
		if (lines->has_cr && bytes[i] != '\n')
			str_putc(&plain, ' ');
		lines->has_cr = bytes[i] == '\r';
		if (!lines->has_cr)
			str_putc(&plain, bytes[i]);
	}
	if (plain.len) {
		drop_write(drop, str_slice(&plain));
		lines->has_lf = plain.s[plain.len - 1] == '\n';
	}
	str_free(&plain);
}

/* The message, from byte `at` to the end.  0, or -1 with errno. */
static int
copy_message(struct drop *drop, int fd, uint64_t at, uint64_t end)
{
	static char chunk[CHUNK];
	struct lines lines = {0};

	while (at < end) {
		size_t want = end - at < CHUNK ? (size_t)(end - at) : CHUNK;
		ssize_t n = pread(fd, chunk, want, (off_t)at);

		if (n <= 0) {
			errno = n < 0 ? errno : EIO; /* it was longer */
			return -1;
		}
		add_lines(drop, &lines, chunk, (size_t)n);
		at += (uint64_t)n;
	}
	if (lines.has_cr || !lines.has_lf)
		drop_write(drop, slice_of("\n"));
	return 0;
}

static void
address_it(const struct pass *pass, const struct maildir_letter *letter,
    uint64_t length, struct envelope *envelope)
{
	struct envelope_rcpt *rcpt;

	make_id(pass, letter, length, &envelope->id);
	str_set(&envelope->box, "local");
	str_set_slice(&envelope->sender, pass->top.sender);
	/* it goes into a mailbox here and nowhere else */
	envelope->is_8bit = true;
	rcpt = envelope_add_rcpt(envelope);
	str_set_slice(&rcpt->address, str_slice(&pass->account));
	/* the writer's letter has arrived: the manager had it */
	str_set(&rcpt->notify, "never");
}

/* 0: it is queued; -1 with errno. */
static int
hand_in(struct pass *pass, int fd, uint64_t bytes, struct drop *drop)
{
	int error;

	if (copy_message(drop, fd, pass->top.len, bytes) == 0)
		return drop_commit(drop);
	error = errno;
	drop_abort(drop);
	errno = error;
	return -1;
}

static enum outcome
queue_it(struct pass *pass, const struct maildir_letter *letter, int fd,
    uint64_t bytes)
{
	struct envelope envelope = {0};
	struct drop drop = {.fd = -1};
	enum outcome outcome = OUTCOME_LATER;

	address_it(pass, letter, bytes - pass->top.len, &envelope);
	/* EEXIST: an earlier attempt's, perhaps torn, which queue-manager
	 * will have taken or cleared away before the next look */
	if (drop_begin(&drop, pass->tools->box_fd, &envelope) < 0 ||
	    hand_in(pass, fd, bytes, &drop) < 0) {
		if (errno != EEXIST)
			pass_alarm(pass, "cannot write into the queue",
			    "queue/drop/local", errno);
	} else {
		log_event("assign", "id", str_c(&envelope.id), "from",
		    str_c(&pass->office->manager), "to",
		    str_c(&pass->account), NULL);
		outcome = OUTCOME_DONE;
	}
	drop_abort(&drop);
	envelope_free(&envelope);
	return outcome;
}

static bool
is_too_big(const struct pass *pass, uint64_t bytes)
{
	return pass->tools->databytes && bytes > pass->tools->databytes;
}

static enum outcome
take(struct pass *pass, const struct maildir_letter *letter, int fd,
    uint64_t bytes)
{
	if (letter_top_load(fd, &pass->text, &pass->top) < 0) {
		if (errno == EFBIG)
			return OUTCOME_TOO_BIG;
		pass_alarm(pass, "cannot read a letter", letter->name, errno);
		return OUTCOME_LATER;
	}
	if (!pass->account.len)
		return OUTCOME_NOBODY;
	if (bytes < pass->top.len || is_too_big(pass, bytes - pass->top.len))
		return OUTCOME_TOO_BIG;
	return queue_it(pass, letter, fd, bytes);
}

enum outcome
assign_letter(struct pass *pass, const struct maildir_letter *letter)
{
	enum outcome outcome = OUTCOME_LEAVE;
	struct tools *tools = pass->tools;
	uint64_t bytes;
	int fd;

	/* deleted, and about to be gone: perhaps moved on elsewhere */
	if (slice_find(maildir_name_flags(letter->name), 'T') <
	    maildir_name_flags(letter->name).len)
		return OUTCOME_LEAVE;
	if (!drop_has_room(tools->box_fd, tools->minfree_bytes,
	    tools->minfree_percent)) {
		pass_alarm(pass, "the disk is too full to assign letters",
		    "queue/drop/local", ENOSPC);
		return OUTCOME_LATER;
	}
	fd = maildir_letter_open(letter, &bytes);
	if (fd < 0)
		return OUTCOME_LEAVE; /* gone, or no letter */
	outcome = take(pass, letter, fd, bytes);
	close(fd);
	if (outcome == OUTCOME_DONE &&
	    pass_move(pass, letter, "Assigned", 'S', 0) < 0 &&
	    errno != ENOENT) {
		pass_alarm(pass, "cannot move a letter to Assigned",
		    letter->name, errno);
		outcome = OUTCOME_LATER;
	}
	return outcome;
}
