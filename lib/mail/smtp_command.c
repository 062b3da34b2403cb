/* smtp_command - a command line taken apart; see smtp_command.h. */
#include "lib/mail/smtp_command.h"

#include "lib/base/utf8.h"
#include "lib/mail/address.h"

#include <string.h>

static const struct verb {
	char name[9];
	enum smtp_verb verb;
} verbs[] = {
	{"EHLO", SMTP_EHLO},
	{"HELO", SMTP_HELO},
	{"MAIL", SMTP_MAIL},
	{"RCPT", SMTP_RCPT},
	{"DATA", SMTP_DATA},
	{"RSET", SMTP_RSET},
	{"NOOP", SMTP_NOOP},
	{"QUIT", SMTP_QUIT},
	{"HELP", SMTP_HELP},
	{"VRFY", SMTP_VRFY},
	{"EXPN", SMTP_OTHER},
	{"STARTTLS", SMTP_OTHER},
	{"AUTH", SMTP_OTHER},
	{"ETRN", SMTP_OTHER},
	{"ATRN", SMTP_OTHER},
	{"BDAT", SMTP_OTHER},
	{"TURN", SMTP_OTHER},
	{"SEND", SMTP_OTHER},
	{"SOML", SMTP_OTHER},
	{"SAML", SMTP_OTHER},
	{"LHLO", SMTP_OTHER},
	{"GET", SMTP_FOREIGN},
	{"HEAD", SMTP_FOREIGN},
	{"POST", SMTP_FOREIGN},
	{"PUT", SMTP_FOREIGN},
	{"DELETE", SMTP_FOREIGN},
	{"PATCH", SMTP_FOREIGN},
	{"TRACE", SMTP_FOREIGN},
	{"CONNECT", SMTP_FOREIGN},
	{"OPTIONS", SMTP_FOREIGN},
	{"PRI", SMTP_FOREIGN},
};

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* Cuts the bytes before the next blank off *rest, and the blanks. */
static struct slice
cut_word(struct slice *rest)
{
	size_t len = 0;
	struct slice word;

	while (len < rest->len && !is_blank(rest->s[len]))
		len++;
	word = slice_make(rest->s, len);
	*rest = slice_trim(slice_make(rest->s + len, rest->len - len));
	return word;
}

/* Binary protocols begin with what no command and no typing slip does. */
static bool
is_binary(struct slice word)
{
	unsigned char c = word.len ? (unsigned char)word.s[0] : ' ';

	return c < ' ' || c >= 127;
}

static enum smtp_verb
find_verb(struct slice word)
{
	if (is_binary(word))
		return SMTP_FOREIGN;
	for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++)
		if (slice_ieq(word, slice_of(verbs[i].name)))
			return verbs[i].verb;
	return SMTP_UNKNOWN;
}

/* Where the path's ">" is, quotes and backslashes respected; len: nowhere. */
static size_t
find_bracket(struct slice text)
{
	bool is_quoted = false;

	for (size_t i = 0; i < text.len; i++) {
		if (text.s[i] == '\\')
			i++;
		else if (text.s[i] == '"')
			is_quoted = !is_quoted;
		else if (text.s[i] == '>' && !is_quoted)
			return i;
	}
	return text.len;
}

/* RFC 5321 4.1.2 A-d-l: "@one,@two:" is read and forgotten (appendix C). */
static bool
strip_route(struct slice *path)
{
	struct slice route;

	if (!slice_starts(*path, "@"))
		return true;
	route = slice_cut(path, ':');
	if (!path->s)
		return false;
	while (route.s) {
		struct slice host = slice_cut(&route, ',');

		if (!slice_starts(host, "@") ||
		    !domain_valid(slice_make(host.s + 1, host.len - 1)))
			return false;
	}
	return true;
}

/* Cuts "FROM:<path>" off *rest.  The blank after the colon, and a path
 * without brackets, are errors that printers and scanners make: forgiven. */
static enum smtp_fault
cut_path(struct slice *rest, const char *keyword, struct slice *path)
{
	size_t len = strlen(keyword), end;

	if (rest->len < len ||
	    !slice_ieq(slice_make(rest->s, len), slice_of(keyword)))
		return SMTP_BAD_SYNTAX;
	*rest = slice_trim(slice_make(rest->s + len, rest->len - len));
	if (!slice_starts(*rest, "<")) {
		*path = cut_word(rest);
		return path->len ? SMTP_FINE : SMTP_BAD_SYNTAX;
	}
	end = find_bracket(*rest);
	if (end == rest->len)
		return SMTP_BAD_ADDRESS;
	*path = slice_make(rest->s + 1, end - 1);
	rest->s += end + 1;
	rest->len -= end + 1;
	if (rest->len && !is_blank(rest->s[0]))
		return SMTP_BAD_SYNTAX;
	*rest = slice_trim(*rest);
	return strip_route(path) ? SMTP_FINE : SMTP_BAD_ADDRESS;
}

