/* pop3_reply - what a POP3 server says, taken apart; see pop3_reply.h. */
#include "lib/mail/pop3_reply.h"

#include <string.h>

/* ---- status lines ---- */

/* Does it begin with this word, and a blank or the end behind it? */
static bool
takes_word(struct slice *line, const char *word)
{
	size_t len = strlen(word);

	if (!slice_istarts(*line, word) ||
	    (line->len > len && line->s[len] != ' ' && line->s[len] != '\t'))
		return false;
	*line = slice_trim(slice_after(*line, len));
	return true;
}

static enum pop3_code
code_of(struct slice text)
{
	static const struct {
		const char *word;
		enum pop3_code code;
	} codes[] = {{"[IN-USE]", POP3_IN_USE},
	    {"[LOGIN-DELAY]", POP3_LOGIN_DELAY}, {"[SYS/TEMP]", POP3_SYS_TEMP},
	    {"[SYS/PERM]", POP3_SYS_PERM}, {"[AUTH]", POP3_AUTH}};

	for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
		if (slice_istarts(text, codes[i].word))
			return codes[i].code;
	return POP3_NO_CODE;
}

enum pop3_status
pop3_status(struct slice line, enum pop3_code *code, struct slice *text)
{
	enum pop3_status status = POP3_STRANGE;

	if (takes_word(&line, "+OK"))
		status = POP3_OK;
	else if (takes_word(&line, "-ERR"))
		status = POP3_ERR;
	*code = code_of(line);
	*text = line;
	return status;
}

bool
pop3_timestamp(struct slice greeting, struct slice *stamp)
{
	size_t begin = slice_find(greeting, '<'), len;
	struct slice rest = slice_after(greeting, begin);

	len = slice_find(rest, '>');
	if (len == rest.len || slice_find(rest, '@') > len)
		return false;
	*stamp = slice_make(rest.s, len + 1);
	return true;
}

/* ---- listings ---- */

static struct slice
next_word(struct slice *rest)
{
	struct slice word;

	*rest = slice_trim(*rest);
	word.s = rest->s;
	word.len = 0;
	while (word.len < rest->len && word.s[word.len] != ' ' &&
	    word.s[word.len] != '\t')
		word.len++;
	*rest = slice_after(*rest, word.len);
	return word;
}

bool
pop3_numbers(struct slice text, uint64_t *first, uint64_t *second)
{
	return slice_u64(next_word(&text), UINT32_MAX, first) &&
	    slice_u64(next_word(&text), INT64_MAX, second);
}

bool
pop3_uid(struct slice line, uint64_t *number, struct slice *uid)
{
	if (!slice_u64(next_word(&line), UINT32_MAX, number))
		return false;
	*uid = next_word(&line);
	for (size_t i = 0; i < uid->len; i++)
		if ((unsigned char)uid->s[i] <= ' ' ||
		    (unsigned char)uid->s[i] > '~')
			return false;
	return uid->len && uid->len <= POP3_UID_MAX && !line.len;
}

/* ---- capabilities ---- */

static void
take_expiry(struct pop3_capabilities *all, struct slice line)
{
	all->expires = slice_u64(next_word(&line), UINT32_MAX,
	    &all->expire_days);
}

void
pop3_capability(struct pop3_capabilities *all, struct slice line)
{
	if (takes_word(&line, "TOP"))
		all->top = true;
	else if (takes_word(&line, "UIDL"))
		all->uidl = true;
	else if (takes_word(&line, "USER"))
		all->user = true;
	else if (takes_word(&line, "STLS"))
		all->stls = true;
	else if (takes_word(&line, "PIPELINING"))
		all->pipelining = true;
	else if (takes_word(&line, "SASL"))
		str_set_slice(&all->mechanisms, line);
	else if (takes_word(&line, "LOGIN-DELAY"))
		(void)slice_u64(next_word(&line), UINT32_MAX,
		    &all->login_delay_s);
	else if (takes_word(&line, "EXPIRE"))
		take_expiry(all, line);
}

void
pop3_capabilities_free(struct pop3_capabilities *all)
{
	str_free(&all->mechanisms);
}

/* ---- the text of a message ---- */

/* The rest of a line, or what is at hand of it, up to its CR or LF. */
static size_t
take_line(struct pop3_text *text, struct slice bytes, struct str *to)
{
	const char *lf = memchr(bytes.s, '\n', bytes.len);
	size_t len = lf ? (size_t)(lf - bytes.s) : bytes.len;
	const char *cr = memchr(bytes.s, '\r', len);

	if (cr)
		len = (size_t)(cr - bytes.s);
	str_add(to, bytes.s, len);
	text->place = POP3_IN_LINE;
	if (cr) {
		text->place = POP3_AFTER_CR;
		return len + 1;
	}
	if (lf) {
		str_putc(to, '\n');
		text->place = POP3_AT_START;
		return len + 1;
	}
	return len;
}

/* Behind a CR: a line end, or the CR was only a byte. */
static size_t
after_cr(struct pop3_text *text, char c, struct str *to)
{
	if (c == '\n') {
		str_putc(to, '\n');
		text->place = POP3_AT_START;
		return 1;
	}
	str_putc(to, '\r');
	text->place = POP3_IN_LINE;
	return 0;
}

/* Takes some bytes at one place; how many.  Sets *is_end at the end. */
static size_t
step(struct pop3_text *text, struct slice bytes, struct str *to, bool *is_end)
{
	char c = bytes.s[0];

	switch (text->place) {
	case POP3_AT_START:
		if (c != '.')
			return take_line(text, bytes, to);
		text->place = POP3_AFTER_DOT;
		return 1;
	case POP3_AFTER_DOT:
		*is_end = c == '\n';
		if (c != '\r' && c != '\n')
			return take_line(text, bytes, to);
		text->place = POP3_AFTER_DOT_CR;
		return 1;
	case POP3_AFTER_DOT_CR:
		*is_end = c == '\n';
		return *is_end ? 1 : after_cr(text, c, to);
	case POP3_IN_LINE:
		return take_line(text, bytes, to);
	case POP3_AFTER_CR:
		return after_cr(text, c, to);
	}
	return bytes.len;
}

bool
pop3_text_take(struct pop3_text *text, struct slice bytes, size_t *used,
    struct str *to)
{
	bool is_end = false;

	*used = 0;
	while (*used < bytes.len && !is_end)
		*used += step(text, slice_after(bytes, *used), to, &is_end);
	return is_end;
}
