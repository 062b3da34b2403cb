/* visible - bytes of strangers on a terminal; see visible.h. */
#include "lib/base/visible.h"

#include "lib/base/utf8.h"

void
put_visible(FILE *to, struct slice text)
{
	while (text.len) {
		size_t len = utf8_length(text);
		bool is_layout = *text.s == '\n' || *text.s == '\t';

		if (!len || (utf8_is_control(text) && !is_layout)) {
			fprintf(to, "\\x%02x", (unsigned char)text.s[0]);
			len = 1;
		} else {
			fwrite(text.s, 1, len, to);
		}
		text = slice_after(text, len);
	}
}