static enum smtp_fault
check_address(struct slice address, bool allow_utf8)
{
	if (!allow_utf8 && has_8bit(address))
		return SMTP_NEEDS_SMTPUTF8;
	return address_valid(address, allow_utf8) ? SMTP_FINE
	                                          : SMTP_BAD_ADDRESS;
}

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
	struct slice type = value, text;

	if (value.len > SMTP_ORCPT_MAX)
		return false;
	text = value;
	type = slice_cut(&text, ';');
	if (!type.len || !text.s)
		return false;
	for (size_t i = 0; i < type.len; i++) {
		char c = ascii_lower(type.s[i]);

		if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') &&
		    c != '-')
			return false;
	}
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

static enum smtp_fault
mail_parameter(struct smtp_command *command, struct slice key,
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

static enum smtp_fault
rcpt_parameter(struct smtp_command *command, struct slice key,
    struct slice value, bool allow_utf8)
{
	if (slice_ieq(key, slice_of("NOTIFY")))
		return set_once(&command->notify, value, is_notify(value));
	if (slice_ieq(key, slice_of("ORCPT")))
		return set_once(&command->orcpt, value,
		    is_orcpt(value, allow_utf8));
	return SMTP_UNKNOWN_PARAMETER;
}

static enum smtp_fault
parse_parameters(struct smtp_command *command, struct slice rest,
    bool allow_utf8)
{
	while (rest.len) {
		struct slice value = cut_word(&rest);
		struct slice key = slice_cut(&value, '=');
		enum smtp_fault fault = command->verb == SMTP_MAIL
		    ? mail_parameter(command, key, value)
		    : rcpt_parameter(command, key, value, allow_utf8);

		if (fault != SMTP_FINE)
			return fault;
	}
	return SMTP_FINE;
}

static enum smtp_fault
parse_mail(struct smtp_command *command)
{
	struct slice rest = command->argument;
	enum smtp_fault fault = cut_path(&rest, "FROM:", &command->address);

	if (fault == SMTP_FINE)
		fault = parse_parameters(command, rest, false);
	if (fault == SMTP_FINE && command->address.len)
		fault = check_address(command->address, command->is_smtputf8);
	return fault;
}

static enum smtp_fault
parse_rcpt(struct smtp_command *command, bool has_smtputf8)
{
	struct slice rest = command->argument;
	enum smtp_fault fault = cut_path(&rest, "TO:", &command->address);

	if (fault == SMTP_FINE)
		fault = parse_parameters(command, rest, has_smtputf8);
	/* RFC 5321 4.5.1: <postmaster> needs no domain */
	if (fault == SMTP_FINE &&
	    !slice_ieq(command->address, slice_of("postmaster")))
		fault = check_address(command->address, has_smtputf8);
	return fault;
}

enum smtp_fault
smtp_command_parse(struct slice line, bool has_smtputf8,
    struct smtp_command *command)
{
	struct slice rest = line;

	*command = (struct smtp_command){0};
	command->verb = find_verb(cut_word(&rest));
	command->argument = rest;
	switch (command->verb) {
	case SMTP_EHLO:
	case SMTP_HELO:
		return rest.len && rest.len <= DOMAIN_MAX ? SMTP_FINE
		                                          : SMTP_BAD_SYNTAX;
	case SMTP_MAIL:
		return parse_mail(command);
	case SMTP_RCPT:
		return parse_rcpt(command, has_smtputf8);
	case SMTP_DATA:
	case SMTP_RSET:
	case SMTP_QUIT:
		return rest.len ? SMTP_BAD_SYNTAX : SMTP_FINE;
	case SMTP_VRFY:
		return rest.len ? SMTP_FINE : SMTP_BAD_SYNTAX;
	case SMTP_UNKNOWN:
	case SMTP_FOREIGN:
	case SMTP_NOOP:
	case SMTP_HELP:
	case SMTP_OTHER:
		return SMTP_FINE;
	}
	return SMTP_BAD_SYNTAX;
}
