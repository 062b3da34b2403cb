/* rcpts - recipients from the header, and from arguments; see rcpts.h. */
#include "cmd/sendmail/rcpts.h"

#include "lib/mail/address_list.h"
#include "lib/mail/header.h"

/* Folds and blanks between the parts of an address are none of it; a quoted
 * blank is. */
static void
add_without_blanks(struct strs *to, struct slice address)
{
	bool is_quoted = false, is_escaped = false;
	struct str plain = {0};

	for (size_t i = 0; i < address.len; i++) {
		char c = address.s[i];

		if (c == '"' && !is_escaped)
			is_quoted = !is_quoted;
		is_escaped = c == '\\' && !is_escaped;
		if (c != '\t' && c != '\n' && c != '\r' &&
		    (c != ' ' || is_quoted))
			str_putc(&plain, c);
	}
	if (plain.len)
		strs_add(to, str_slice(&plain));
	str_free(&plain);
}

void
rcpts_of_list(struct strs *to, struct slice list)
{
	struct mailbox_view mailbox;

	while (address_list_next(&list, &mailbox))
		add_without_blanks(to, mailbox.address);
}

static void
add_fields(struct strs *to, struct slice header, const char *const *names)
{
	struct field field;

	while (header.len && header_next(&header, &field))
		for (size_t i = 0; names[i]; i++)
			if (field_is(&field, names[i]))
				rcpts_of_list(to, field.value);
}

void
rcpts_of_header(struct strs *to, struct slice header)
{
	static const char *const resent[] = {"Resent-To", "Resent-Cc",
		"Resent-Bcc", NULL};
	static const char *const plain[] = {"To", "Cc", "Bcc", NULL};
	size_t before = to->len;

	add_fields(to, header, resent);
	if (to->len == before)
		add_fields(to, header, plain);
}
