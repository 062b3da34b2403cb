/* scan - one look through an office: folders, watches, letters. */
#include "cmd/share-assign/pass.h"

#include "lib/base/io.h"
#include "lib/base/log.h"
#include "lib/base/utf8.h"
#include "lib/mail/header.h"
#include "lib/mail/maildir_folder.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SUBJECT_MAX = 200 };

void
pass_alarm(struct pass *pass, const char *why, const char *path, int error)
{
	struct str text = {0};

	pass->is_incomplete = true;
	if (pass->office->is_alarmed)
		return;
	pass->office->is_alarmed = true;
	str_puts(&text, why);
	if (error)
		str_addf(&text, ": %s", strerror(error));
	log_event("alarm", "why", str_c(&text), "path", path, "to",
	    str_c(&pass->office->manager), NULL);
	str_free(&text);
}

int
pass_move(struct pass *pass, const struct maildir_letter *letter,
    const char *folder, char add, char drop)
{
	struct maildir_move move = {.to_fd = pass->fd, .add = add,
		.drop = drop, .host = str_slice(&pass->tools->me)};
	struct str name = {0};
	int result = -1, error;

	if (folder) {
		str_addf(&name, ".%s", folder);
		move.to_fd = open_dir(pass->fd, str_c(&name));
	}
	if (move.to_fd >= 0)
		result = maildir_letter_move(letter, &move);
	/* a folder that is missing is not a letter that is gone */
	error = move.to_fd < 0 && errno == ENOENT ? ENOTDIR : errno;
	if (folder && move.to_fd >= 0)
		close(move.to_fd);
	str_free(&name);
	errno = error;
	return result;
}

/* ---- folders ---- */

static bool
has_folder(const struct pass *pass, const char *name)
{
	struct stat st;

	return fstatat(pass->fd, name, &st, AT_SYMLINK_NOFOLLOW) == 0;
}

static void
add_folders(const struct pass *pass, struct strs *folders)
{
	const struct office *office = pass->office;
	struct str name = {0};

	for (size_t i = 0; i < office->len; i++) {
		str_set(&name, "Assign.");
		str_add_slice(&name, str_slice(&office->people[i].part));
		strs_add(folders, str_slice(&name));
	}
	strs_add(folders, slice_of("Assigned"));
	/* the last letters may still wait when auditing has ended */
	if (office->has_audit || has_folder(pass, ".Approve")) {
		strs_add(folders, slice_of("Approve"));
		strs_add(folders, slice_of("Approved"));
		strs_add(folders, slice_of("Rejected"));
	}
	str_free(&name);
}

static void
keep_folders(struct pass *pass)
{
	struct strs folders = {0};

	add_folders(pass, &folders);
	for (size_t i = 0; i < folders.len; i++)
		if (maildir_folder_make(pass->fd, str_c(&folders.v[i])) < 0)
			pass_alarm(pass, "cannot make a folder",
			    str_c(&folders.v[i]), errno);
	if (maildir_subscribe(pass->fd, &folders) < 0) {
		if (errno == EAGAIN)
			pass->is_incomplete = true;
		else
			pass_alarm(pass, "cannot subscribe the folders",
			    "subscriptions", errno);
	}
	strs_free(&folders);
}

/* What may come and go in a mailbox or a folder: other directories. */
enum {
	DIRS_CHANGE = IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO,
	LETTERS_COME = IN_CREATE | IN_MOVED_TO
};

/* folder: NULL for the mailbox itself; dir: NULL for the folder itself. */
static void
watch(struct pass *pass, const char *folder, const char *dir, uint32_t what)
{
	struct str path = {0};

	str_addf(&path, "mail/%s", str_c(&pass->office->mailbox));
	if (folder)
		str_addf(&path, "/%s", folder);
	if (dir)
		str_addf(&path, "/%s", dir);
	tools_watch(pass->tools, pass->office, str_c(&path), what);
	str_free(&path);
}

/* ---- letters ---- */

/* What a person may read of a Subject: nothing, rather than half of it or what
 * is not ASCII. */
static void
put_subject(struct str *to, struct slice value)
{
	if (value.len > SUBJECT_MAX || has_8bit(value))
		return;
	for (size_t i = 0; i < value.len; i++)
		if (value.s[i] >= ' ' && value.s[i] != 127)
			str_putc(to, value.s[i]);
}

static void
keep_subject(struct pass *pass, enum outcome outcome)
{
	struct slice rest = str_slice(&pass->text), value;

	if (pass->counts[outcome]++ || rest.len <= pass->top.len)
		return;
	rest = slice_after(rest, pass->top.len);
	if (header_value(rest, "Subject", &value))
		put_subject(&pass->subjects[outcome], slice_trim(value));
}

