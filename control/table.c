/* table - the grammar of the control tables; see table.h. */
#include "control/table.h"

#include "lib/base/utf8.h"

#define BYTE_ORDER_MARK "\xef\xbb\xbf"

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* C0 and, in valid UTF-8, C1 (U+0080 to U+009F): messages quote words, and
 * terminals obey such characters. */
static bool
holds_control(struct slice line)
{
	for (size_t i = 0; i < line.len; i++) {
		unsigned char c = (unsigned char)line.s[i];

		if ((c < ' ' && c != '\t') || c == 127)
			return true;
		if (c == 0xc2 && (unsigned char)line.s[i + 1] < 0xa0)
			return true;
	}
	return false;
}

/* Zero width spaces and joiners, soft hyphens, and byte order marks inside a
 * line: copied from web pages, they make another word of the same look.  (Not
 * U+200C and U+200D, which names of people are written with.) */
static bool
holds_invisible(struct slice line)
{
	for (size_t i = 0; i < line.len; i++) {
		struct slice rest = slice_after(line, i);

		if ((unsigned char)line.s[i] < 0x80)
			continue; /* lists have a million lines */
		if (slice_starts(rest, "\xe2\x80\x8b") ||
		    slice_starts(rest, "\xe2\x81\xa0") ||
		    slice_starts(rest, "\xc2\xad") ||
		    slice_starts(rest, BYTE_ORDER_MARK))
			return true;
	}
	return false;
}

const char *
table_line_fault(struct slice line)
{
	if (line.len > TABLE_LINE_MAX)
		return "the line is longer than 65536 bytes, "
		    "split it into several rows";
	if (line.len && line.s[line.len - 1] == '\r')
		return "the line ends in a carriage return, "
		    "save the file with Unix line ends";
	if (slice_starts(line, BYTE_ORDER_MARK))
		return "the line begins with a byte order mark, "
		    "save the file as UTF-8 without one";
	if (slice_find(line, '\0') < line.len)
		return "the line holds a NUL byte, remove it, or save the "
		    "file as UTF-8 if it is UTF-16";
	if (!utf8_valid(line))
		return "the line is not UTF-8, save the file as UTF-8";
	if (holds_control(line))
		return "the line holds a control character, remove it";
	if (holds_invisible(line))
		return "the line holds an invisible character (a zero width "
		    "space or soft hyphen), write the words anew";
	return NULL;
}

/* Blanks that look like the one between words, and are none: no-break ones of
 * web pages, wide ones of Chinese and Japanese input. */
static bool
is_other_blank(struct slice rest)
{
	return slice_starts(rest, "\xc2\xa0") ||
	    slice_starts(rest, "\xe2\x80\xaf") ||
	    slice_starts(rest, "\xe3\x80\x80");
}

/* The inside of quotes, up to and with the closing one. */
static const char *
take_quoted(struct slice *rest, struct str *word)
{
	size_t i = 1;

	for (; i < rest->len && rest->s[i] != '"'; i++) {
		if (rest->s[i] == '\\' && i + 1 < rest->len &&
		    (rest->s[i + 1] == '"' || rest->s[i + 1] == '\\'))
			i++;
		str_putc(word, rest->s[i]);
	}
	if (i == rest->len)
		return "a quote is not closed, add the second \"";
	*rest = slice_after(*rest, i + 1);
	if (rest->len && !is_blank(rest->s[0]))
		return "something follows a closing quote, "
		    "put a blank between them";
	return NULL;
}

static const char *
take_word(struct slice *rest, struct str *word)
{
	while (rest->len && !is_blank(rest->s[0])) {
		char c = rest->s[0];

		if (c == '"' && (!word->len || word->s[word->len - 1] == '='))
			return take_quoted(rest, word);
		if (c == '"')
			return "a quote stands inside a word, put it at the "
			    "beginning or right after the =";
		if (is_other_blank(*rest))
			return "a no-break or wide blank stands between words, "
			    "write a plain one";
		str_putc(word, c);
		rest->s++;
		rest->len--;
	}
	return NULL;
}

static const char *
take_words(struct slice line, struct strs *words)
{
	const char *fault = NULL;
	struct str word = {0};

	while (!fault) {
		line = slice_trim(line);
		if (!line.len || line.s[0] == '#')
			break;
		str_clear(&word);
		fault = take_word(&line, &word);
		if (!fault)
			strs_add(words, str_slice(&word));
	}
	str_free(&word);
	return fault;
}

/* What editors of other systems leave around a line. */
static struct slice
without_marks(struct slice line)
{
	if (slice_starts(line, BYTE_ORDER_MARK))
		line = slice_after(line, sizeof BYTE_ORDER_MARK - 1);
	if (line.len && line.s[line.len - 1] == '\r')
		line.len--;
	return line;
}

enum table_result
table_next(struct table *table, struct strs *words, const char **fault)
{
	while (table->rest.len) {
		struct slice line = slice_cut(&table->rest, '\n');

		table->line++;
		strs_clear(words);
		*fault = table_line_fault(line);
		if (*fault) {
			line = without_marks(line);
			return table_line_fault(line) ||
			    take_words(line, words) ? TABLE_FAULT :
			    TABLE_MARKED;
		}
		*fault = take_words(line, words);
		if (*fault)
			return TABLE_FAULT;
		if (words->len)
			return TABLE_ROW;
	}
	return TABLE_END;
}

bool
table_option(struct slice word, struct slice *key, struct slice *value)
{
	size_t equals = slice_find(word, '=');

	if (equals == word.len || !equals)
		return false;
	for (size_t i = 0; i < equals; i++)
		if ((word.s[i] < 'a' || word.s[i] > 'z') &&
		    (!i || word.s[i] < '0' || word.s[i] > '9') &&
		    word.s[i] != '-')
			return false;
	*key = slice_make(word.s, equals);
	*value = slice_after(word, equals + 1);
	return true;
}

/* Only a whole word, or what follows its "=", may be quoted: a word that
 * needs it is quoted as a whole. */
void
table_add_word(struct str *row, struct slice word)
{
	bool is_quoted = !word.len || word.s[0] == '#';

	for (size_t i = 0; i < word.len; i++)
		is_quoted = is_quoted || is_blank(word.s[i]) ||
		    word.s[i] == '"';
	if (row->len)
		str_putc(row, ' ');
	if (is_quoted)
		str_add_quoted(row, word);
	else
		str_add_slice(row, word);
}
