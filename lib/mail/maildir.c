/* maildir - letters into Maildirs; see maildir.h. */
#include "lib/mail/maildir.h"

#include "lib/base/fs_order.h"
#include "lib/base/hex.h"
#include "lib/base/io.h"
#include "lib/mail/maildir_box.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/sha.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	CHUNK = 128 * 1024,
	HEAD_MAX = CHUNK / 2, /* a longer one is written by itself */
	HOST_LEN_MAX = 128 /* so that no name is longer than NAME_MAX */
};

void
maildir_host(struct maildir *maildir, struct slice host)
{
	str_clear(&maildir->host);
	for (size_t i = 0; i < host.len &&
	    maildir->host.len < HOST_LEN_MAX; i++) {
		unsigned char c = (unsigned char)host.s[i];

		if (c <= ' ' || c == '/' || c == ':' || c == ',' || c >= 127)
			str_addf(&maildir->host, "\\%03o", c);
		else
			str_putc(&maildir->host, (char)c);
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
		maildir->syncs_as_one = fs_syncs_as_one(dir_fd);
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
	str_free(&copy->folder);
	str_free(&copy->lines);
	if (copy->fd >= 0)
		close(copy->fd);
	*copy = (struct maildir_copy){.fd = -1};
}

/* "SECONDS.ID_R." - what a copy is known by. */
static void
put_identity(struct str *name, const struct maildir_message *message,
    const struct maildir_copy *copy)
{
	unsigned char hash[SHA256_DIGEST_LENGTH];
	struct str place = {0};

	str_add_slice(&place, str_slice(&copy->address));
	if (copy->folder.len)
		str_addf(&place, "/%s", str_c(&copy->folder));
	SHA256((const unsigned char *)place.s, place.len, hash);
	str_free(&place);
	str_add_u64(name, message->arrived_us / 1000000);
	str_putc(name, '.');
	str_add_slice(name, message->id);
	str_putc(name, '_');
	hex_add(name, hash, MAILDIR_HASH_BYTES);
	str_putc(name, '.');
}

static void
put_head(struct str *head, const struct maildir_message *message,
    const struct maildir_copy *copy)
{
	str_clear(head);
	str_puts(head, "Return-Path: <");
	str_add_slice(head, message->sender);
	str_puts(head, ">\nDelivered-To: ");
	str_add_slice(head, str_slice(&copy->address));
	str_putc(head, '\n');
	str_add_slice(head, str_slice(&copy->lines));
}

/* Name and size of the copy, and the lines in front of it. */
static void
begin_copy(struct maildir *maildir, const struct maildir_message *message,
    struct maildir_copy *copy)
{
	put_head(&maildir->buffer, message, copy);
	copy->bytes = maildir->buffer.len + message->length -
	    message->head_len;
	str_clear(&copy->name);
	put_identity(&copy->name, message, copy);
	str_add_slice(&copy->name, str_slice(&maildir->host));
	str_puts(&copy->name, ",S=");
	str_add_u64(&copy->name, copy->bytes);
	copy->fd = -1;
	copy->error = 0;
}

/* A file of that name in tmp/ is an earlier attempt's, and ours. */
static int
open_copy(struct maildir *maildir, const struct maildir_copy *copy)
{
	for (bool is_made = false;; is_made = true) {
		int fd = openat(maildir->dir_fd, maildir_path(&maildir->path,
		    copy, "tmp", str_c(&copy->name)), O_WRONLY | O_CREAT |
		    O_TRUNC | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0600);

		if (fd >= 0 || errno != ENOENT || is_made)
			return fd;
		if (maildir_make_box(maildir, copy) < 0)
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

	if (buffer->len > HEAD_MAX) {
		if (write_all(to_fd, buffer->s, buffer->len) < 0)
			return -1;
		str_clear(buffer);
	}
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
		maildir_forget(maildir, copy, errno);
		return;
	}
	/* Somebody may have mounted another filesystem on a mailbox. */
	copy->is_away = st.st_dev != maildir->dev;
	copy->is_ordered = maildir->keeps_order && !copy->is_away;
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
		    maildir_same_box(&copies[i], copy)) {
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
	int found;

	str_reserve(&maildir->buffer, CHUNK);
	begin_copy(maildir, message, copy);
	found = message->is_first ? 0 : maildir_find(maildir, copy);
	if (found) {
		copy->state = found > 0 ? MAILDIR_PRESENT : MAILDIR_FAILED;
		copy->error = errno;
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
