/* edit - change a text table, with a way back; see edit.h. */
#include "control/edit.h"

#include "control/changes.h"
#include "control/pending.h"
#include "lib/base/die.h"
#include "lib/base/io.h"
#include "lib/mail/address.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { EDIT_BYTES_MAX = 256 * 1024 * 1024 };

void
edit_open(struct edit *edit, const char *path, mode_t mode)
{
	char real[PATH_MAX];
	struct stat st;

	str_set(&edit->path, realpath(path, real) ? real : path);
	edit->mode = mode;
	edit->uid = geteuid();
	edit->gid = getegid();
	if (stat(path, &st) < 0) {
		if (errno != ENOENT)
			die_temp("cannot read %s", path);
		return;
	}
	if (!S_ISREG(st.st_mode))
		die_perm("%s is no regular file", path);
	if (read_file(AT_FDCWD, path, &edit->before, EDIT_BYTES_MAX) < 0)
		die_temp("cannot read %s", path);
	edit->existed = true;
	edit->mode = st.st_mode & 07777;
	edit->uid = st.st_uid;
	edit->gid = st.st_gid;
	str_add_slice(&edit->text, str_slice(&edit->before));
}

static bool
is_changed(const struct edit *edit)
{
	return !slice_eq(str_slice(&edit->before), str_slice(&edit->text));
}

static int
replace(const struct edit *edit, const struct str *content)
{
	if (replace_file(str_c(&edit->path), str_slice(content),
	    edit->mode) < 0)
		return -1;
	/* somebody else's table stays theirs, as far as we may say so */
	if (chown(str_c(&edit->path), edit->uid, edit->gid) < 0 &&
	    errno != EPERM)
		return -1;
	return 0;
}

static int
save(const struct edit *edit)
{
	return is_changed(edit) ? replace(edit, &edit->text) : 0;
}

static int
undo(const struct edit *edit)
{
	if (!is_changed(edit))
		return 0;
	if (edit->existed)
		return replace(edit, &edit->before);
	return unlink(str_c(&edit->path)) < 0 && errno != ENOENT ? -1 : 0;
}

static void
undo_all(struct edit *const edits[], size_t count)
{
	int error = errno;

	for (size_t i = 0; i < count; i++)
		if (undo(edits[i]) < 0)
			die_temp("cannot put %s back",
			    str_c(&edits[i]->path));
	errno = error;
}

/* Why the change was undone; the exit status. */
static int
tell_faults(struct compile_report *report, enum compile_result result)
{
	struct str faults = {0};

	if (result == COMPILE_ERROR)
		compile_die(report);
	faults_print(&report->faults, &faults);
	fputs(str_c(&faults), stderr);
	fprintf(stderr, "%s: the tables do not compile with this change, "
	    "so they are as they were\n", die_name);
	str_free(&faults);
	return EXIT_PERM;
}

int
edit_put_in_force(struct edit *const edits[], size_t count)
{
	struct compile_report report = {0};
	enum compile_result result;
	struct str pending = {0};
	int status = EXIT_DONE;

	pending_tell(&pending);
	for (size_t i = 0; i < count; i++)
		if (save(edits[i]) < 0) {
			int error = errno;

			/* it is as it was, more likely than not */
			(void)undo(edits[i]);
			errno = error;
			undo_all(edits, i);
			die_temp("cannot change %s", str_c(&edits[i]->path));
		}
	result = compile(&report);
	if (result != COMPILE_DONE) {
		undo_all(edits, count);
		/* an error may leave some of the change in force */
		if (result == COMPILE_FAULTS && !pending.len)
			pending_settle();
		status = tell_faults(&report, result);
	} else {
		changes_tell(&report); /* others may have edited, too */
	}
	compile_report_free(&report);
	str_free(&pending);
	return status;
}

void
edit_free(struct edit *edit)
{
	str_free(&edit->path);
	str_free(&edit->before);
	str_free(&edit->text);
}

static struct slice
first_word(struct slice line, char end)
{
	size_t len = 0;

	line = slice_trim(line);
	while (len < line.len && line.s[len] != end && line.s[len] != ' ' &&
	    line.s[len] != '\t')
		len++;
	return slice_make(line.s, len);
}

size_t
edit_find(const struct edit *edit, struct slice address, char end)
{
	struct slice rest = str_slice(&edit->text);
	struct str normal = {0};
	size_t number = 0, found = 0;

	while (!found && rest.s && rest.len) {
		struct slice word = first_word(slice_cut(&rest, '\n'), end);

		number++;
		if (address_normalize(&normal, word, true) == 0 &&
		    slice_eq(str_slice(&normal), address))
			found = number;
	}
	str_free(&normal);
	return found;
}

/* Where a line begins; the end of the text for one that is not there. */
static size_t
line_start(struct slice text, size_t number)
{
	struct slice rest = text;

	while (--number > 0 && rest.s)
		slice_cut(&rest, '\n');
	return rest.s ? (size_t)(rest.s - text.s) : text.len;
}

void
edit_cut(struct edit *edit, size_t number)
{
	struct slice text = str_slice(&edit->text);
	size_t start = line_start(text, number);
	size_t end = line_start(text, number + 1);
	struct str without = {0};

	str_add(&without, text.s, start);
	str_add(&without, text.s + end, text.len - end);
	str_free(&edit->text);
	edit->text = without;
}

void
edit_put(struct edit *edit, size_t number, struct slice line)
{
	struct slice text = str_slice(&edit->text);
	size_t start = number ? line_start(text, number) : text.len;
	size_t end = number ? line_start(text, number + 1) : text.len;
	struct str with = {0};

	str_add(&with, text.s, start);
	if (with.len && with.s[with.len - 1] != '\n')
		str_putc(&with, '\n');
	str_add_slice(&with, line);
	str_putc(&with, '\n');
	str_add(&with, text.s + end, text.len - end);
	str_free(&edit->text);
	edit->text = with;
}
