/* address_list - the addresses in a header field; see address_list.h. */
#include "lib/mail/address_list.h"

/* What stands between two commas.  Its words are what is neither blank nor
 * comment nor "<...>" nor a group's name. */
struct item {
	size_t begin, end;    /* from the first word to the last */
	struct slice display; /* the words before "<" */
	struct slice angle;   /* inside of "<...>" */
	struct slice comment;
	size_t group_end;     /* behind the ":" of a group's name, or 0 */
	bool has_angle;
	bool has_at;          /* "@" is among the words, outside of quotes */
	bool is_odd;
};

/* The length of what opens at the start and runs to its close, "\" taking
 * the next character along; comments nest (RFC 5322 3.2.2). */
static size_t
enclosed(struct slice text, char open, char close, bool *stays_open)
{
	size_t depth = 1;

	for (size_t i = 1; i < text.len; i++) {
		if (text.s[i] == '\\')
			i++;
		else if (text.s[i] == close && !--depth)
			return i + 1;
		else if (text.s[i] == open)
			depth++;
	}
	*stays_open = true;
	return text.len;
}

/* The length of the token at the start: something enclosed, or a byte. */
static size_t
token(struct slice text, bool *stays_open)
{
	switch (text.s[0]) {
	case '"':
		return enclosed(text, '"', '"', stays_open);
	case '(':
		return enclosed(text, '(', ')', stays_open);
	case '[':
		return enclosed(text, '[', ']', stays_open);
	case '\\':
		return text.len > 1 ? 2 : 1;
	default:
		return 1;
	}
}

/* RFC 5322 4.4: "@a,@b:" before the addr-spec is a route, long obsolete. */
static struct slice
without_route(struct slice text, bool *is_odd)
{
	text = slice_strip(text);
	if (!text.len || text.s[0] != '@')
		return text;
	*is_odd = true;
	for (size_t i = 0; i < text.len;
	    i += token(slice_after(text, i), is_odd))
		if (text.s[i] == ':')
			return slice_strip(slice_after(text, i + 1));
	return text;
}

/* An address as a name is harmless only where it is the same one. */
static size_t
take_angle(struct slice text, size_t at, struct item *item)
{
	size_t i = at + 1;

	while (i < text.len && text.s[i] != '>')
		i += token(slice_after(text, i), &item->is_odd);
	item->display = slice_make(text.s + item->begin,
	    item->end - item->begin);
	item->angle = without_route(slice_make(text.s + at + 1, i - at - 1),
	    &item->is_odd);
	item->has_angle = true;
	if (i == text.len)
		item->is_odd = true;
	if (item->has_at && !slice_ieq(item->display, item->angle))
		item->is_odd = true;
	return i < text.len ? i + 1 - at : i - at;
}

static size_t
take_comment(struct slice text, size_t at, struct item *item)
{
	bool stays_open = false;
	size_t len = token(slice_after(text, at), &stays_open);

	item->comment = slice_make(text.s + at + 1, len - 1 - !stays_open);
	if (stays_open)
		item->is_odd = true;
	return len;
}

/* A ":" before any address names a group: what stood before it was no
 * address, whatever it looked like. */
static size_t
take_colon(size_t at, struct item *item)
{
	if (item->has_angle || item->has_at)
		item->is_odd = true;
	if (!item->has_angle)
		item->begin = item->end = item->group_end = at + 1;
	item->has_at = false;
	return 1;
}

static size_t
take_word(struct slice text, size_t at, struct item *item)
{
	size_t len = token(slice_after(text, at), &item->is_odd);

	if (item->has_angle) {
		item->is_odd = true;
		return len;
	}
	if (item->begin == item->end)
		item->begin = at;
	item->end = at + len;
	if (text.s[at] == '@')
		item->has_at = true;
	return len;
}

/* Scans to the "," or ";" that ends an item; where that is. */
static size_t
scan_item(struct slice text, struct item *item)
{
	size_t i = 0;

	*item = (struct item){0};
	while (i < text.len && text.s[i] != ',' && text.s[i] != ';') {
		if (ascii_is_blank(text.s[i]))
			i++;
		else if (text.s[i] == '(')
			i += take_comment(text, i, item);
		else if (text.s[i] == ':')
			i += take_colon(i, item);
		else if (text.s[i] == '<' && !item->has_angle)
			i += take_angle(text, i, item);
		else
			i += take_word(text, i, item);
	}
	return i;
}

bool
address_list_next(struct slice *rest, struct mailbox_view *mailbox)
{
	while (rest->len) {
		struct slice text = *rest;
		struct item item;
		size_t end = scan_item(text, &item);

		*rest = slice_after(text, end < text.len ? end + 1 : end);
		if (!item.has_angle && item.begin == item.end && !item.is_odd)
			continue; /* ",," and the end of a group */
		mailbox->address = item.has_angle ? item.angle :
		    slice_make(text.s + item.begin, item.end - item.begin);
		mailbox->display = item.display;
		mailbox->comment = item.comment;
		mailbox->group = slice_make(text.s, item.group_end);
		mailbox->is_odd = item.is_odd;
		return true;
	}
	return false;
}

void
address_without_blanks(struct str *to, struct slice address)
{
	str_clear(to);
	for (size_t i = 0, len; i < address.len; i += len) {
		bool stays_open = false;

		len = token(slice_after(address, i), &stays_open);
		if (address.s[i] != '(' && !ascii_is_blank(address.s[i]))
			str_add(to, address.s + i, len);
	}
}
