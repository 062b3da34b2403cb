/* etrn_wire - ETRN's argument, and words about it; see etrn_wire.h. */
#include "lib/mail/etrn_wire.h"

#include "lib/mail/address.h"

const struct record_field etrn_request_fields[] = {
	RECORD_STR(etrn_request, 'a', argument, ETRN_ARGUMENT_MAX),
	RECORD_STR(etrn_request, 'c', client, 64),
	RECORD_STR(etrn_request, 'l', login, ADDRESS_TEXT_MAX),
	RECORD_STR(etrn_request, 'p', passport, 128),
	{0}
};

const struct record_field etrn_answer_fields[] = {
	RECORD_U64(etrn_answer, 'c', code, 999),
	RECORD_STR(etrn_answer, 't', text, ETRN_TEXT_MAX),
	{0}
};

int
etrn_queue_normalize(struct str *to, struct slice name)
{
	bool is_name = name.len && name.len <= ETRN_WORD_MAX;

	str_clear(to);
	for (size_t i = 0; is_name && i < name.len; i++) {
		char c = ascii_lower(name.s[i]);

		is_name = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
		    c == '-' || c == '.' || c == '_';
		str_putc(to, c);
	}
	if (!is_name)
		str_clear(to);
	return is_name ? 0 : -1;
}

static bool
is_one_word(struct slice argument)
{
	return argument.len && argument.len <= ETRN_ARGUMENT_MAX &&
	    slice_find(argument, ' ') == argument.len &&
	    slice_find(argument, '\t') == argument.len;
}

/* RFC 1985 5: the node name is a domain; address literals are none. */
int
etrn_parse(struct slice argument, struct etrn_argument *to)
{
	int result;

	str_clear(&to->name);
	to->kind = ETRN_DOMAIN;
	if (!is_one_word(argument))
		return 500;
	if (argument.s[0] == '@')
		to->kind = ETRN_SUBDOMAINS;
	else if (argument.s[0] == '#')
		to->kind = ETRN_QUEUE;
	if (to->kind != ETRN_DOMAIN) {
		argument.s++;
		argument.len--;
	}
	result = to->kind == ETRN_QUEUE
	    ? etrn_queue_normalize(&to->name, argument)
	    : domain_normalize(&to->name, argument);
	return result == 0 ? 0 : 501;
}

void
etrn_write(struct str *to, const struct etrn_argument *argument)
{
	static const char *const prefix[] = {[ETRN_DOMAIN] = "",
		[ETRN_SUBDOMAINS] = "@", [ETRN_QUEUE] = "#"};

	str_puts(to, prefix[argument->kind]);
	str_add_slice(to, str_slice(&argument->name));
}

void
etrn_argument_free(struct etrn_argument *argument)
{
	str_free(&argument->name);
}
