/* smtp_data - the text after DATA, decoded as it comes; see smtp_data.h. */
#include "lib/mail/smtp_data.h"

#include <string.h>

struct cursor {
	const char *from, *end;
	char *to;
};

static void
end_line(struct smtp_data *data, struct cursor *at)
{
	*at->to++ = '\n';
	at->from++;
	data->size += 2;
	data->line_len = 0;
	data->place = SMTP_DATA_AT_START;
}

/* Takes the rest of a line, or what is at hand of it, up to its CR: memchr
 * twice, memmove once, whatever the line's length. */
static enum smtp_data_result
take_text(struct smtp_data *data, struct cursor *at)
{
	size_t left = (size_t)(at->end - at->from);
	const char *cr = memchr(at->from, '\r', left);
	size_t len = cr ? (size_t)(cr - at->from) : left;

	if (memchr(at->from, '\n', len))
		return SMTP_DATA_BARE_LF;
	memmove(at->to, at->from, len);
	at->to += len;
	at->from += len + (cr ? 1 : 0);
	data->size += len;
	data->line_len += len;
	if (data->line_len > SMTP_TEXT_LINE_MAX)
		data->has_long_line = true;
	data->place = cr ? SMTP_DATA_AFTER_CR : SMTP_DATA_IN_LINE;
	return SMTP_DATA_MORE;
}

/* Goes on from one place; returns SMTP_DATA_MORE while all is well. */
static enum smtp_data_result
step(struct smtp_data *data, struct cursor *at)
{
	switch (data->place) {
	case SMTP_DATA_AT_START:
		if (*at->from != '.')
			return take_text(data, at);
		at->from++;
		data->place = SMTP_DATA_AFTER_DOT;
		return SMTP_DATA_MORE;
	case SMTP_DATA_AFTER_DOT:
		if (*at->from != '\r')
			return take_text(data, at);
		at->from++;
		data->place = SMTP_DATA_AFTER_DOT_CR;
		return SMTP_DATA_MORE;
	case SMTP_DATA_AFTER_DOT_CR:
		if (*at->from != '\n')
			return SMTP_DATA_BARE_CR;
		at->from++;
		return SMTP_DATA_END;
	case SMTP_DATA_IN_LINE:
		return take_text(data, at);
	case SMTP_DATA_AFTER_CR:
		if (*at->from != '\n')
			return SMTP_DATA_BARE_CR;
		end_line(data, at);
		return SMTP_DATA_MORE;
	}
	return SMTP_DATA_BARE_CR;
}

enum smtp_data_result
smtp_data_decode(struct smtp_data *data, struct slice bytes, size_t *used,
    char *out, size_t *out_len)
{
	struct cursor at = {bytes.s, bytes.s + bytes.len, out};
	enum smtp_data_result result = SMTP_DATA_MORE;

	while (at.from < at.end && result == SMTP_DATA_MORE)
		result = step(data, &at);
	*used = (size_t)(at.from - bytes.s);
	*out_len = (size_t)(at.to - out);
	return result;
}
