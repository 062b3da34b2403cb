/* fuzz_smtp_reply - any bytes as a server's replies: what is kept is small,
 * clean, and one reply; and as capabilities. */
#include "lib/base/utf8.h"
#include "lib/mail/smtp_reply.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check(const struct smtp_reply *reply)
{
	if (reply->code < 200 || reply->code > 599 ||
	    reply->text.len > SMTP_REPLY_TEXT_MAX + 4 ||
	    !utf8_valid(str_slice(&reply->text)))
		abort();
	if (reply->enhanced[0] && reply->enhanced[0] - '0' !=
	    reply->code / 100)
		abort();
	for (size_t i = 0; i < reply->text.len; i++)
		if ((unsigned char)reply->text.s[i] < ' ' &&
		    reply->text.s[i] != '\n')
			abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice rest = slice_make((const char *)data, size);
	struct smtp_capabilities can;
	struct smtp_reply reply = {0};

	smtp_capabilities_parse(rest, &can);
	while (rest.len) {
		struct slice line = slice_cut(&rest, '\n');

		switch (smtp_reply_line(&reply, line)) {
		case SMTP_REPLY_MORE:
			break;
		case SMTP_REPLY_WHOLE:
			check(&reply);
			smtp_capabilities_parse(str_slice(&reply.text), &can);
			smtp_reply_clear(&reply);
			break;
		case SMTP_REPLY_BAD:
			smtp_reply_clear(&reply);
			break;
		}
	}
	smtp_reply_free(&reply);
	return 0;
}
