/* maildir_letter - the letters in a folder; see maildir_letter.h. */
#include "lib/mail/maildir_letter.h"

#include "lib/base/clock.h"
#include "lib/base/io.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { TRIES = 3 }; /* to move what somebody else renames */

static const char *const dirs[] = {"new", "cur"};
enum { DIRS = sizeof dirs / sizeof *dirs };

/* ---- names ---- */

struct slice
maildir_name_base(const char *name)
{
	return slice_make(name, strcspn(name, ",:"));
}

struct slice
maildir_name_flags(const char *name)
{
	const char *info = strstr(name, ":2,");

	return slice_of(info ? info + 3 : "");
}

/* What stands between base and flags: ",S=71,W=75". */
static struct slice
fields_of(const char *name)
{
	struct slice base = maildir_name_base(name);
	const char *at = name + base.len;

	return slice_make(at, strcspn(at, ":"));
}

struct slice
maildir_name_mark(const char *name)
{
	struct slice rest = fields_of(name);

	while (rest.s) {
		struct slice field = slice_cut(&rest, ',');

		if (slice_starts(field, "H="))
			return slice_after(field, 2);
	}
	return slice_of("");
}

void
maildir_fresh_name(struct str *to, struct slice host)
{
	static unsigned long count;
	uint64_t now_us = clock_wall_us();

	str_addf(to, "%llu.M%lluP%ldQ%lu.",
	    (unsigned long long)(now_us / 1000000),
	    (unsigned long long)(now_us % 1000000), (long)getpid(), ++count);
	for (size_t i = 0; i < host.len && i < 64; i++)
		str_putc(to, host.s[i] > ' ' && !strchr("/:,", host.s[i]) ?
		    host.s[i] : '_');
}

/* ---- finding ---- */

/* 1: go on, 0: enough, -1 with errno. */
static int
each_in(struct maildir_letter *letter, bool (*take)(void *context,
    const struct maildir_letter *letter), void *context)
{
	DIR *dir = list_dir(letter->folder_fd, letter->dir);
	struct dirent *entry;
	bool goes_on = true;

	if (!dir)
		return -1;
	letter->dir_fd = dirfd(dir);
	while (goes_on && (entry = readdir(dir)))
		if (entry->d_name[0] != '.' && (entry->d_type == DT_REG ||
		    entry->d_type == DT_UNKNOWN)) {
			letter->name = entry->d_name;
			goes_on = take(context, letter);
		}
	closedir(dir);
	return goes_on;
}

int
maildir_each_letter(int folder_fd, bool (*take)(void *context,
    const struct maildir_letter *letter), void *context)
{
	struct maildir_letter letter = {.folder_fd = folder_fd};
	int result = 1;

	for (size_t i = 0; i < DIRS && result > 0; i++) {
		letter.dir = dirs[i];
		result = each_in(&letter, take, context);
	}
	return result < 0 ? -1 : 0;
}

int
maildir_letter_open(const struct maildir_letter *letter, uint64_t *bytes)
{
	struct stat st;
	int fd = openat(letter->dir_fd, letter->name,
	    O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	int error = EINVAL;

	if (fd < 0)
		return -1;
	if (fstat(fd, &st) < 0)
		error = errno;
	else if (S_ISREG(st.st_mode)) {
		*bytes = (uint64_t)st.st_size;
		return fd;
	}
	close(fd);
	errno = error;
	return -1;
}

/* ---- moving ---- */

/* Flags stand in the order of their letters; keywords are lower case. */
static void
put_flags(struct str *to, struct slice flags, const struct maildir_move *move)
{
	for (char c = 'A'; c <= 'Z'; c++)
		if (c == move->add || (c != move->drop &&
		    slice_find(flags, c) < flags.len))
			str_putc(to, c);
}

static void
put_new_name(struct str *to, const char *name,
    const struct maildir_move *move)
{
	struct slice rest = fields_of(name);

	str_set(to, "cur/");
	maildir_fresh_name(to, move->host);
	while (rest.s) {
		struct slice field = slice_cut(&rest, ',');

		if (field.len && !slice_starts(field, "H=")) {
			str_putc(to, ',');
			str_add_slice(to, field);
		}
	}
	if (move->mark)
		str_addf(to, ",H=%s", move->mark);
	str_puts(to, ":2,");
	put_flags(to, maildir_name_flags(name), move);
}

struct search {
	struct slice base;
	struct str dir, name; /* found; empty: not */
};

static bool
is_it(void *context, const struct maildir_letter *letter)
{
	struct search *search = context;

	if (!slice_eq(maildir_name_base(letter->name), search->base))
		return true;
	str_set(&search->dir, letter->dir);
	str_set(&search->name, letter->name);
	return false;
}

/* The name that it has by now, as "cur/NAME".  False: it is gone. */
static bool
find_again(const struct maildir_letter *letter, struct str *path,
    struct str *name)
{
	struct search search = {.base = maildir_name_base(letter->name)};
	bool is_found = maildir_each_letter(letter->folder_fd, is_it,
	    &search) == 0 && search.name.len;

	if (is_found) {
		str_clear(path);
		str_addf(path, "%s/%s", str_c(&search.dir),
		    str_c(&search.name));
		str_set_slice(name, str_slice(&search.name));
	}
	str_free(&search.dir);
	str_free(&search.name);
	return is_found;
}

int
maildir_letter_move(const struct maildir_letter *letter,
    const struct maildir_move *move)
{
	struct str from = {0}, to = {0}, name = {0};
	int result = -1, error = ENOENT;

	str_addf(&from, "%s/%s", letter->dir, letter->name);
	str_puts(&name, letter->name);
	for (int i = 0; i < TRIES && result < 0 && error == ENOENT; i++) {
		if (i && !find_again(letter, &from, &name)) {
			error = ENOENT;
			break;
		}
		put_new_name(&to, str_c(&name), move);
		result = renameat2(letter->folder_fd, str_c(&from),
		    move->to_fd, str_c(&to), RENAME_NOREPLACE);
		error = errno;
	}
	str_free(&from);
	str_free(&to);
	str_free(&name);
	errno = error;
	return result;
}
