/* visible - bytes of strangers on a terminal; see visible.h. */
#include "lib/base/visible.h"

#include "lib/base/utf8.h"

/* C1 controls (c2 80 to c2 9f) steer terminals, like C0. */
static bool
is_control(const unsigned char *at)
{
	return (*at < ' ' && *at != '\n' && *at != '\t') || *at == 127 ||
	    (*at == 0xc2 && at[1] < 0xa0);
}

void
put_visible(FILE *to, struct slice text)
{
	while (text.len) {
		size_t len = utf8_length(text);

		if (!len || is_control((const unsigned char *)text.s)) {
			fprintf(to, "\\x%02x", (unsigned char)text.s[0]);
			len = 1;
		} else {
			fwrite(text.s, 1, len, to);
		}
		text = slice_after(text, len);
	}
}
