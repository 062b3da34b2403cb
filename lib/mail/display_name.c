/* display_name - a name before an address; see display_name.h. */
#include "lib/mail/display_name.h"

#include "lib/base/utf8.h"

/* RFC 2047 2: an encoded word has 75 characters at most, "=?UTF-8?Q?" and
 * "?=" among them. */
enum { WORD_MAX = 75 - 12 };

static struct str
cleaned(struct slice name)
{
	struct str text = {0};

	str_add_line(&text, name, ' ');
	return text;
}

/* RFC 2047 4.2 and 5 (3): "Q", where only letters and digits stay. */
static void
add_character(struct str *to, struct slice bytes)
{
	for (size_t i = 0; i < bytes.len; i++) {
		if (ascii_is_alnum(bytes.s[i]))
			str_putc(to, bytes.s[i]);
		else if (bytes.s[i] == ' ')
			str_putc(to, '_');
		else
			str_addf(to, "=%02X", (unsigned char)bytes.s[i]);
	}
}

static void
add_encoded(struct str *to, struct slice name)
{
	struct str word = {0}, next = {0};

	str_puts(to, "=?UTF-8?Q?");
	while (name.len) {
		size_t len = utf8_length(name);

		str_clear(&next);
		add_character(&next, slice_make(name.s, len));
		if (word.len + next.len > WORD_MAX) {
			str_add_slice(to, str_slice(&word));
			str_puts(to, "?=\n =?UTF-8?Q?");
			str_clear(&word);
		}
		str_add_slice(&word, str_slice(&next));
		name = slice_after(name, len);
	}
	str_add_slice(to, str_slice(&word));
	str_puts(to, "?=");
	str_free(&word);
	str_free(&next);
}

void
display_name_add(struct str *to, struct slice name, struct slice address)
{
	struct str text = cleaned(name);
	struct slice clean = slice_trim(str_slice(&text));

	if (!clean.len || !utf8_valid(clean)) {
		str_add_slice(to, address);
		str_free(&text);
		return;
	}
	if (has_8bit(clean))
		add_encoded(to, clean);
	else
		str_add_quoted(to, clean);
	str_puts(to, " <");
	str_add_slice(to, address);
	str_putc(to, '>');
	str_free(&text);
}
