/* dot - a line with a single dot; see dot.h. */
#include "cmd/sendmail/dot.h"

static void
take(struct dot *dot, char c, struct str *to)
{
	if (dot->place == DOT_LINE_START && c == '.') {
		dot->place = DOT_SEEN;
		return;
	}
	if (dot->place == DOT_SEEN && c == '\r') {
		dot->place = DOT_CR_SEEN;
		return;
	}
	if (dot->place == DOT_SEEN || dot->place == DOT_CR_SEEN) {
		if (c == '\n') {
			dot->is_end = true;
			return;
		}
		str_puts(to, dot->place == DOT_SEEN ? "." : ".\r");
	}
	str_putc(to, c);
	dot->place = c == '\n' ? DOT_LINE_START : DOT_IN_LINE;
}

void
dot_take(struct dot *dot, struct slice bytes, struct str *to)
{
	if (dot->is_text) {
		str_add_slice(to, bytes);
		return;
	}
	for (size_t i = 0; i < bytes.len && !dot->is_end; i++)
		take(dot, bytes.s[i], to);
}
