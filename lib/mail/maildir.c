/* maildir - letters into Maildirs; see maildir.h. */
#include "lib/mail/maildir.h"

#include "lib/base/fs_order.h"
#include "lib/base/io.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <openssl/sha.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	CHUNK = 128 * 1024,
	HOST_LEN_MAX = 128,  /* so that no name is longer than NAME_MAX */
	HASH_BYTES = 8
};

void
maildir_host(struct maildir *maildir, struct slice host)
{
	str_clear(&maildir->host);
	for (size_t i = 0; i < host.len && i < HOST_LEN_MAX; i++) {
		unsigned char c = (unsigned char)host.s[i];

		if (c <= ' ' || c == '/' || c == ':' || c == ',' || c >= 127)
			str_addf(&maildir->host, "\\%03o", c);
		else
			str_putc(&maildir->host, (char)c);
		if (maildir->host.len >= HOST_LEN_MAX)
			break;
	}
}

void
maildir_init(struct maildir *maildir, int dir_fd, struct slice host)
{
	struct stat st;

	*maildir = (struct maildir){.dir_fd = dir_fd};
	if (fstat(dir_fd, &st) == 0) {
		maildir->dev = st.st_dev;
		maildir->keeps_order = fs_keeps_order(dir_fd);
	}
	maildir_host(maildir, host);
}

void
maildir_free(struct maildir *maildir)
{
	str_free(&maildir->host);
	str_free(&maildir->buffer);
	str_free(&maildir->path);
	str_free(&maildir->new_path);
}

void
maildir_copy_free(struct maildir_copy *copy)
{
	str_free(&copy->mailbox);
	str_free(&copy->address);
	str_free(&copy->name);
	if (copy->fd >= 0)
		close(copy->fd);
	*copy = (struct maildir_copy){.fd = -1};
}

/* "MAILBOX/DIR/NAME"; without name "MAILBOX/DIR". */
static const char *
path_of(struct str *path, const struct maildir_copy *copy, const char *dir,
    const char *name)
{
	str_clear(path);
	str_add_slice(path, str_slice(&copy->mailbox));
	str_putc(path, '/');
	str_puts(path, dir);
	if (name) {
		str_putc(path, '/');
		str_puts(path, name);
	}
	return str_c(path);
}

/* "SECONDS.ID_R." - what a copy is known by. */
static void
put_identity(struct str *name, const struct maildir_message *message,
    struct slice address)
{
	unsigned char hash[SHA256_DIGEST_LENGTH];

	SHA256((const unsigned char *)address.s, address.len, hash);
	str_add_u64(name, message->arrived_us / 1000000);
	str_putc(name, '.');
	str_add_slice(name, message->id);
	str_putc(name, '_');
	for (size_t i = 0; i < HASH_BYTES; i++)
		str_addf(name, "%02x", hash[i]);
	str_putc(name, '.');
}

static void
put_head(struct str *head, const struct maildir_message *message,
    struct slice address)
{
	str_clear(head);
	str_puts(head, "Return-Path: <");
	str_add_slice(head, message->sender);
	str_puts(head, ">\nDelivered-To: ");
	str_add_slice(head, address);
	str_putc(head, '\n');
}

/* Name and size of the copy, and the lines in front of it. */
static void
begin_copy(struct maildir *maildir, const struct maildir_message *message,
    struct maildir_copy *copy)
{
	put_head(&maildir->buffer, message, str_slice(&copy->address));
	copy->bytes = maildir->buffer.len + message->length -
	    message->head_len;
	str_clear(&copy->name);
	put_identity(&copy->name, message, str_slice(&copy->address));
	str_add_slice(&copy->name, str_slice(&maildir->host));
	str_puts(&copy->name, ",S=");
	str_add_u64(&copy->name, copy->bytes);
	copy->fd = -1;
	copy->error = 0;
}

