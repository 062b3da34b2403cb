/* smtp_content - a message as SMTP sends it; see smtp_content.h. */
#include "lib/mail/smtp_content.h"

#include "lib/base/utf8.h"

#include <string.h>

/* Takes the header, or what is at hand of it, off *text: line by line, for
 * an empty one ends it. */
static void
examine_header(struct smtp_content *content, struct slice *text)
{
	while (text->len && !content->is_in_body) {
		size_t lf = slice_find(*text, '\n');
		size_t len = lf < text->len ? lf + 1 : lf;

		if (lf == 0 && !content->is_in_line)
			content->is_in_body = true;
		if (has_8bit(slice_make(text->s, len)))
			content->has_8bit = content->has_8bit_header = true;
		if (lf < text->len)
			content->wire_bytes++;
		content->wire_bytes += len;
		content->is_in_line = lf == text->len;
		*text = slice_after(*text, len);
	}
}

void
smtp_content_examine(struct smtp_content *content, struct slice text)
{
	examine_header(content, &text);
	if (!text.len)
		return;
	content->wire_bytes += text.len;
	content->is_in_line = text.s[text.len - 1] != '\n';
	if (has_8bit(text))
		content->has_8bit = true;
	for (const char *lf = text.s; (lf = memchr(lf, '\n',
	    text.len - (size_t)(lf - text.s))); lf++)
		content->wire_bytes++;
}

void
smtp_content_examined(struct smtp_content *content)
{
	if (content->is_in_line)
		content->wire_bytes += 2;
}

/* ---- the wire form ---- */

/* A line or a part of one, without a line end.  A CR that was held back was
 * no line end: it becomes a blank, as elsewhere.  So does one inside. */
static void
encode_text(struct smtp_encoder *encoder, struct slice text, struct str *to)
{
	size_t start;

	if (encoder->place == SMTP_ENCODER_AFTER_CR)
		str_putc(to, ' ');
	if (encoder->place == SMTP_ENCODER_AT_START && text.s[0] == '.')
		str_putc(to, '.');
	start = to->len;
	str_add_slice(to, text);
	for (char *cr = to->s + start; (cr = memchr(cr, '\r',
	    (size_t)(to->s + to->len - cr))); )
		*cr = ' ';
	encoder->place = SMTP_ENCODER_IN_LINE;
}

void
smtp_encode(struct smtp_encoder *encoder, struct slice text, struct str *to)
{
	while (text.len) {
		size_t lf = slice_find(text, '\n');
		bool is_whole = lf < text.len;
		struct slice line = {text.s, lf};
		bool has_cr = lf && line.s[lf - 1] == '\r';

		line.len -= has_cr;
		if (line.len || (encoder->place == SMTP_ENCODER_AFTER_CR &&
		    has_cr))
			encode_text(encoder, line, to);
		if (is_whole) {
			str_add(to, "\r\n", 2);
			encoder->place = SMTP_ENCODER_AT_START;
		} else if (has_cr) {
			encoder->place = SMTP_ENCODER_AFTER_CR;
		}
		text = slice_after(text, is_whole ? lf + 1 : lf);
	}
}

void
smtp_encode_end(struct smtp_encoder *encoder, struct str *to)
{
	if (encoder->place != SMTP_ENCODER_AT_START)
		str_add(to, "\r\n", 2);
	str_add(to, ".\r\n", 3);
	*encoder = (struct smtp_encoder){0};
}
