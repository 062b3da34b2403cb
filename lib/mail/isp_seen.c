/* isp_seen - what providers have said lately; see isp_seen.h. */
#include "lib/mail/isp_seen.h"

#include "lib/base/clock.h"
#include "lib/base/io.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { NAME_BYTES_MAX = 255, NUMBER_MAX = 20 };

static const char folder[] = "state/isp";
static const char unknown[] = "unknown.", size[] = "size.";

/* "state/isp/unknown.ADDRESS", in small letters: no provider tells mailboxes
 * apart by them.  False: that is no name of a file. */
static bool
path_of(struct str *path, const char *kind, struct slice address)
{
	if (!address.len || strlen(kind) + address.len > NAME_BYTES_MAX ||
	    memchr(address.s, '/', address.len) ||
	    memchr(address.s, '\0', address.len))
		return false;
	str_addf(path, "%s/%s", folder, kind);
	str_add_slice(path, address);
	str_lower(path);
	return true;
}

static struct slice
address_of(struct slice lane)
{
	slice_cut(&lane, ' ');
	return lane;
}

static bool
is_young(const struct stat *st, uint64_t seconds)
{
	return (uint64_t)st->st_mtime + seconds > clock_wall_s();
}

bool
isp_seen_is_unknown(struct slice address)
{
	struct str path = {0};
	struct stat st;
	bool is_unknown = path_of(&path, unknown, address) &&
	    stat(str_c(&path), &st) == 0 &&
	    is_young(&st, ISP_SEEN_UNKNOWN_S);

	str_free(&path);
	return is_unknown;
}

uint64_t
isp_seen_size(struct slice lane)
{
	struct str path = {0}, text = {0};
	struct stat st;
	uint64_t bytes = 0;

	if (path_of(&path, size, address_of(lane)) &&
	    stat(str_c(&path), &st) == 0 && is_young(&st, ISP_SEEN_SIZE_S) &&
	    read_file(AT_FDCWD, str_c(&path), &text, NUMBER_MAX) == 0 &&
	    !slice_u64(str_slice(&text), UINT64_MAX, &bytes))
		bytes = 0;
	str_free(&path);
	str_free(&text);
	return bytes;
}

/* Readers are other users; they find the file empty for a moment at worst,
 * which says nothing. */
static int
put(const char *kind, struct slice address, struct slice text)
{
	struct str path = {0};
	mode_t mask;
	int fd, result = -1;

	if (!path_of(&path, kind, address)) {
		errno = EINVAL;
		str_free(&path);
		return -1;
	}
	mask = umask(022);
	fd = open(str_c(&path), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC |
	    O_NOFOLLOW, 0644);
	umask(mask);
	if (fd >= 0) {
		result = write_all(fd, text.s, text.len);
		if (close(fd) < 0)
			result = -1;
	}
	str_free(&path);
	return result;
}

int
isp_seen_unknown(struct slice address)
{
	return put(unknown, address, slice_of(""));
}

int
isp_seen_set_size(struct slice lane, uint64_t bytes)
{
	struct str text = {0};
	int result;

	str_add_u64(&text, bytes);
	result = put(size, address_of(lane), str_slice(&text));
	str_free(&text);
	return result;
}

void
isp_seen_known(struct slice address)
{
	struct str path = {0};

	if (path_of(&path, unknown, address))
		(void)unlink(str_c(&path));
	str_free(&path);
}

void
isp_seen_prune(void)
{
	DIR *dir = opendir(folder);
	const struct dirent *entry;
	struct stat st;

	while (dir && (entry = readdir(dir))) {
		bool is_size = strncmp(entry->d_name, size,
		    sizeof size - 1) == 0;

		if (entry->d_name[0] != '.' &&
		    fstatat(dirfd(dir), entry->d_name, &st,
			AT_SYMLINK_NOFOLLOW) == 0 &&
		    !is_young(&st, is_size ? ISP_SEEN_SIZE_S :
			ISP_SEEN_UNKNOWN_S))
			(void)unlinkat(dirfd(dir), entry->d_name, 0);
	}
	if (dir)
		closedir(dir);
}
