/* received - our trace line and counting those of others; see received.h. */
#include "lib/mail/received.h"

#include "lib/mail/date.h"

#include <string.h>

const char *
received_protocol(bool is_esmtp, bool is_utf8, bool is_tls, bool is_login)
{
	static const char *const esmtp[] = {
		"ESMTP", "ESMTPA", "ESMTPS", "ESMTPSA"};
	static const char *const utf8[] = {
		"UTF8SMTP", "UTF8SMTPA", "UTF8SMTPS", "UTF8SMTPSA"};
	int kind = (is_tls ? 2 : 0) + (is_login ? 1 : 0);

	if (is_utf8)
		return utf8[kind];
	return is_esmtp ? esmtp[kind] : "SMTP";
}

static bool
is_name_byte(char c)
{
	return ascii_is_alnum(c) || (c && strchr(".-_:[]\\", c));
}

void
received_add_name(struct str *to, struct slice name)
{
	for (size_t i = 0; i < name.len; i++) {
		if (is_name_byte(name.s[i]))
			str_putc(to, name.s[i]);
		else
			str_addf(to, "\\x%02x", (unsigned char)name.s[i]);
	}
}

void
received_add(struct str *to, const struct received *received)
{
	str_puts(to, "Received: from ");
	received_add_name(to, received->helo);
	str_puts(to, " (");
	str_add_slice(to, received->client);
	str_puts(to, ")\n\tby ");
	str_add_slice(to, received->by);
	str_puts(to, " with ");
	str_puts(to, received->protocol);
	str_puts(to, " id ");
	str_add_slice(to, received->id);
	if (received->recipient.len) {
		str_puts(to, "\n\tfor <");
		str_add_slice(to, received->recipient);
		str_putc(to, '>');
	}
	str_puts(to, ";\n\t");
	date_add(to, received->wall_us);
	str_putc(to, '\n');
}

static const char field[] = "received:";
enum { FIELD_LEN = sizeof field - 1 };

/* Compares the part of a line that is at hand with the field's name. */
static void
count_part(struct hops *hops, struct slice part)
{
	for (size_t i = 0; i < part.len && !hops->is_other; i++) {
		if (ascii_lower(part.s[i]) != field[hops->at]) {
			hops->is_other = true;
		} else if (++hops->at == FIELD_LEN) {
			hops->count++;
			hops->is_other = true;
		}
	}
}

void
hops_count(struct hops *hops, struct slice bytes)
{
	while (bytes.len && !hops->is_body) {
		size_t lf = slice_find(bytes, '\n');

		count_part(hops, slice_make(bytes.s, lf));
		if (lf == bytes.len)
			return;
		if (!hops->at && !hops->is_other)
			hops->is_body = true; /* the empty line */
		hops->at = 0;
		hops->is_other = false;
		bytes = slice_after(bytes, lf + 1);
	}
}
