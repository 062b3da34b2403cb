/* sent_ids - what was sent by a mailbox; see sent_ids.h. */
#include "lib/mail/sent_ids.h"

#include "lib/base/hex.h"
#include "lib/base/io.h"
#include "lib/mail/header.h"

#include <fcntl.h>
#include <openssl/sha.h>
#include <sys/stat.h>

enum {
	GENERATIONS = 2,
	READ_MAX = 16 * SENT_IDS_BYTES
};

struct slice
sent_ids_of(struct slice header)
{
	struct field field;

	while (header_next(&header, &field)) {
		struct slice id = field.value;
		size_t begin = slice_find(id, '<'), len;

		if (!field_is(&field, "Message-ID"))
			continue;
		id = slice_after(id, begin);
		len = slice_find(id, '>');
		return slice_make(id.s, len < id.len ? len + 1 : 0);
	}
	return slice_make("", 0);
}

static void
hash(struct str *to, struct slice text)
{
	unsigned char digest[SHA256_DIGEST_LENGTH];

	SHA256((const unsigned char *)text.s, text.len, digest);
	hex_add(to, digest, sizeof digest);
}

static void
name_file(struct str *to, struct slice mailbox, int generation)
{
	str_set(to, "state/sent/");
	hash(to, mailbox);
	str_addf(to, ".%d", generation);
}

/* The one that was added to last, and the other when that is full. */
int
sent_ids_open(struct slice mailbox)
{
	struct str path = {0};
	struct stat st[GENERATIONS];
	int newest = 0, flags = O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW |
	    O_CLOEXEC, fd;

	for (int i = 0; i < GENERATIONS; i++) {
		name_file(&path, mailbox, i);
		if (stat(str_c(&path), &st[i]) < 0)
			st[i] = (struct stat){0};
		if (st[i].st_mtime > st[newest].st_mtime)
			newest = i;
	}
	if (st[newest].st_size >= SENT_IDS_BYTES) {
		newest = !newest;
		flags |= O_TRUNC;
	}
	name_file(&path, mailbox, newest);
	fd = open(str_c(&path), flags, 0640);
	str_free(&path);
	return fd;
}

int
sent_ids_add(int fd, struct slice id, uint64_t now_s)
{
	struct str line = {0};
	int result;

	str_addf(&line, "%llu ", (unsigned long long)now_s);
	hash(&line, id);
	str_putc(&line, '\n');
	result = write_all(fd, line.s, line.len);
	str_free(&line);
	return result;
}

void
sent_ids_read(struct slice mailbox, struct str *to)
{
	struct str path = {0};

	for (int i = 0; i < GENERATIONS; i++) {
		name_file(&path, mailbox, i);
		(void)read_file(AT_FDCWD, str_c(&path), to, READ_MAX);
	}
	str_free(&path);
}

bool
sent_ids_has(struct slice text, struct slice id)
{
	struct str wanted = {0};
	bool is_there = false;

	if (!id.len)
		return false;
	hash(&wanted, id);
	while (text.len && !is_there) {
		struct slice rest = slice_cut(&text, '\n');

		(void)slice_cut(&rest, ' ');
		is_there = slice_eq(rest, str_slice(&wanted));
	}
	str_free(&wanted);
	return is_there;
}
