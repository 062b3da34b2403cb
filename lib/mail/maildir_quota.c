/* maildir_quota - Maildir++ quota; see maildir_quota.h. */
#include "lib/mail/maildir_quota.h"

#include "lib/base/clock.h"
#include "lib/base/io.h"
#include "lib/mail/maildir_scan.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	SIZE_FILE_MAX = 5120, /* longer ones are made anew */
	STALE_SECONDS = 15 * 60,
	LINE_MAX_BYTES = 64
};

static void
put_limits(struct str *to, const struct maildir_quota *quota)
{
	if (quota->bytes)
		str_addf(to, "%lluS", (unsigned long long)quota->bytes);
	if (quota->messages)
		str_addf(to, "%s%lluC", quota->bytes ? "," : "",
		    (unsigned long long)quota->messages);
}

static bool
is_limits(struct slice line, const struct maildir_quota *quota)
{
	struct str limits = {0};
	bool result;

	put_limits(&limits, quota);
	result = slice_eq(line, str_slice(&limits));
	str_free(&limits);
	return result;
}

/* A number that may be negative, off the front of *line, blanks before it. */
static bool
cut_number(struct slice *line, int64_t *number)
{
	struct slice word;
	bool is_negative = false;
	uint64_t n;

	*line = slice_trim(*line);
	if (line->len && line->s[0] == '-') {
		is_negative = true;
		*line = slice_after(*line, 1);
	}
	word = slice_cut(line, ' ');
	/* two to the 53: sums of a file's lines cannot overflow */
	if (!slice_u64(word, (uint64_t)1 << 53, &n))
		return false;
	*number = is_negative ? -(int64_t)n : (int64_t)n;
	return true;
}

bool
maildir_quota_parse(struct slice file, const struct maildir_quota *quota,
    struct maildir_usage *usage)
{
	*usage = (struct maildir_usage){0};
	/* A last line without its end was torn. */
	if (!file.len || file.s[file.len - 1] != '\n')
		return false;
	file.len--;
	if (!is_limits(slice_cut(&file, '\n'), quota))
		return false;
	while (file.s) {
		struct slice line = slice_cut(&file, '\n');
		int64_t bytes, messages;

		if (!cut_number(&line, &bytes) ||
		    !cut_number(&line, &messages) || slice_trim(line).len)
			return false;
		usage->bytes += bytes;
		usage->messages += messages;
		usage->lines++;
	}
	if (usage->bytes < 0 || usage->messages < 0)
		return false;
	return usage->lines > 0;
}

/* Reads maildirsize.  False: it has to be made.  O_NONBLOCK here and below:
 * a fifo in its place is not waited for. */
static bool
read_usage(int dir_fd, const char *mailbox, const struct maildir_quota *quota,
    struct maildir_usage *usage, bool *is_stale)
{
	struct str path = {0}, file = {0};
	struct stat st;
	bool result = false;
	int fd = openat(dir_fd, maildir_path_in(&path, mailbox, "maildirsize"),
	    O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);

	if (fd >= 0 && fstat(fd, &st) == 0 && st.st_size < SIZE_FILE_MAX &&
	    read_to_end(fd, &file, SIZE_FILE_MAX) == 0)
		result = maildir_quota_parse(str_slice(&file), quota, usage);
	if (result)
		*is_stale = usage->lines > 1 || st.st_mtime + STALE_SECONDS <
		    (time_t)clock_wall_s();
	if (fd >= 0)
		close(fd);
	str_free(&path);
	str_free(&file);
	return result;
}

static int
write_usage(int dir_fd, const char *mailbox, const struct maildir_quota *quota,
    const struct maildir_usage *usage)
{
	struct str text = {0}, name = {0}, tmp = {0}, path = {0};
	int fd, result = -1;

	put_limits(&text, quota);
	str_addf(&text, "\n%lld %lld\n", (long long)usage->bytes,
	    (long long)usage->messages);
	str_addf(&name, "tmp/maildirsize.%ld", (long)getpid());
	fd = openat(dir_fd, maildir_path_in(&tmp, mailbox, str_c(&name)),
	    O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_NONBLOCK |
	    O_CLOEXEC, 0600);
	if (fd >= 0 && write_all(fd, text.s, text.len) == 0)
		result = renameat(dir_fd, str_c(&tmp), dir_fd,
		    maildir_path_in(&path, mailbox, "maildirsize"));
	if (fd >= 0)
		close(fd);
	str_free(&text);
	str_free(&name);
	str_free(&tmp);
	str_free(&path);
	return result;
}

/* Counts, and writes down what was found; when the mailbox changed meanwhile
 * the file is removed again, so that the next one counts. */
static int
recalculate(int dir_fd, const char *mailbox, const struct maildir_quota *quota,
    struct maildir_usage *usage)
{
	struct maildir_scan before, after;
	struct str path = {0};

	if (maildir_scan(dir_fd, mailbox, &before) < 0)
		return -1;
	*usage = before.usage;
	if (write_usage(dir_fd, mailbox, quota, usage) < 0)
		return errno == ENOENT ? 0 : -1; /* no mailbox yet */
	if (maildir_scan(dir_fd, mailbox, &after) < 0 ||
	    maildir_is_later(after.newest, before.newest))
		(void)unlinkat(dir_fd, maildir_path_in(&path, mailbox,
		    "maildirsize"), 0);
	str_free(&path);
	return 0;
}

static bool
fits(uint64_t limit, int64_t used, uint64_t more)
{
	return !limit || ((uint64_t)used <= limit &&
	    more <= limit - (uint64_t)used);
}

static enum maildir_room
judge(const struct maildir_quota *quota, const struct maildir_usage *usage,
    const struct maildir_quota *more)
{
	return fits(quota->bytes, usage->bytes, more->bytes) &&
	    fits(quota->messages, usage->messages, more->messages)
	    ? MAILDIR_ROOM : MAILDIR_NO_ROOM;
}

enum maildir_room
maildir_quota_check(int dir_fd, const char *mailbox,
    const struct maildir_quota *quota, const struct maildir_quota *more)
{
	struct maildir_usage usage;
	bool is_stale = false;

	if (read_usage(dir_fd, mailbox, quota, &usage, &is_stale) &&
	    (judge(quota, &usage, more) == MAILDIR_ROOM || !is_stale))
		return judge(quota, &usage, more);
	if (recalculate(dir_fd, mailbox, quota, &usage) < 0)
		return MAILDIR_ROOM_UNKNOWN;
	return judge(quota, &usage, more);
}

void
maildir_quota_add(int dir_fd, const char *mailbox, uint64_t bytes)
{
	struct str path = {0};
	char line[LINE_MAX_BYTES];
	int fd = openat(dir_fd, maildir_path_in(&path, mailbox, "maildirsize"),
	    O_WRONLY | O_APPEND | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	int len = snprintf(line, sizeof line, "%llu 1\n",
	    (unsigned long long)bytes);

	/* What cannot be noted is found by the next scan. */
	if (fd >= 0 && write(fd, line, (size_t)len) != len)
		(void)unlinkat(dir_fd, str_c(&path), 0);
	if (fd >= 0)
		close(fd);
	str_free(&path);
}
