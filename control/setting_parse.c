/* setting_parse - the forms of single values; see settings.h. */
#include "control/settings.h"

#include "lib/mail/address.h"

#include <arpa/inet.h>
#include <string.h>

enum { PORT_MAX = 65535, TEXT_MAX = 400, PREFIX_MAX = 12 };

struct unit {
	char letter;
	uint64_t factor;
};

static bool
parse_with_unit(struct slice text, const struct unit *units, uint64_t *number)
{
	uint64_t factor = 1;

	if (!text.len)
		return false;
	for (; units->letter; units++)
		if (text.s[text.len - 1] == units->letter)
			factor = units->factor;
	if (factor > 1 || text.s[text.len - 1] == 's')
		text.len--;
	return slice_u64(text, UINT64_MAX, number) &&
	    !__builtin_mul_overflow(*number, factor, number);
}

bool
parse_duration(struct slice text, uint64_t *seconds)
{
	static const struct unit units[] = {
	    {'m', 60}, {'h', 3600}, {'d', 86400}, {'w', 7 * 86400}, {0, 0}};

	return parse_with_unit(text, units, seconds);
}

bool
parse_size(struct slice text, uint64_t *bytes)
{
	static const struct unit units[] = {
	    {'K', 1 << 10}, {'M', 1 << 20}, {'G', 1 << 30},
	    {'T', UINT64_C(1) << 40}, {'k', 1 << 10}, {'m', 1 << 20},
	    {'g', 1 << 30}, {'t', UINT64_C(1) << 40}, {0, 0}};

	if (text.len && text.s[text.len - 1] == 's')
		return false;
	return parse_with_unit(text, units, bytes);
}

static int
parse_quantity(const struct setting_rule *rule, struct slice text,
    struct str *value, struct str *fault)
{
	uint64_t number;
	bool is_number = rule->form == FORM_DURATION ?
	    parse_duration(text, &number) : rule->form == FORM_NUMBER ?
	    slice_u64(text, UINT64_MAX, &number) : parse_size(text, &number);
	const char *form = rule->form == FORM_DURATION ?
	    "a duration, write seconds or a number with s, m, h, d or w" :
	    rule->form == FORM_NUMBER ? "a number, write digits only" :
	    "a size, write bytes or a number with K, M, G or T";

	if (!is_number) {
		str_addf(fault, "\"%.*s\" is not %s, as in %s", (int)text.len,
		    text.s, form, rule->fallback);
		return -1;
	}
	if (number < rule->min || number > rule->max) {
		str_addf(fault, "%.*s is out of range, write %llu to %llu%s",
		    (int)text.len, text.s, (unsigned long long)rule->min,
		    (unsigned long long)rule->max,
		    rule->form == FORM_DURATION ? " seconds" : "");
		return -1;
	}
	str_add_u64(value, number);
	return 0;
}

static int
parse_share(const struct setting_rule *rule, struct slice text,
    struct str *value, struct str *fault)
{
	uint64_t percent;

	if (!text.len || text.s[text.len - 1] != '%')
		return parse_quantity(rule, text, value, fault);
	if (!slice_u64(slice_make(text.s, text.len - 1), 99, &percent)) {
		str_addf(fault, "\"%.*s\" is no percentage, write 0%% to 99%%",
		    (int)text.len, text.s);
		return -1;
	}
	str_addf(value, "%u%%", (unsigned)percent);
	return 0;
}

static int
parse_host(struct slice text, struct str *value, struct str *fault)
{
	if (domain_normalize(value, text) == 0)
		return 0;
	str_addf(fault, "\"%.*s\" is no host name, "
	    "write one like mail.example.org", (int)text.len, text.s);
	return -1;
}

static int
parse_address(struct slice text, struct slice me, struct str *value,
    struct str *fault)
{
	struct str whole = {0};
	int result;

	str_add_slice(&whole, text);
	if (slice_find(text, '@') == text.len) {
		str_putc(&whole, '@');
		str_add_slice(&whole, me);
	}
	result = address_normalize(value, str_slice(&whole), false);
	str_free(&whole);
	if (result < 0)
		str_addf(fault, "\"%.*s\" is no address, "
		    "write one like postmaster@example.org", (int)text.len,
		    text.s);
	return result;
}