static bool
goes_back(enum outcome outcome)
{
	return outcome == OUTCOME_NOBODY || outcome == OUTCOME_TOO_BIG ||
	    outcome == OUTCOME_NOT_HELD || outcome == OUTCOME_FORGED;
}

/* False: enough for now. */
static bool
settle(struct pass *pass, const struct maildir_letter *letter,
    enum outcome outcome)
{
	if (goes_back(outcome) && pass_move(pass, letter, NULL, 0, 'S') < 0) {
		if (errno != ENOENT)
			pass_alarm(pass, "cannot move a letter to the INBOX",
			    letter->name, errno);
		return true;
	}
	if (outcome == OUTCOME_LATER)
		pass->is_incomplete = true;
	else if (outcome > OUTCOME_LATER)
		keep_subject(pass, outcome);
	if (outcome == OUTCOME_LEAVE)
		return true;
	if (++pass->handled < PASS_LETTERS_MAX)
		return true;
	pass->is_cut_short = true;
	return false;
}

static bool
take_assigned(void *context, const struct maildir_letter *letter)
{
	return settle(context, letter, assign_letter(context, letter));
}

/* Who does not answer about one letter would keep us waiting for each. */
static bool
take_decided(struct pass *pass, const struct maildir_letter *letter,
    bool is_approval)
{
	enum outcome outcome = decide_letter(pass, letter, is_approval);

	return settle(pass, letter, outcome) && outcome != OUTCOME_LATER;
}

static bool
take_approved(void *context, const struct maildir_letter *letter)
{
	return take_decided(context, letter, true);
}

static bool
take_rejected(void *context, const struct maildir_letter *letter)
{
	return take_decided(context, letter, false);
}

/* name: ".Assign.Anna". */
static void
walk_folder(struct pass *pass, const char *name, bool (*take)(void *context,
    const struct maildir_letter *letter))
{
	int fd;

	if (pass->is_cut_short)
		return;
	/* before the look, so that nothing comes in between unseen; a mail
	 * server that makes a folder makes its parts a moment later */
	watch(pass, name, NULL, DIRS_CHANGE);
	watch(pass, name, "new", LETTERS_COME);
	watch(pass, name, "cur", LETTERS_COME);
	fd = open_dir(pass->fd, name);
	if (fd < 0)
		return;
	str_set(&pass->folder, name + 1);
	if (maildir_each_letter(fd, take, pass) < 0 && errno != ENOENT &&
	    errno != ENOTDIR && errno != ELOOP)
		pass_alarm(pass, "cannot list a folder", name, errno);
	close(fd);
	notes_write(pass);
}

static void
walk_assign(struct pass *pass)
{
	DIR *dir = list_dir(pass->fd, ".");
	static const char prefix[] = ".Assign.";
	struct dirent *entry;

	if (!dir)
		return;
	while ((entry = readdir(dir))) {
		const char *name = entry->d_name;
		bool is_person = !strncmp(name, prefix, strlen(prefix));

		if (!is_person && strcmp(name, ".Assign") != 0)
			continue;
		str_clear(&pass->account);
		if (is_person)
			(void)office_whose(pass->tools, pass->office,
			    slice_of(name + strlen(prefix)), &pass->account);
		walk_folder(pass, name, take_assigned);
	}
	closedir(dir);
}

static int
open_mailbox(struct pass *pass)
{
	const char *mailbox = str_c(&pass->office->mailbox);
	int fd = maildir_open_box(pass->tools->mail_fd, mailbox);

	if (fd >= 0 || errno != ENOENT)
		return fd;
	if (maildir_make_account(pass->tools->mail_fd, mailbox) < 0)
		return -1;
	return maildir_open_box(pass->tools->mail_fd, mailbox);
}

static void
walk(struct pass *pass)
{
	watch(pass, NULL, NULL, DIRS_CHANGE);
	keep_folders(pass);
	walk_assign(pass);
	walk_folder(pass, ".Approved", take_approved);
	walk_folder(pass, ".Rejected", take_rejected);
}

static void
pass_free(struct pass *pass)
{
	if (pass->fd >= 0)
		close(pass->fd);
	str_free(&pass->folder);
	str_free(&pass->account);
	str_free(&pass->text);
	for (size_t i = 0; i < OUTCOMES; i++)
		str_free(&pass->subjects[i]);
}

enum scan
office_scan(struct tools *tools, struct office *office)
{
	struct pass pass = {.tools = tools, .office = office};
	enum scan result;

	pass.fd = open_mailbox(&pass);
	if (pass.fd >= 0)
		walk(&pass);
	else
		pass_alarm(&pass, "cannot open the manager's mailbox",
		    str_c(&office->mailbox), errno);
	result = pass.is_incomplete ? SCAN_AGAIN :
	    pass.is_cut_short ? SCAN_MORE : SCAN_DONE;
	pass_free(&pass);
	return result;
}
