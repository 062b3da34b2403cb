/*
 * decide - a letter that waits for the manager's word, and got it.
 *
 * What is in Approved or Rejected counts by its seal alone: queue-manager
 * made it, local-deliver put it above the letter, and who has it has the
 * manager's copy.  An edited letter has none, and is no approval.  A mark in
 * the file's name says that the question was asked.
 */
#include "cmd/share-assign/pass.h"

#include "lib/base/log.h"
#include "lib/mail/approve.h"

#include <errno.h>
#include <unistd.h>

static const char why_rejected[] = "the manager rejected it";

static void
log_decision(const struct pass *pass, bool is_approval, const char *why)
{
	struct str id = {0};

	str_add_slice(&id, pass->top.hold_id);
	log_event(is_approval ? "approve" : "reject", "id", str_c(&id), "by",
	    str_c(&pass->office->manager), "why", why, NULL);
	str_free(&id);
}

static enum outcome
ask(struct pass *pass, bool is_approval)
{
	switch (approve_ask(is_approval, pass->top.hold_id,
	    pass->top.hold_seal, slice_of(why_rejected))) {
	case APPROVE_OK:
		log_decision(pass, is_approval, NULL);
		return OUTCOME_DONE;
	case APPROVE_ALREADY:
		log_decision(pass, is_approval, "decided before");
		return OUTCOME_DONE;
	case APPROVE_UNKNOWN:
		log_decision(pass, is_approval, "no such letter waits");
		return OUTCOME_GONE;
	case APPROVE_REFUSED:
		log_decision(pass, is_approval, "its seal is not right");
		return OUTCOME_FORGED;
	case APPROVE_NOBODY:
		break;
	}
	pass_alarm(pass, "queue-manager does not answer", "run/approve/s", 0);
	return OUTCOME_LATER;
}

static enum outcome
take(struct pass *pass, const struct maildir_letter *letter, int fd,
    bool is_approval)
{
	if (letter_top_load(fd, &pass->text, &pass->top) < 0) {
		if (errno == EFBIG)
			return OUTCOME_NOT_HELD;
		pass_alarm(pass, "cannot read a letter", letter->name, errno);
		return OUTCOME_LATER;
	}
	if (!pass->top.hold_id.len)
		return OUTCOME_NOT_HELD;
	return ask(pass, is_approval);
}

static int
mark(struct pass *pass, const struct maildir_letter *letter,
    const char *word)
{
	struct maildir_move move = {
		.to_fd = letter->folder_fd,
		.host = str_slice(&pass->tools->me),
		.mark = word,
	};

	return maildir_letter_move(letter, &move);
}

enum outcome
decide_letter(struct pass *pass, const struct maildir_letter *letter,
    bool is_approval)
{
	struct slice flags = maildir_name_flags(letter->name);
	enum outcome outcome;
	uint64_t bytes;
	int fd;

	if (maildir_name_mark(letter->name).len ||
	    slice_find(flags, 'T') < flags.len)
		return OUTCOME_LEAVE;
	fd = maildir_letter_open(letter, &bytes);
	if (fd < 0)
		return OUTCOME_LEAVE;
	outcome = take(pass, letter, fd, is_approval);
	close(fd);
	if ((outcome == OUTCOME_DONE || outcome == OUTCOME_GONE) &&
	    mark(pass, letter, is_approval ? "approved" : "rejected") < 0 &&
	    errno != ENOENT) {
		pass_alarm(pass, "cannot mark a letter", letter->name, errno);
		return OUTCOME_LATER;
	}
	return outcome;
}