static int
parse_local(struct slice text, struct str *value, struct str *fault)
{
	struct str whole = {0};
	bool is_local;

	str_add_slice(&whole, text);
	str_puts(&whole, "@x");
	is_local = slice_find(text, '@') == text.len &&
	    address_valid(str_slice(&whole), false);
	str_free(&whole);
	if (is_local) {
		str_add_slice(value, text);
		return 0;
	}
	str_addf(fault, "\"%.*s\" is not the part of an address before the @, "
	    "write one like MAILER-DAEMON (the other part is bouncehost)",
	    (int)text.len, text.s);
	return -1;
}

static bool
is_ip(struct slice text)
{
	char copy[INET6_ADDRSTRLEN];
	unsigned char address[sizeof(struct in6_addr)];

	if (text.len >= sizeof copy || !text.len)
		return false;
	memcpy(copy, text.s, text.len);
	copy[text.len] = '\0';
	return inet_pton(AF_INET, copy, address) == 1 ||
	    inet_pton(AF_INET6, copy, address) == 1;
}

static int
parse_resolver(struct slice text, struct str *value, struct str *fault)
{
	struct slice rest = text, address;
	uint64_t port = 53;

	if (slice_is(text, "none"))
		return 0;
	address = slice_cut(&rest, '@');
	if (is_ip(address) && (!rest.s || slice_u64(rest, PORT_MAX, &port)) &&
	    port > 0) {
		str_add_slice(value, text);
		return 0;
	}
	str_addf(fault, "\"%.*s\" is no resolver, write an address like "
	    "127.0.0.1 or 127.0.0.1@5353, or none", (int)text.len, text.s);
	return -1;
}

static int
parse_path(struct slice text, struct str *value, struct str *fault)
{
	if (slice_is(text, "none"))
		return 0;
	if (text.s[0] == '/') {
		str_add_slice(value, text);
		return 0;
	}
	str_addf(fault, "\"%.*s\" is no absolute path, "
	    "write one that begins with / or none", (int)text.len, text.s);
	return -1;
}

static int
parse_tags(struct slice text, struct str *value, struct str *fault)
{
	if (slice_is(text, "none"))
		return 0;
	for (size_t i = 0; i < text.len; i++) {
		if (text.s[i] && strchr("+-=_.~!#$%&*", text.s[i]))
			continue;
		str_addf(fault, "\"%.*s\" holds what can separate no tag, "
		    "write +, another of + - = _ . or none", (int)text.len,
		    text.s);
		return -1;
	}
	str_add_slice(value, text);
	return 0;
}

static int
parse_users(struct slice text, struct str *value, struct str *fault)
{
	bool is_prefix = text.len <= PREFIX_MAX && text.s[0] >= 'a' &&
	    text.s[0] <= 'z';

	for (size_t i = 0; i < text.len; i++)
		if (!((text.s[i] >= 'a' && text.s[i] <= 'z') ||
		    (text.s[i] >= '0' && text.s[i] <= '9')))
			is_prefix = false;
	if (is_prefix) {
		str_add_slice(value, text);
		return 0;
	}
	str_addf(fault, "\"%.*s\" is no prefix of user names, write ph, "
	    "or one if everything is one user", (int)text.len, text.s);
	return -1;
}

static int
parse_text(struct slice text, struct str *value, struct str *fault)
{
	if (text.len <= TEXT_MAX) {
		str_add_slice(value, text);
		return 0;
	}
	str_addf(fault, "the line is longer than %d bytes, shorten it",
	    (int)TEXT_MAX);
	return -1;
}

int
setting_parse(const struct setting_rule *rule, struct slice text,
    struct slice me, struct str *value, struct str *fault)
{
	str_clear(value);
	str_clear(fault);
	if (!text.len) {
		str_addf(fault, "the first line is empty, write a value into "
		    "it%s", rule == setting_rules ? "" :
		    " or remove the file to have the default");
		return -1;
	}
	switch (rule->form) {
	case FORM_HOST:
		return parse_host(text, value, fault);
	case FORM_LOCAL:
		return parse_local(text, value, fault);
	case FORM_ADDRESS:
		return parse_address(text, me, value, fault);
	case FORM_TEXT:
		return parse_text(text, value, fault);
	case FORM_NUMBER:
	case FORM_DURATION:
	case FORM_SIZE:
		return parse_quantity(rule, text, value, fault);
	case FORM_SHARE:
		return parse_share(rule, text, value, fault);
	case FORM_RESOLVER:
		return parse_resolver(text, value, fault);
	case FORM_PATH:
		return parse_path(text, value, fault);
	case FORM_TAGS:
		return parse_tags(text, value, fault);
	case FORM_USERS:
		return parse_users(text, value, fault);
	}
	return -1;
}
