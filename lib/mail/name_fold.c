/* name_fold - the canonical key of a name; see name_fold.h. */
#include "lib/mail/name_fold.h"

#include "lib/base/die.h"
#include "lib/base/utf8.h"

#include <stdlib.h>
#include <unicase.h>
#include <unictype.h>
#include <unistr.h>

static ucs4_t
character(struct slice text, size_t *len)
{
	ucs4_t c;

	*len = (size_t)u8_mbtouc(&c, (const uint8_t *)text.s, text.len);
	return c;
}

/* Backquote, acute accent and the modifier apostrophe are typed as quotes. */
static bool
is_quote(ucs4_t c)
{
	return uc_is_property_quotation_mark(c) || c == 0x60 || c == 0xb4 ||
	    c == 0x2bc || c == 0x2032 || c == 0x2033;
}

static bool
is_nothing(ucs4_t c)
{
	return uc_is_property_white_space(c) || is_quote(c) ||
	    uc_is_property_default_ignorable_code_point(c) ||
	    uc_is_general_category(c, UC_CONTROL) ||
	    uc_is_general_category(c, UC_FORMAT);
}

static void
strip(struct str *text)
{
	struct str kept = {0};

	for (size_t at = 0, len; at < text->len; at += len) {
		struct slice rest = {text->s + at, text->len - at};

		if (!is_nothing(character(rest, &len)))
			str_add(&kept, rest.s, len);
	}
	str_free(text);
	*text = kept;
}

/* False: that changes nothing. */
static bool
fold_once(struct str *text)
{
	size_t len;
	uint8_t *folded = u8_casefold((const uint8_t *)str_c(text),
	    text->len, NULL, UNINORM_NFKC, NULL, &len);
	struct slice result = slice_make((const char *)folded, len);
	bool is_new;

	if (!folded)
		die_nomem();
	is_new = !slice_eq(result, str_slice(text));
	if (is_new)
		str_set_slice(text, result);
	free(folded);
	return is_new;
}

/* Twice: what the compatibility form makes of a letter may have a case that
 * the letter had not. */
static void
fold(struct str *text)
{
	if (!has_8bit(str_slice(text)))
		str_lower(text);
	else if (fold_once(text))
		fold_once(text);
}

static struct slice
trim_start(struct slice text)
{
	for (size_t len; text.len; text.s += len, text.len -= len)
		if (!uc_is_general_category(character(text, &len),
		    UC_PUNCTUATION))
			break;
	return text;
}

static struct slice
trim_end(struct slice text)
{
	while (text.len) {
		size_t at = text.len - 1, len;

		while (at && ((unsigned char)text.s[at] & 0xc0) == 0x80)
			at--;
		if (!uc_is_general_category(character(
		    slice_after(text, at), &len), UC_PUNCTUATION))
			break;
		text.len = at;
	}
	return text;
}

static struct slice
trim(struct slice text)
{
	return trim_end(trim_start(text));
}

/* "Smith, John" is "John Smith"; what two commas mean nobody knows. */
static void
swap_at_comma(struct str *to, struct slice name)
{
	struct slice rest = name, last = slice_cut(&rest, ',');

	if (!rest.s || slice_find(rest, ',') < rest.len) {
		str_add_slice(to, name);
		return;
	}
	str_add_slice(to, rest);
	str_add_slice(to, last);
}

void
text_fold(struct str *key, struct slice text)
{
	str_clear(key);
	if (!utf8_valid(text))
		return;
	str_add_slice(key, text);
	strip(key);
	fold(key);
	strip(key);
}

bool
name_fold(struct str *key, struct slice name)
{
	struct str text = {0}, swapped = {0};

	str_clear(key);
	if (name.len > NAME_FOLD_MAX)
		return false;
	text_fold(&text, name);
	swap_at_comma(&swapped, trim(str_slice(&text)));
	/* marks that now stand behind another letter */
	fold(&swapped);
	str_add_slice(key, trim(str_slice(&swapped)));
	str_free(&text);
	str_free(&swapped);
	return key->len > 0;
}
