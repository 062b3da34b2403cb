/* subject - the base of a subject; see subject.h. */
#include "cmd/share-sort/subject.h"

#include "lib/base/hex.h"
#include "lib/mail/encoded_words.h"
#include "lib/mail/name_fold.h"

#include <openssl/sha.h>

enum {
	SUBJECT_MAX = 4096, /* bytes that are looked at */
	PREFIXES_MAX = 50   /* "Re: Re: ...": so many go */
};

/* What mail programs put before ":" in a reply or a forward, folded. */
static const char *const prefixes[] = {
    "re", "fw", "fwd", "aw", "antw", "wg", "sv", "vs", "vb", "vl", "odp", "pd",
    "rif", "r", "i", "rv", "res", "enc", "tr", "ynt", "ilt", "отв", "ответ",
    "на", "пер", "回复", "答复", "回覆", "转发", "轉寄", "轉發", "转寄",
    "返信", "転送", "회신", "답장", "전달"};

/* "[2]", "(3)" or "^4" between the word and its colon. */
static struct slice
without_count(struct slice word)
{
	for (size_t i = 0; i < word.len; i++)
		if (word.s[i] == '[' || word.s[i] == '(' || word.s[i] == '^')
			return slice_make(word.s, i);
	return word;
}

/* The length of "re:" at the start of folded text, or 0.  The full-width
 * colon is an ordinary one by now. */
static size_t
prefix_length(struct slice text)
{
	size_t colon = slice_find(text, ':');
	struct slice word = without_count(slice_make(text.s, colon));

	if (colon == text.len)
		return 0;
	for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++)
		if (slice_is(word, prefixes[i]))
			return colon + 1;
	return 0;
}

/* RFC 5256 subj-blob: "[list]", unless nothing else is there. */
static size_t
blob_length(struct slice text)
{
	size_t close = slice_find(text, ']');

	return text.len && text.s[0] == '[' && close + 1 < text.len ?
	    close + 1 : 0;
}

static bool
ends_in_fwd(struct slice text)
{
	return text.len >= 5 &&
	    slice_is(slice_after(text, text.len - 5), "(fwd)");
}

static struct slice
base_of(struct slice text)
{
	for (unsigned i = 0; i < PREFIXES_MAX; i++) {
		size_t len = prefix_length(text);

		if (!len)
			len = blob_length(text);
		text = slice_after(text, len);
		if (ends_in_fwd(text))
			text.len -= 5;
		else if (!len)
			break;
	}
	return text;
}

void
subject_base(struct charsets *charsets, struct str *base, struct slice value)
{
	struct str text = {0}, folded = {0};

	if (value.len > SUBJECT_MAX)
		value.len = SUBJECT_MAX;
	encoded_words_add(charsets, &text, value);
	text_fold(&folded, str_slice(&text));
	str_set_slice(base, base_of(str_slice(&folded)));
	str_free(&text);
	str_free(&folded);
}

void
subject_hash(struct str *hash, struct slice base)
{
	unsigned char digest[SHA256_DIGEST_LENGTH];

	SHA256((const unsigned char *)base.s, base.len, digest);
	str_clear(hash);
	hex_add(hash, digest, SUBJECT_HASH_LEN / 2);
}
