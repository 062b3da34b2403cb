/* text - the message on its way into the drop box; see text.h. */
#include "cmd/local-submit/text.h"

void
text_add_plain(struct str *to, struct slice chunk, bool *has_cr)
{
	for (size_t i = 0; i < chunk.len; i++) {
		if (*has_cr && chunk.s[i] != '\n')
			str_putc(to, ' ');
		*has_cr = chunk.s[i] == '\r';
		if (!*has_cr)
			str_putc(to, chunk.s[i]);
	}
}

static void
write_ready(struct text *text, const struct str *ready)
{
	if (!ready->len)
		return;
	text->has_lf = ready->s[ready->len - 1] == '\n';
	drop_write(text->drop, str_slice(ready));
}

static enum reply
reply_to(enum submit_fault fault)
{
	switch (fault) {
	case SUBMIT_TOO_LONG:
		return REPLY_LONG_HEADER;
	case SUBMIT_FINE:
	case SUBMIT_FROM_NOT_OWN: /* these two: a Sender says who it was */
	case SUBMIT_FROM_BAD:
		break;
	}
	return REPLY_FINE;
}

static enum reply
take(struct text *text, const struct str *plain)
{
	struct str ready = {0};
	enum reply reply;

	reply = reply_to(submit_take(&text->submit, text->rules,
	    str_slice(plain), &ready));
	write_ready(text, &ready);
	str_free(&ready);
	return reply;
}

enum reply
text_take(struct text *text, struct slice chunk)
{
	struct str plain = {0};
	enum reply reply;

	text->bytes += chunk.len;
	if (text->limit && text->bytes > text->limit)
		return REPLY_TOO_BIG;
	text_add_plain(&plain, chunk, &text->has_cr);
	hops_count(&text->hops, str_slice(&plain));
	reply = text->hops.count > HOPS_MAX ? REPLY_LOOP : take(text, &plain);
	str_free(&plain);
	return reply;
}

/* A message's last line has an end, too. */
static void
end_line(struct text *text)
{
	if (text->has_cr)
		drop_write(text->drop, slice_of(" "));
	if (text->has_cr || !text->has_lf)
		drop_write(text->drop, slice_of("\n"));
}

enum reply
text_end(struct text *text)
{
	struct str ready = {0};
	enum reply reply;

	reply = reply_to(submit_end(&text->submit, text->rules, &ready));
	write_ready(text, &ready);
	str_free(&ready);
	end_line(text);
	return reply;
}

void
text_free(struct text *text)
{
	submit_text_free(&text->submit);
}
