/*
 * note - a few words to the manager, who has moved a letter to where it
 * cannot stay.
 *
 * Written into the INBOX itself: it concerns nobody else.  One for all the
 * letters of a folder that have the same trouble.
 */
#include "cmd/share-assign/pass.h"

#include "lib/base/clock.h"
#include "lib/base/io.h"
#include "lib/base/log.h"
#include "lib/mail/date.h"
#include "lib/mail/display_name.h"
#include "lib/mail/folder_name.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

static const struct {
	const char *title, *text;
} words[OUTCOMES] = {
	[OUTCOME_NOBODY] = {"Not assigned",
	    "that folder is not for anybody who works here.\n\n"
	    "It is back in your INBOX.  To assign it, move it to the folder\n"
	    "below \"Assign\" of the person it is for; there is one for\n"
	    "everybody who has an account.\n"},
	[OUTCOME_TOO_BIG] = {"Not assigned",
	    "it is larger than letters may be here.\n\n"
	    "It is back in your INBOX.  The limit is the setting\n"
	    "databytes.\n"},
	[OUTCOME_NOT_HELD] = {"Nothing decided",
	    "it is not a letter from the folder Approve, or it was edited.\n\n"
	    "It is back in your INBOX, and nothing was decided.  A letter\n"
	    "goes out as it was written, or goes back: to decide, move the\n"
	    "letter itself from Approve to Approved or Rejected.\n"},
	[OUTCOME_FORGED] = {"Nothing decided",
	    "its seal is not right: it did not come from this house.\n\n"
	    "It is back in your INBOX, and nothing was decided.\n"},
	[OUTCOME_GONE] = {"Too late",
	    "that letter is no longer waiting.\n\n"
	    "It was already decided, or it waited too long and went back to\n"
	    "its writer, who was told.\n"},
};

/* "Assign.张三", as the manager's mail program shows it. */
static void
put_folder(struct str *to, struct slice folder)
{
	struct slice part;

	for (bool is_first = true; folder.s; is_first = false) {
		part = slice_cut(&folder, '.');
		if (!is_first)
			str_putc(to, '/');
		if (!folder_name_decode(to, part))
			str_putc(to, '?');
	}
}

static void
put_text(struct str *to, const struct pass *pass, enum outcome outcome)
{
	unsigned count = pass->counts[outcome];

	if (count == 1)
		str_puts(to, "You moved a letter to ");
	else
		str_addf(to, "You moved %u letters to ", count);
	put_folder(to, str_slice(&pass->folder));
	if (pass->subjects[outcome].len)
		str_addf(to, "%s,\n    %s,\n", count > 1 ? ", the first" : "",
		    str_c(&pass->subjects[outcome]));
	else
		str_putc(to, '\n');
	str_puts(to, "but ");
	str_puts(to, words[outcome].text);
}

static void
put_head(struct str *to, const struct pass *pass, enum outcome outcome,
    struct slice name)
{
	struct str from = {0};

	str_addf(&from, "MAILER-DAEMON@%s", str_c(&pass->tools->me));
	str_puts(to, "Return-Path: <>\nDate: ");
	date_add(to, clock_wall_us());
	str_puts(to, "\nFrom: ");
	display_name_add(to, slice_of("The mail system"), str_slice(&from));
	str_addf(to, "\nTo: <%s>\nSubject: %s", str_c(&pass->office->manager),
	    words[outcome].title);
	if (pass->subjects[outcome].len)
		str_addf(to, ": %s", str_c(&pass->subjects[outcome]));
	str_addf(to, "\nMessage-ID: <%.*s@%s>\n", (int)name.len, name.s,
	    str_c(&pass->tools->me));
	str_puts(to, "Auto-Submitted: auto-generated\nMIME-Version: 1.0\n"
	    "Content-Type: text/plain; charset=utf-8\n"
	    "Content-Transfer-Encoding: 8bit\n\n");
	str_free(&from);
}

/* 0, or -1 with errno. */
static int
put_file(int mailbox_fd, const char *name, const struct str *text)
{
	struct str tmp = {0}, new = {0};
	int fd, result = -1, error;

	str_addf(&tmp, "tmp/%s", name);
	str_addf(&new, "new/%s,S=%zu", name, text->len);
	fd = openat(mailbox_fd, str_c(&tmp), O_WRONLY | O_CREAT | O_EXCL |
	    O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd >= 0 && write_all(fd, text->s, text->len) == 0 &&
	    fsync(fd) == 0)
		result = renameat(mailbox_fd, str_c(&tmp), mailbox_fd,
		    str_c(&new));
	error = errno;
	if (fd >= 0 && result < 0)
		(void)unlinkat(mailbox_fd, str_c(&tmp), 0);
	if (fd >= 0)
		close(fd);
	str_free(&tmp);
	str_free(&new);
	errno = error;
	return result;
}

static void
note_write(struct pass *pass, enum outcome outcome)
{
	struct str text = {0}, name = {0};

	maildir_fresh_name(&name, str_slice(&pass->tools->me));
	put_head(&text, pass, outcome, str_slice(&name));
	put_text(&text, pass, outcome);
	log_event("note", "to", str_c(&pass->office->manager), "why",
	    words[outcome].title, "path", str_c(&pass->folder), "count",
	    log_number(pass->counts[outcome]).s, NULL);
	if (put_file(pass->fd, str_c(&name), &text) < 0)
		pass_alarm(pass, "cannot write a note", "new", errno);
	str_free(&text);
	str_free(&name);
}

void
notes_write(struct pass *pass)
{
	for (unsigned i = 0; i < OUTCOMES; i++) {
		if (words[i].text && pass->counts[i])
			note_write(pass, (enum outcome)i);
		pass->counts[i] = 0;
		str_clear(&pass->subjects[i]);
	}
}
