/* text - the text of one letter while it comes; see text.h. */
#include "cmd/pop3-fetch/text.h"

#include "lib/base/die.h"
#include "lib/base/hex.h"
#include "lib/base/io.h"
#include "lib/base/utf8.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

enum { COPY_BYTES = 64 * 1024 };

void
text_init(struct text *text, int file)
{
	*text = (struct text){.file = file};
	text->all = EVP_MD_CTX_new();
	text->top = EVP_MD_CTX_new();
	if (!text->all || !text->top)
		die_nomem();
}

void
text_begin(struct text *text)
{
	EVP_DigestInit_ex(text->all, EVP_sha256(), NULL);
	EVP_DigestInit_ex(text->top, EVP_sha256(), NULL);
	str_clear(&text->header);
	str_clear(&text->memory);
	text->is_broken = text->in_file && ftruncate(text->file, 0) < 0;
	text->in_file = text->length = 0;
	text->is_body = text->is_8bit = false;
	text->is_line_start = true;
}

/* How much of bytes belongs to the header; the empty line ends it. */
static size_t
header_part(struct text *text, struct slice bytes)
{
	for (size_t i = 0; i < bytes.len; i++) {
		bool is_lf = bytes.s[i] == '\n';

		if (is_lf && text->is_line_start) {
			text->is_body = true;
			return i;
		}
		text->is_line_start = is_lf;
	}
	return bytes.len;
}

static void
take_header(struct text *text, struct slice bytes)
{
	size_t len = header_part(text, bytes), room;

	EVP_DigestUpdate(text->top, bytes.s, len);
	room = TEXT_HEADER_MAX - text->header.len;
	str_add(&text->header, bytes.s, len < room ? len : room);
}

static void
to_file(struct text *text)
{
	if (pwrite_all(text->file, text->memory.s, text->memory.len,
	    (off_t)text->in_file) < 0)
		text->is_broken = true;
	text->in_file += text->memory.len;
	str_clear(&text->memory);
}

void
text_add(struct text *text, struct slice bytes)
{
	EVP_DigestUpdate(text->all, bytes.s, bytes.len);
	if (!text->is_body)
		take_header(text, bytes);
	text->is_8bit = text->is_8bit || has_8bit(bytes);
	text->length += bytes.len;
	str_add_slice(&text->memory, bytes);
	if (text->memory.len > TEXT_MEMORY_MAX)
		to_file(text);
}

static void
finish(EVP_MD_CTX *digest, char to[LEDGER_HASH_LEN + 1])
{
	unsigned char bytes[EVP_MAX_MD_SIZE];
	struct str hex = {0};

	EVP_DigestFinal_ex(digest, bytes, NULL);
	hex_add(&hex, bytes, LEDGER_HASH_LEN / 2);
	memcpy(to, str_c(&hex), LEDGER_HASH_LEN + 1);
	str_free(&hex);
}

void
text_hashes(struct text *text, char all[LEDGER_HASH_LEN + 1],
    char top[LEDGER_HASH_LEN + 1])
{
	finish(text->all, all);
	finish(text->top, top);
}

int
text_copy(struct text *text, void (*put)(void *context, struct slice bytes),
    void *context)
{
	static char buffer[COPY_BYTES];
	uint64_t at = 0;

	if (text->is_broken) {
		errno = EIO;
		return -1;
	}
	while (at < text->in_file) {
		uint64_t left = text->in_file - at;
		ssize_t n = pread(text->file, buffer,
		    left < sizeof buffer ? (size_t)left : sizeof buffer,
		    (off_t)at);

		if (n <= 0)
			return -1;
		put(context, slice_make(buffer, (size_t)n));
		at += (uint64_t)n;
	}
	put(context, str_slice(&text->memory));
	return 0;
}

void
text_free(struct text *text)
{
	EVP_MD_CTX_free(text->all);
	EVP_MD_CTX_free(text->top);
	str_free(&text->header);
	str_free(&text->memory);
	*text = (struct text){.file = -1};
}
