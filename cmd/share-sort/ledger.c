/* ledger - who wrote which Message-ID; see ledger.h. */
#include "cmd/share-sort/ledger.h"

#include "lib/base/hex.h"
#include "lib/base/io.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/sha.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LINE_MAX_BYTES = 512, FOLDERS = 256 };

int
ledger_open(struct ledger *ledger, const char *path)
{
	*ledger = (struct ledger){
		.dir_fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
	return ledger->dir_fd < 0 ? -1 : 0;
}

void
ledger_close(struct ledger *ledger)
{
	close(ledger->dir_fd);
}

/* "DOMAIN/XX/HASH", or with is_assigned "DOMAIN/XX/HASH.assigned". */
static struct str
path_of(struct slice domain, struct slice id, bool is_assigned)
{
	unsigned char digest[SHA256_DIGEST_LENGTH];
	struct str path = {0};

	SHA256((const unsigned char *)id.s, id.len, digest);
	str_add_slice(&path, domain);
	str_putc(&path, '/');
	hex_add(&path, digest, 1);
	str_putc(&path, '/');
	hex_add(&path, digest, sizeof digest);
	if (is_assigned)
		str_puts(&path, ".assigned");
	return path;
}

static bool
is_domain(struct slice domain)
{
	return domain.len && domain.s[0] != '.' &&
	    slice_find(domain, '/') == domain.len;
}

/* ---- reading ---- */

static bool
parse(struct slice text, uint64_t now_s, struct who_trace *trace)
{
	struct slice line = slice_cut(&text, '\n'), account, time;
	uint64_t time_s;

	if (!text.s) /* torn: its letter was not sent yet */
		return false;
	account = slice_cut(&line, ' ');
	time = slice_cut(&line, ' ');
	if (!account.len || line.len != SUBJECT_HASH_LEN ||
	    !slice_u64(time, UINT64_MAX / 2, &time_s) ||
	    time_s + LEDGER_KEEP_S < now_s)
		return false;
	str_set_slice(&trace->account, account);
	str_set_slice(&trace->subject, line);
	return true;
}

/* As ledger_get, of an open file. */
static int
read_entry(int fd, uint64_t now_s, struct who_trace *trace)
{
	char bytes[LINE_MAX_BYTES];
	ssize_t n = pread(fd, bytes, sizeof bytes, 0);

	if (n < 0)
		return -1;
	return parse(slice_make(bytes, (size_t)n), now_s, trace);
}

int
ledger_get(struct ledger *ledger, struct slice domain, struct slice id,
    bool is_assigned, uint64_t now_s, struct who_trace *trace)
{
	struct str path = path_of(domain, id, is_assigned);
	int fd = -1, result = 0;

	if (is_domain(domain))
		fd = openat(ledger->dir_fd, str_c(&path),
		    O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	if (fd >= 0) {
		result = read_entry(fd, now_s, trace);
		close(fd);
	} else if (is_domain(domain) && errno != ENOENT) {
		result = -1;
	}
	str_free(&path);
	return result;
}

/* ---- writing ---- */

/* Makes path, and makes its name in the folder above durable: always, for who
 * made it first may have been killed before. */
static int
make_folder(int dir_fd, const char *path, const char *above)
{
	if (mkdirat(dir_fd, path, 0700) < 0 && errno != EEXIST)
		return -1;
	return sync_dir(dir_fd, above);
}

static int
make_folders(struct ledger *ledger, const struct str *path)
{
	struct slice rest = str_slice(path);
	struct str domain = {0}, folder = {0};
	int result;

	str_add_slice(&domain, slice_cut(&rest, '/'));
	str_addf(&folder, "%s/", str_c(&domain));
	str_add_slice(&folder, slice_cut(&rest, '/'));
	result = make_folder(ledger->dir_fd, str_c(&domain), ".");
	if (result == 0)
		result = make_folder(ledger->dir_fd, str_c(&folder),
		    str_c(&domain));
	str_free(&domain);
	str_free(&folder);
	return result;
}

static int
open_entry(struct ledger *ledger, const struct str *path)
{
	int flags = O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC;
	int fd = openat(ledger->dir_fd, str_c(path), flags, 0600);

	if (fd >= 0 || errno != ENOENT || make_folders(ledger, path) < 0)
		return fd;
	return openat(ledger->dir_fd, str_c(path), flags, 0600);
}

/* One write at the start, of less than a sector: what is behind its line end,
 * left by a longer one, does not count. */
static int
write_entry(int fd, const struct who_trace *trace, uint64_t now_s)
{
	struct str line = {0};
	int result;

	str_add_slice(&line, str_slice(&trace->account));
	str_putc(&line, ' ');
	str_add_u64(&line, now_s);
	str_putc(&line, ' ');
	str_add_slice(&line, str_slice(&trace->subject));
	str_putc(&line, '\n');
	errno = EMSGSIZE;
	result = line.len > LINE_MAX_BYTES ? -1 :
	    pwrite_all(fd, line.s, line.len, 0);
	str_free(&line);
	return result;
}

/* Its fsync makes the file durable, and its name (queue/FORMAT.md); also of
 * one that is there, for who wrote it may have been killed before. */
int
ledger_put(struct ledger *ledger, struct slice domain, struct slice id,
    bool is_assigned, const struct who_trace *trace, uint64_t now_s)
{
	struct str path = path_of(domain, id, is_assigned);
	struct who_trace present = {0};
	int fd = -1, known = -1, result = -1;

	errno = EINVAL;
	if (is_domain(domain))
		fd = open_entry(ledger, &path);
	if (fd >= 0)
		known = read_entry(fd, now_s, &present);
	if (known == 0 || (known > 0 && is_assigned))
		known = write_entry(fd, trace, now_s) < 0 ? -1 : 1;
	if (known > 0)
		result = fsync(fd);
	if (fd >= 0 && close(fd) < 0)
		result = -1;
	who_trace_free(&present);
	str_free(&path);
	return result;
}

/* ---- clearing ---- */

static void
clear_folder(DIR *dir, uint64_t now_s)
{
	struct dirent *entry;
	struct stat status;

	while ((entry = readdir(dir)))
		if (entry->d_name[0] != '.' &&
		    fstatat(dirfd(dir), entry->d_name, &status,
			AT_SYMLINK_NOFOLLOW) == 0 &&
		    (uint64_t)status.st_mtime + LEDGER_KEEP_S < now_s)
			(void)unlinkat(dirfd(dir), entry->d_name, 0);
	closedir(dir);
}

static void
clear_domain(int dir_fd, const char *domain, unsigned folder, uint64_t now_s)
{
	struct str path = {0};
	unsigned char number = (unsigned char)folder;
	DIR *dir;

	str_addf(&path, "%s/", domain);
	hex_add(&path, &number, 1);
	dir = list_dir(dir_fd, str_c(&path));
	str_free(&path);
	if (dir)
		clear_folder(dir, now_s);
}

void
ledger_clear(struct ledger *ledger, uint64_t now_s)
{
	uint64_t step = now_s / LEDGER_STEP_S;
	struct dirent *entry;
	DIR *dir;

	if (step == ledger->step)
		return;
	ledger->step = step;
	dir = list_dir(ledger->dir_fd, ".");
	if (!dir)
		return;
	while ((entry = readdir(dir)))
		if (entry->d_name[0] != '.')
			clear_domain(ledger->dir_fd, entry->d_name,
			    (unsigned)(step % FOLDERS), now_s);
	closedir(dir);
}
