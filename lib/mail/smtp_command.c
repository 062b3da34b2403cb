/* smtp_command - a command line taken apart; see smtp_command.h. */
#include "lib/mail/smtp_command.h"

#include "lib/base/utf8.h"
#include "lib/mail/address.h"
#include "lib/mail/smtp_parameter.h"

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
	{"STARTTLS", SMTP_STARTTLS},
	{"AUTH", SMTP_AUTH},
	{"ETRN", SMTP_ETRN},
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
	*rest = slice_trim(slice_after(*rest, len));
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
		    !domain_valid(slice_after(host, 1)))
			return false;
	}
	return path->len > 0; /* "<>" has none */
}

/* Cuts "FROM:<path>" off *rest.  The blank after the colon, and a path
 * without brackets, are errors that printers and scanners make: forgiven. */
static enum smtp_fault
cut_path(struct slice *rest, const char *keyword, struct slice *path)
{
	size_t end;

	if (!slice_istarts(*rest, keyword))
		return SMTP_BAD_SYNTAX;
	*rest = slice_trim(slice_after(*rest, strlen(keyword)));
	if (!slice_starts(*rest, "<")) {
		*path = cut_word(rest);
		return path->len ? SMTP_FINE : SMTP_BAD_SYNTAX;
	}
	end = find_bracket(*rest);
	if (end == rest->len)
		return SMTP_BAD_ADDRESS;
	*path = slice_make(rest->s + 1, end - 1);
	*rest = slice_after(*rest, end + 1);
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

static enum smtp_fault
parse_parameters(struct smtp_command *command, struct slice rest,
    bool allow_utf8)
{
	while (rest.len) {
		struct slice value = cut_word(&rest);
		struct slice key = slice_cut(&value, '=');
		enum smtp_fault fault = command->verb == SMTP_MAIL
		    ? smtp_mail_parameter(command, key, value)
		    : smtp_rcpt_parameter(command, key, value,
		          allow_utf8);

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
	case SMTP_STARTTLS:
		return rest.len ? SMTP_BAD_SYNTAX : SMTP_FINE;
	case SMTP_VRFY:
	case SMTP_AUTH:
		return rest.len ? SMTP_FINE : SMTP_BAD_SYNTAX;
	case SMTP_UNKNOWN:
	case SMTP_FOREIGN:
	case SMTP_NOOP:
	case SMTP_HELP:
	case SMTP_ETRN:
	case SMTP_OTHER:
		return SMTP_FINE;
	}
	return SMTP_BAD_SYNTAX;
}