/* A copy whose size is wrong was never whole: it is written anew over it. */
static bool
is_whole(const struct maildir *maildir, const char *path, uint64_t bytes)
{
	struct stat st;

	return fstatat(maildir->dir_fd, path, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	    S_ISREG(st.st_mode) && (uint64_t)st.st_size == bytes;
}

/* In cur/ the name has got flags, and perhaps another host than ours is now:
 * SECONDS.ID_R. decides. */
static bool
is_in_cur(struct maildir *maildir, const struct maildir_copy *copy,
    size_t identity_len)
{
	int fd = openat(maildir->dir_fd,
	    path_of(&maildir->path, copy, "cur", NULL),
	    O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;
	struct dirent *entry;
	bool found = false;

	if (!dir) {
		if (fd >= 0)
			close(fd);
		return false;
	}
	while (!found && (entry = readdir(dir)))
		found = !strncmp(entry->d_name, str_c(&copy->name),
			    identity_len) &&
		    is_whole(maildir, path_of(&maildir->new_path, copy, "cur",
			entry->d_name), copy->bytes);
	closedir(dir);
	return found;
}

/* Has an earlier attempt brought it?  new/ first: a reader moves a letter
 * from new/ to cur/, never back. */
static bool
is_present(struct maildir *maildir, const struct maildir_message *message,
    const struct maildir_copy *copy)
{
	size_t identity_len = copy->name.len;

	while (identity_len && copy->name.s[identity_len - 1] != '_')
		identity_len--;
	identity_len += HASH_BYTES * 2 + 1;
	if (message->is_first)
		return false;
	return is_whole(maildir, path_of(&maildir->path, copy, "new",
	    str_c(&copy->name)), copy->bytes) ||
	    is_in_cur(maildir, copy, identity_len);
}

static int
sync_at(int dir_fd, const char *path)
{
	int fd = openat(dir_fd, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int result, error;

	if (fd < 0)
		return -1;
	result = fsync(fd);
	error = errno;
	close(fd);
	errno = error;
	return result;
}

static int
make_dir(int dir_fd, const char *path)
{
	return mkdirat(dir_fd, path, 0700) == 0 || errno == EEXIST ? 0 : -1;
}

/* Makes the missing parts of a mailbox, durable with their names.  tmp/ comes
 * last: whoever finds it may rely on the rest. */
static int
make_mailbox(struct maildir *maildir, const struct maildir_copy *copy)
{
	int fd = maildir->dir_fd;
	struct slice mailbox = str_slice(&copy->mailbox);
	struct str *domain = &maildir->path, *dir = &maildir->new_path;

	str_set_slice(domain, slice_make(mailbox.s, slice_find(mailbox, '/')));
	if (make_dir(fd, str_c(domain)) < 0 || make_dir(fd, mailbox.s) < 0 ||
	    make_dir(fd, path_of(dir, copy, "new", NULL)) < 0 ||
	    sync_at(fd, str_c(dir)) < 0 ||
	    make_dir(fd, path_of(dir, copy, "cur", NULL)) < 0 ||
	    sync_at(fd, str_c(dir)) < 0 || sync_at(fd, mailbox.s) < 0 ||
	    sync_at(fd, str_c(domain)) < 0 || fsync(fd) < 0)
		return -1;
	return make_dir(fd, path_of(dir, copy, "tmp", NULL));
}

/* A file of that name in tmp/ is an earlier attempt's, and ours. */
static int
open_copy(struct maildir *maildir, const struct maildir_copy *copy)
{
	for (bool is_made = false;; is_made = true) {
		int fd = openat(maildir->dir_fd, path_of(&maildir->path, copy,
		    "tmp", str_c(&copy->name)), O_WRONLY | O_CREAT | O_TRUNC |
		    O_NOFOLLOW | O_CLOEXEC, 0600);

		if (fd >= 0 || errno != ENOENT || is_made)
			return fd;
		if (make_mailbox(maildir, copy) < 0)
			return -1;
	}
}

/* What is in the buffer, and the message, unchanged.  0, or -1: EBADMSG when
 * it does not end where it should. */
static int
copy_message(struct str *buffer, const struct maildir_message *message,
    int to_fd)
{
	uint64_t at = message->head_len;
	size_t room;
	ssize_t n;

	do {
		room = CHUNK - buffer->len;
		if (room > message->length - at)
			/* one more, to meet the end in the same call */
			room = message->length - at + 1;
		n = pread(message->fd, buffer->s + buffer->len, room,
		    (off_t)at);
		if (n < 0)
			return -1;
		at += (uint64_t)n;
		if (at > message->length)
			break;
		if (write_all(to_fd, buffer->s, buffer->len + (size_t)n) < 0)
			return -1;
		str_clear(buffer);
	} while (n && (at < message->length || (size_t)n == room));
	if (at == message->length)
		return 0;
	errno = EBADMSG;
	return -1;
}

static void
forget(struct maildir *maildir, struct maildir_copy *copy, const char *dir,
    int error)
{
	copy->state = MAILDIR_FAILED;
	copy->error = error;
	(void)unlinkat(maildir->dir_fd, path_of(&maildir->path, copy, dir,
	    str_c(&copy->name)), 0);
	if (copy->fd >= 0)
		close(copy->fd);
	copy->fd = -1;
}

static void
write_copy(struct maildir *maildir, const struct maildir_message *message,
    struct maildir_copy *copy)
{
	struct stat st;

	copy->fd = open_copy(maildir, copy);
	if (copy->fd < 0) {
		copy->state = MAILDIR_FAILED;
		copy->error = errno;
		return;
	}
	copy->state = MAILDIR_WRITTEN;
	if (fstat(copy->fd, &st) < 0 ||
	    copy_message(&maildir->buffer, message, copy->fd) < 0) {
		forget(maildir, copy, "tmp", errno);
		return;
	}
	/* Somebody may have mounted another filesystem on a mailbox. */
	copy->is_ordered = maildir->keeps_order && st.st_dev == maildir->dev;
}

static bool
is_same_mailbox(const struct maildir_copy *a, const struct maildir_copy *b)
{
	return slice_eq(str_slice(&a->mailbox), str_slice(&b->mailbox));
}

/* Room for this one and for those that come into the same mailbox with it. */
static enum maildir_room
room_for(const struct maildir *maildir, const struct maildir_copy *copies,
    size_t at)
{
	const struct maildir_copy *copy = &copies[at];
	struct maildir_quota more = {copy->bytes, 1};

	if (!copy->quota.bytes && !copy->quota.messages)
		return MAILDIR_ROOM;
	for (size_t i = 0; i < at; i++)
		if (copies[i].state == MAILDIR_WRITTEN &&
		    is_same_mailbox(&copies[i], copy)) {
			more.bytes += copies[i].bytes;
			more.messages++;
		}
	return maildir_quota_check(maildir->dir_fd, str_c(&copy->mailbox),
	    &copy->quota, &more);
}

void
maildir_write(struct maildir *maildir, const struct maildir_message *message,
    struct maildir_copy *copies, size_t at)
{
	struct maildir_copy *copy = &copies[at];

	str_reserve(&maildir->buffer, CHUNK);
	begin_copy(maildir, message, copy);
	if (is_present(maildir, message, copy)) {
		copy->state = MAILDIR_PRESENT;
		return;
	}
	switch (room_for(maildir, copies, at)) {
	case MAILDIR_ROOM:
		write_copy(maildir, message, copy);
		break;
	case MAILDIR_NO_ROOM:
		copy->state = MAILDIR_OVER_QUOTA;
		break;
	case MAILDIR_ROOM_UNKNOWN:
		copy->state = MAILDIR_FAILED;
		copy->error = errno;
		break;
	}
}

/* From here to maildir_commit: the order that maildir.h explains. */

/* So that the disk works on all while we wait for the first. */
static void
start_writeback(const struct maildir_copy *copies, size_t count)
{
	for (size_t i = 0; count > 1 && i < count; i++)
		if (copies[i].state == MAILDIR_WRITTEN)
			(void)sync_file_range(copies[i].fd, 0, 0,
			    SYNC_FILE_RANGE_WRITE);
}

static void
settle_data(struct maildir *maildir, struct maildir_copy *copy)
{
	int result = copy->is_ordered
	    ? sync_file_range(copy->fd, 0, 0, SYNC_FILE_RANGE_WAIT_BEFORE |
		SYNC_FILE_RANGE_WRITE | SYNC_FILE_RANGE_WAIT_AFTER)
	    : fsync(copy->fd);

	if (result < 0)
		forget(maildir, copy, "tmp", errno);
}

static int
rename_to_new(struct maildir *maildir, const struct maildir_copy *copy)
{
	const char *name = str_c(&copy->name);

	return renameat(maildir->dir_fd,
	    path_of(&maildir->path, copy, "tmp", name), maildir->dir_fd,
	    path_of(&maildir->new_path, copy, "new", name));
}

static void
publish(struct maildir *maildir, struct maildir_copy *copy)
{
	if (rename_to_new(maildir, copy) == 0)
		return;
	/* A mailbox that somebody made by halves: tmp/ without new/. */
	if (errno != ENOENT || make_mailbox(maildir, copy) < 0 ||
	    rename_to_new(maildir, copy) < 0)
		forget(maildir, copy, "tmp", errno);
}

/* fsync of the ordered copy that was renamed last speaks for all of them. */
static void
settle_ordered(struct maildir *maildir, struct maildir_copy *copies,
    size_t count)
{
	size_t last = count;
	int error;

	for (size_t i = 0; i < count; i++)
		if (copies[i].state == MAILDIR_WRITTEN && copies[i].is_ordered)
			last = i;
	if (last == count || fsync(copies[last].fd) == 0)
		return;
	error = errno;
	for (size_t i = 0; i < count; i++)
		if (copies[i].state == MAILDIR_WRITTEN && copies[i].is_ordered)
			forget(maildir, &copies[i], "new", error);
}

/* Syncs new/ once for all copies that went there. */
static void
settle_new(struct maildir *maildir, struct maildir_copy *copies, size_t count,
    size_t first)
{
	int error;

	for (size_t i = 0; i < first; i++)
		if (copies[i].state == MAILDIR_WRITTEN &&
		    is_same_mailbox(&copies[i], &copies[first]))
			return;
	if (sync_at(maildir->dir_fd, path_of(&maildir->path, &copies[first],
	    "new", NULL)) == 0)
		return;
	error = errno;
	for (size_t i = count; i-- > first;)
		if (copies[i].state == MAILDIR_WRITTEN &&
		    is_same_mailbox(&copies[i], &copies[first]))
			forget(maildir, &copies[i], "new", error);
}

static void
settle_unordered(struct maildir *maildir, struct maildir_copy *copies,
    size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (copies[i].state == MAILDIR_WRITTEN &&
		    !copies[i].is_ordered)
			settle_new(maildir, copies, count, i);
}

static void
finish(struct maildir *maildir, struct maildir_copy *copy)
{
	close(copy->fd);
	copy->fd = -1;
	copy->state = MAILDIR_DELIVERED;
	if (copy->quota.bytes || copy->quota.messages)
		maildir_quota_add(maildir->dir_fd, str_c(&copy->mailbox),
		    copy->bytes);
}

void
maildir_commit(struct maildir *maildir, struct maildir_copy *copies,
    size_t count)
{
	start_writeback(copies, count);
	for (size_t i = 0; i < count; i++)
		if (copies[i].state == MAILDIR_WRITTEN)
			settle_data(maildir, &copies[i]);
	for (size_t i = 0; i < count; i++)
		if (copies[i].state == MAILDIR_WRITTEN)
			publish(maildir, &copies[i]);
	settle_ordered(maildir, copies, count);
	settle_unordered(maildir, copies, count);
	for (size_t i = 0; i < count; i++)
		if (copies[i].state == MAILDIR_WRITTEN)
			finish(maildir, &copies[i]);
}
