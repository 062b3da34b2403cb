/* address_list - the addresses in a header field; see address_list.h. */
#include "lib/mail/address_list.h"

/* What an item between two commas was made of. */
struct item {
	struct slice text;    /* without comments and blanks at its ends */
	struct slice angle;   /* inside of "<...>" */
	struct slice display; /* before "<" */
	struct slice comment;
	bool has_angle;
};

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static struct slice
from(struct slice text, size_t at)
{
	return at < text.len ? slice_make(text.s + at, text.len - at) :
			       slice_make(text.s + text.len, 0);
}

static struct slice
trim(struct slice text)
{
	while (text.len && is_blank(text.s[0]))
		text = from(text, 1);
	while (text.len && is_blank(text.s[text.len - 1]))
		text.len--;
	return text;
}

/* The length of what opens at the start and runs to its close, "\" taking
 * the next character along; comments nest (RFC 5322 3.2.2). */
static size_t
enclosed(struct slice text, char open, char close)
{
	size_t depth = 0;

	for (size_t i = 0; i < text.len; i++) {
		if (text.s[i] == '\\')
			i++;
		else if (text.s[i] == close && open == close && i)
			return i + 1;
		else if (text.s[i] == open && open != close)
			depth++;
		else if (text.s[i] == close && open != close && !--depth)
			return i + 1;
	}
	return text.len;
}

/* The length of the token at the start: something enclosed, or a byte. */
static size_t
token(struct slice text)
{
	switch (text.s[0]) {
	case '"':
		return enclosed(text, '"', '"');
	case '(':
		return enclosed(text, '(', ')');
	case '[':
		return enclosed(text, '[', ']');
	case '\\':
		return text.len > 1 ? 2 : 1;
	default:
		return 1;
	}
}

/* RFC 5322 4.4: "@a,@b:" before the addr-spec is a route, long obsolete. */
static struct slice
without_route(struct slice text)
{
	text = trim(text);
	if (!text.len || text.s[0] != '@')
		return text;
	for (size_t i = 0; i < text.len; i += token(from(text, i)))
		if (text.s[i] == ':')
			return trim(from(text, i + 1));
	return text;
}

static size_t
take_angle(struct slice text, struct item *item)
{
	size_t i = 1;

	while (i < text.len && text.s[i] != '>')
		i += token(from(text, i));
	if (i > text.len)
		i = text.len;
	item->angle = slice_make(text.s + 1, i - 1);
	item->has_angle = true;
	return i < text.len ? i + 1 : i;
}

/* Scans to the "," or ";" that ends an item.  A ":" before any address names
 * a group: what stood before it is forgotten. */
static size_t
scan_item(struct slice text, struct item *item)
{
	size_t i = 0, begin = 0, end = 0;

	*item = (struct item){0};
	while (i < text.len && text.s[i] != ',' && text.s[i] != ';') {
		size_t len = token(from(text, i));

		if (text.s[i] == '<' && !item->has_angle) {
			item->display = trim(slice_make(text.s + begin,
			    i - begin));
			len = take_angle(from(text, i), item);
		} else if (text.s[i] == ':' && !item->has_angle) {
			begin = end = i + 1;
		} else if (text.s[i] == '(') {
			item->comment = slice_make(text.s + i + 1,
			    len > 1 ? len - 2 : 0);
			if (begin == end)
				begin = end = i + len;
		} else if (!is_blank(text.s[i])) {
			end = i + len;
		} else if (begin == end) {
			begin = end = i + len;
		}
		i += len;
	}
	if (i > text.len)
		i = text.len;
	if (end > i)
		end = i;
	item->text = trim(slice_make(text.s + begin, end - begin));
	return i;
}

bool
address_list_next(struct slice *rest, struct mailbox_view *mailbox)
{
	while (rest->len) {
		struct item item;
		size_t used = scan_item(*rest, &item);

		*rest = from(*rest, used + 1);
		if (!item.has_angle && !item.text.len)
			continue; /* ",," and the end of a group */
		mailbox->address = item.has_angle ?
		    without_route(item.angle) : item.text;
		mailbox->display = item.display;
		mailbox->comment = item.comment;
		return true;
	}
	return false;
}
