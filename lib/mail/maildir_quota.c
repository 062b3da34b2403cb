/* maildir_quota - Maildir++ quota; see maildir_quota.h. */
#include "lib/mail/maildir_quota.h"

#include "lib/base/clock.h"
#include "lib/base/io.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	SIZE_FILE_MAX = 5120, /* longer ones are made anew */
	STALE_SECONDS = 15 * 60,
	LINE_MAX_BYTES = 64
};

/* What a scan of the mailbox found. */
struct scan {
	struct maildir_usage usage;
	struct timespec newest; /* change of a folder's new/ or cur/ */
};

/* ---- the file ---- */

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
		*line = slice_make(line->s + 1, line->len - 1);
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

static const char *
path_in(struct str *path, const char *mailbox, const char *name)
{
	str_clear(path);
	str_puts(path, mailbox);
	str_putc(path, '/');
	str_puts(path, name);
	return str_c(path);
}

/* Reads maildirsize.  False: it has to be made. */
static bool
read_usage(int dir_fd, const char *mailbox, const struct maildir_quota *quota,
    struct maildir_usage *usage, bool *is_stale)
{
	struct str path = {0}, file = {0};
	struct stat st;
	bool result = false;
	int fd = openat(dir_fd, path_in(&path, mailbox, "maildirsize"),
	    O_RDONLY | O_NOFOLLOW | O_CLOEXEC);

	if (fd >= 0 && fstat(fd, &st) == 0 && st.st_size < SIZE_FILE_MAX &&
	    read_to_end(fd, &file, SIZE_FILE_MAX) == 0)
		result = maildir_quota_parse(str_slice(&file), quota, usage);
	if (result)
		*is_stale = usage->lines > 1 || st.st_mtime + STALE_SECONDS <
		    (time_t)(clock_wall_us() / 1000000);
	if (fd >= 0)
		close(fd);
	str_free(&path);
	str_free(&file);
	return result;
}

/* ---- counting the mailbox ---- */

static bool
is_later(struct timespec a, struct timespec b)
{
	return a.tv_sec != b.tv_sec ? a.tv_sec > b.tv_sec
	                            : a.tv_nsec > b.tv_nsec;
}

/* The size in a name, ",S=1234"; else of the file itself. */
static bool
size_of(int fd, const char *name, uint64_t *bytes)
{
	const char *size = strstr(name, ",S=");
	struct stat st;

	if (size && slice_u64(slice_make(size + 3,
	    strspn(size + 3, "0123456789")), INT64_MAX / 2, bytes))
		return true;
	if (fstatat(fd, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return false;
	*bytes = (uint64_t)st.st_size;
	return true;
}

/* Opens a directory to list it.  NULL with errno. */
static DIR *
list(int dir_fd, const char *path)
{
	int fd = openat(dir_fd, path,
	    O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;

	if (!dir && fd >= 0)
		close(fd);
	return dir;
}

static int
count_messages(int dir_fd, const char *path, struct scan *scan)
{
	DIR *dir = list(dir_fd, path);
	struct dirent *entry;
	struct stat st;
	uint64_t bytes;

	if (!dir)
		return errno == ENOENT || errno == ENOTDIR ? 0 : -1;
	if (fstat(dirfd(dir), &st) == 0 &&
	    is_later(st.st_mtim, scan->newest))
		scan->newest = st.st_mtim;
	while ((entry = readdir(dir)))
		if (entry->d_name[0] != '.' &&
		    size_of(dirfd(dir), entry->d_name, &bytes)) {
			scan->usage.bytes += (int64_t)bytes;
			scan->usage.messages++;
		}
	closedir(dir);
	return 0;
}

static int
count_folder(int dir_fd, const char *folder, struct scan *scan)
{
	struct str path = {0};
	int result = 0;

	if (count_messages(dir_fd, path_in(&path, folder, "new"), scan) < 0 ||
	    count_messages(dir_fd, path_in(&path, folder, "cur"), scan) < 0)
		result = -1;
	str_free(&path);
	return result;
}

static bool
is_folder(const char *name)
{
	return name[0] == '.' && name[1] && strcmp(name, "..") != 0;
}

/* INBOX is the root itself, every other folder a directory ".NAME" in it. */
static int
count_mailbox(int dir_fd, const char *mailbox, struct scan *scan)
{
	struct str path = {0};
	DIR *dir = list(dir_fd, mailbox);
	struct dirent *entry;
	int result;

	*scan = (struct scan){0};
	if (!dir)
		return errno == ENOENT ? 0 : -1;
	result = count_folder(dir_fd, mailbox, scan);
	while (result == 0 && (entry = readdir(dir)))
		if (is_folder(entry->d_name))
			result = count_folder(dir_fd, path_in(&path, mailbox,
			    entry->d_name), scan);
	closedir(dir);
	str_free(&path);
	return result;
}

/* ---- making the file anew ---- */

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
	fd = openat(dir_fd, path_in(&tmp, mailbox, str_c(&name)), O_WRONLY |
	    O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd >= 0 && write_all(fd, text.s, text.len) == 0)
		result = renameat(dir_fd, str_c(&tmp), dir_fd,
		    path_in(&path, mailbox, "maildirsize"));
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
	struct scan before, after;
	struct str path = {0};

	if (count_mailbox(dir_fd, mailbox, &before) < 0)
		return -1;
	*usage = before.usage;
	if (write_usage(dir_fd, mailbox, quota, usage) < 0)
		return errno == ENOENT ? 0 : -1; /* no mailbox yet */
	if (count_mailbox(dir_fd, mailbox, &after) < 0 ||
	    is_later(after.newest, before.newest))
		(void)unlinkat(dir_fd, path_in(&path, mailbox, "maildirsize"),
		    0);
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
	int fd = openat(dir_fd, path_in(&path, mailbox, "maildirsize"),
	    O_WRONLY | O_APPEND | O_NOFOLLOW | O_CLOEXEC);
	int len = snprintf(line, sizeof line, "%llu 1\n",
	    (unsigned long long)bytes);

	/* What cannot be noted is found by the next scan. */
	if (fd >= 0 && write(fd, line, (size_t)len) != len)
		(void)unlinkat(dir_fd, str_c(&path), 0);
	if (fd >= 0)
		close(fd);
	str_free(&path);
}
