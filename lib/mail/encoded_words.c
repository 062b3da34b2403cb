/* encoded_words - RFC 2047 as it is met with; see encoded_words.h. */
#include "lib/mail/encoded_words.h"

#include "lib/base/base64.h"
#include "lib/base/hex.h"
#include "lib/base/utf8.h"

/* RFC 2047 2 allows 75 characters; some write whole names into one. */
enum { WORD_MAX = 1200 };

/* One encoded word; views. */
struct word {
	struct slice charset;
	struct slice text;
	bool is_base64;
};

/* Encoded words that follow each other, in one charset: their bytes. */
struct run {
	struct charsets *charsets;
	struct str *to;
	struct str bytes;
	int charset;
};

/* RFC 2231 5: "charset*language". */
static struct slice
without_language(struct slice charset)
{
	return slice_make(charset.s, slice_find(charset, '*'));
}

/* The encoded word at the start: its length, or 0. */
static size_t
take_word(struct slice text, struct word *word)
{
	struct slice rest, kind;

	if (text.len > WORD_MAX)
		text.len = WORD_MAX;
	rest = slice_after(text, 2);
	word->charset = without_language(slice_cut(&rest, '?'));
	if (!rest.s || !word->charset.len)
		return 0;
	kind = slice_cut(&rest, '?');
	if (!rest.s || kind.len != 1)
		return 0;
	word->is_base64 = ascii_lower(kind.s[0]) == 'b';
	if (!word->is_base64 && ascii_lower(kind.s[0]) != 'q')
		return 0;
	for (size_t i = 0; i + 1 < rest.len && rest.s[i] != '\n'; i++)
		if (rest.s[i] == '?' && rest.s[i + 1] == '=') {
			word->text = slice_make(rest.s, i);
			return (size_t)(rest.s + i + 2 - text.s);
		}
	return 0;
}

/* "=E5": any case, though RFC 2045 wants upper. */
static bool
add_hex(struct str *to, struct slice text)
{
	char digits[2];

	if (text.len < 3 || text.s[0] != '=')
		return false;
	digits[0] = ascii_lower(text.s[1]);
	digits[1] = ascii_lower(text.s[2]);
	return hex_decode(to, slice_make(digits, sizeof digits));
}

/* RFC 2047 4.2. */
static void
add_q(struct str *to, struct slice text)
{
	for (size_t i = 0; i < text.len; i++) {
		if (text.s[i] == '_')
			str_putc(to, ' ');
		else if (add_hex(to, slice_after(text, i)))
			i += 2;
		else
			str_putc(to, text.s[i]);
	}
}

/* RFC 2045 6.8 as readers do it: padding may be missing, what does not belong
 * there is passed over. */
static void
add_b(struct str *to, struct slice text)
{
	unsigned bits = 0, count = 0;

	for (size_t i = 0; i < text.len; i++) {
		int value = base64_value(text.s[i]);

		if (text.s[i] == '=')
			bits = count = 0; /* the end, or of one of several */
		if (value < 0)
			continue;
		bits = (bits << 6 | (unsigned)value) & 0xffff;
		count += 6;
		if (count >= 8) {
			count -= 8;
			str_putc(to, (char)(bits >> count));
		}
	}
}

static void
add_bytes(struct str *to, const struct word *word)
{
	if (word->is_base64)
		add_b(to, word->text);
	else
		add_q(to, word->text);
}

static void
end_run(struct run *run)
{
	charset_add(run->charsets, run->to, run->charset,
	    str_slice(&run->bytes));
	str_clear(&run->bytes);
}

static void
add_word(struct run *run, const struct word *word)
{
	int charset = charset_find(word->charset);

	if (run->charset != charset)
		end_run(run);
	run->charset = charset;
	add_bytes(&run->bytes, word);
}

/* Blanks, and an encoded word behind them: how many.  RFC 2047 6.2: such
 * blanks are not there. */
static size_t
blanks_before_word(struct slice text)
{
	struct word word;
	size_t i = 0;

	while (i < text.len && ascii_is_blank(text.s[i]))
		i++;
	return slice_starts(slice_after(text, i), "=?") &&
	    take_word(slice_after(text, i), &word) ? i : 0;
}

/* Plain text up to what may be an encoded word; at least one byte of it. */
static size_t
plain_length(struct slice text)
{
	for (size_t i = 1; i + 1 < text.len; i++)
		if (text.s[i] == '=' && text.s[i + 1] == '?')
			return i;
	return text.len;
}

void
encoded_words_add(struct charsets *charsets, struct str *to,
    struct slice text)
{
	struct run run = {.charsets = charsets, .to = to,
	    .charset = CHARSET_RAW};
	struct word word;
	size_t len;

	while (text.len) {
		len = slice_starts(text, "=?") ? take_word(text, &word) : 0;
		if (len) {
			add_word(&run, &word);
			text = slice_after(text, len);
			text = slice_after(text, blanks_before_word(text));
			continue;
		}
		end_run(&run);
		len = plain_length(text);
		charset_add(charsets, to, CHARSET_RAW,
		    slice_make(text.s, len));
		text = slice_after(text, len);
	}
	end_run(&run);
	str_free(&run.bytes);
}

bool
encoded_words_ascii(struct str *to, struct slice text)
{
	struct word word;

	while (text.len) {
		size_t len = slice_starts(text, "=?") ?
		    take_word(text, &word) : 0;

		if (!len)
			return false;
		add_bytes(to, &word);
		text = slice_after(text, len);
		text = slice_after(text, blanks_before_word(text));
	}
	return !has_8bit(str_slice(to));
}

/* Leaves out a comment, whose "(" is at the start: its length. */
static size_t
comment_length(struct slice text)
{
	size_t depth = 0;

	for (size_t i = 0; i < text.len; i++) {
		if (text.s[i] == '\\')
			i++;
		else if (text.s[i] == '(')
			depth++;
		else if (text.s[i] == ')' && !--depth)
			return i + 1;
	}
	return text.len;
}

static void
add_phrase(struct charsets *charsets, struct str *to, struct slice phrase,
    bool has_comments)
{
	struct str plain = {0};
	bool is_quoted = false;

	for (size_t i = 0; i < phrase.len; i++) {
		char c = phrase.s[i];

		if (c == '"' && has_comments)
			is_quoted = !is_quoted;
		else if (c == '(' && !is_quoted && has_comments)
			i += comment_length(slice_after(phrase, i)) - 1;
		else if (c == '\\' && i + 1 < phrase.len)
			str_putc(&plain, phrase.s[++i]);
		else
			str_putc(&plain, c);
	}
	encoded_words_add(charsets, to, str_slice(&plain));
	str_free(&plain);
}

void
phrase_add(struct charsets *charsets, struct str *to, struct slice phrase)
{
	add_phrase(charsets, to, phrase, true);
}

void
comment_add(struct charsets *charsets, struct str *to, struct slice comment)
{
	add_phrase(charsets, to, comment, false);
}
