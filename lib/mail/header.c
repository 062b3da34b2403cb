/* header - the fields of a message header; see header.h. */
#include "lib/mail/header.h"

enum { NAME_MAX_LEN = 998 };

/* To and with the LF, or all there is. */
static size_t
line_length(struct slice text)
{
	size_t lf = slice_find(text, '\n');

	return lf < text.len ? lf + 1 : text.len;
}

static bool
is_continued(struct slice rest)
{
	return rest.len && (rest.s[0] == ' ' || rest.s[0] == '\t');
}

/* RFC 5322 2.2: printable but no colon; blanks before the colon are obsolete
 * and met with.  The length of the name, 0: not a field. */
static size_t
name_length(struct slice line)
{
	size_t colon = slice_find(line, ':'), len = colon;

	if (colon == line.len || colon > NAME_MAX_LEN)
		return 0;
	while (len && (line.s[len - 1] == ' ' || line.s[len - 1] == '\t'))
		len--;
	for (size_t i = 0; i < len; i++)
		if ((unsigned char)line.s[i] <= ' ' ||
		    (unsigned char)line.s[i] >= 127)
			return 0;
	return len;
}

bool
header_next(struct slice *rest, struct field *field)
{
	size_t len = line_length(*rest), colon;
	size_t name_len = name_length(slice_make(rest->s, len));

	if (!name_len)
		return false;
	while (is_continued(slice_after(*rest, len)))
		len += line_length(slice_after(*rest, len));
	field->all = slice_make(rest->s, len);
	field->name = slice_make(rest->s, name_len);
	colon = slice_find(field->all, ':');
	field->value = slice_after(field->all, colon + 1);
	*rest = slice_after(*rest, len);
	return true;
}

bool
header_length(struct slice text, size_t *len)
{
	while (*len < text.len) {
		struct slice rest = slice_after(text, *len);
		size_t line = line_length(rest);

		if (rest.s[line - 1] != '\n')
			return false; /* the line is not all there */
		if (line == 1) {
			*len += 1;
			return true;
		}
		if (!name_length(slice_make(rest.s, line)) &&
		    !(*len && is_continued(rest)))
			return true;
		*len += line;
	}
	return false;
}

bool
field_is(const struct field *field, const char *name)
{
	return slice_ieq(field->name, slice_of(name));
}

bool
header_value(struct slice header, const char *name, struct slice *value)
{
	struct field field;

	while (header_next(&header, &field))
		if (field_is(&field, name)) {
			*value = field.value;
			return true;
		}
	return false;
}
