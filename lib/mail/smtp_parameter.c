/* smtp_parameter - what follows the path of MAIL and RCPT; see
 * smtp_parameter.h. */
#include "lib/mail/smtp_parameter.h"

#include "lib/base/utf8.h"

static bool
is_hex(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'F');
}

/* RFC 3461 4: printable ASCII but "+" and "=", or "+" and two digits. */
static bool
is_xtext(struct slice text, bool allow_utf8)
{
	if (allow_utf8 && !utf8_valid(text))
		return false;
	for (size_t i = 0; i < text.len; i++) {
		unsigned char c = (unsigned char)text.s[i];

		if (c == '+') {
			if (i + 2 >= text.len || !is_hex(text.s[i + 1]) ||
			    !is_hex(text.s[i + 2]))
				return false;
			i += 2;
		} else if (c < '!' || c == '=' || c == 127 ||
		    (c > 127 && !allow_utf8)) {
			return false;
		}
	}
	return text.len > 0;
}

/* RFC 3461 4.1: NEVER, or any of SUCCESS, FAILURE, DELAY, each once. */
static bool
is_notify(struct slice list)
{
	static const char *const words[] = {"SUCCESS", "FAILURE", "DELAY"};
	unsigned seen = 0;

	if (!list.len)
		return false;
	if (slice_ieq(list, slice_of("NEVER")))
		return true;
	while (list.s) {
		struct slice word = slice_cut(&list, ',');
		unsigned bit = 0;

		for (unsigned i = 0; i < 3; i++)
			if (slice_ieq(word, slice_of(words[i])))
				bit = 1u << i;
		if (!bit || (seen & bit))
			return false;
		seen |= bit;
	}
	return true;
}

/* RFC 3461 4.2: addr-type ";" xtext; RFC 6533 adds utf-8 addresses. */
static bool
is_orcpt(struct slice value, bool allow_utf8)
{
	struct slice text = value, type;

	if (value.len > SMTP_ORCPT_MAX)
		return false;
	type = slice_cut(&text, ';');
	if (!type.len || !text.s)
		return false;
	for (size_t i = 0; i < type.len; i++)
		if (!ascii_is_alnum(type.s[i]) && type.s[i] != '-')
			return false;
	return is_xtext(text, allow_utf8);
}

/* One parameter: its place in struct smtp_command is set once. */
static enum smtp_fault
set_once(struct slice *place, struct slice value, bool is_good)
{
	if (place->len || !is_good)
		return SMTP_BAD_PARAMETER;
	*place = value;
	return SMTP_FINE;
}

static enum smtp_fault
mail_body(struct smtp_command *command, struct slice value)
{
	if (slice_ieq(value, slice_of("8BITMIME")))
		command->is_8bit = true;
	else if (!slice_ieq(value, slice_of("7BIT")))
		return SMTP_BAD_PARAMETER;
	return SMTP_FINE;
}

enum smtp_fault
smtp_mail_parameter(struct smtp_command *command, struct slice key,
    struct slice value)
{
	if (slice_ieq(key, slice_of("SIZE")))
		return slice_u64(value, UINT64_MAX, &command->size)
		    ? SMTP_FINE : SMTP_BAD_PARAMETER;
	if (slice_ieq(key, slice_of("BODY")))
		return mail_body(command, value);
	if (slice_ieq(key, slice_of("SMTPUTF8"))) {
		command->is_smtputf8 = true;
		return value.s ? SMTP_BAD_PARAMETER : SMTP_FINE;
	}
	if (slice_ieq(key, slice_of("RET")))
		return set_once(&command->ret, value,
		    slice_ieq(value, slice_of("FULL")) ||
		    slice_ieq(value, slice_of("HDRS")));
	if (slice_ieq(key, slice_of("ENVID")))
		return set_once(&command->envid, value,
		    value.len <= SMTP_ENVID_MAX && is_xtext(value, false));
	/* RFC 4954 5: who is not trusted has it ignored */
	if (slice_ieq(key, slice_of("AUTH")))
		return value.len ? SMTP_FINE : SMTP_BAD_PARAMETER;
	return SMTP_UNKNOWN_PARAMETER;
}

enum smtp_fault
smtp_rcpt_parameter(struct smtp_command *command, struct slice key,
    struct slice value, bool allow_utf8)
{
	if (slice_ieq(key, slice_of("NOTIFY")))
		return set_once(&command->notify, value, is_notify(value));
	if (slice_ieq(key, slice_of("ORCPT")))
		return set_once(&command->orcpt, value,
		    is_orcpt(value, allow_utf8));
	return SMTP_UNKNOWN_PARAMETER;
}
