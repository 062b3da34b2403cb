/* setting_parse - the forms of single values; see settings.h. */
#include "control/settings.h"

#include "control/faults.h"
#include "lib/base/dns_address.h"
#include "lib/mail/address.h"

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

/* "TEXT" WHAT, WHAT TO WRITE. */
static int
refuse(struct str *fault, struct slice text, const char *what)
{
	text = brief(text);
	str_addf(fault, "\"%.*s\" %s", (int)text.len, text.s, what);
	return -1;
}

static const char *
unit_of(enum setting_form form)
{
	if (form == FORM_DURATION)
		return " seconds";
	return form == FORM_NUMBER ? "" : " bytes";
}

static int
check_range(const struct setting_rule *rule, uint64_t number,
    struct str *value, struct str *fault)
{
	if (number >= rule->min && number <= rule->max) {
		str_add_u64(value, number);
		return 0;
	}
	str_addf(fault, "%llu is out of range, write %llu to %llu%s",
	    (unsigned long long)number, (unsigned long long)rule->min,
	    (unsigned long long)rule->max, unit_of(rule->form));
	return -1;
}

static int
parse_number(const struct setting_rule *rule, struct slice text,
    struct str *value, struct str *fault)
{
	uint64_t number;

	if (!slice_u64(text, UINT64_MAX, &number))
		return refuse(fault, text, "is no number, write digits only");
	return check_range(rule, number, value, fault);
}

static int
parse_seconds(const struct setting_rule *rule, struct slice text,
    struct str *value, struct str *fault)
{
	uint64_t number;

	if (!parse_duration(text, &number))
		return refuse(fault, text, "is no duration, write seconds, or "
		    "a number with a unit, as in 30s 5m 4h 14d 2w");
	return check_range(rule, number, value, fault);
}

static int
parse_bytes(const struct setting_rule *rule, struct slice text,
    struct str *value, struct str *fault)
{
	uint64_t number;

	if (!parse_size(text, &number))
		return refuse(fault, text, "is no size, write bytes, or "
		    "a number with a unit, as in 500K 50M 2G 1T");
	return check_range(rule, number, value, fault);
}

static int
parse_share(const struct setting_rule *rule, struct slice text,
    struct str *value, struct str *fault)
{
	uint64_t percent;

	if (text.s[text.len - 1] != '%')
		return parse_bytes(rule, text, value, fault);
	if (!slice_u64(slice_make(text.s, text.len - 1), 99, &percent))
		return refuse(fault, text, "is no percentage, "
		    "write 0% to 99%, or a size like 2G");
	str_addf(value, "%u%%", (unsigned)percent);
	return 0;
}

static bool
is_ip(struct slice text)
{
	struct dns_address address;

	return dns_address_parse(text, &address) == 0;
}

static int
parse_host(struct slice text, struct str *value, struct str *fault)
{
	if (is_ip(text))
		return refuse(fault, text, "is an address, "
		    "write a name like mail.example.org");
	if (domain_normalize(value, text) == 0)
		return 0;
	return refuse(fault, text,
	    "is no host name, write one like mail.example.org");
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
	return result == 0 ? 0 : refuse(fault, text,
	    "is no address, write one like postmaster@example.org");
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
	if (!is_local)
		return refuse(fault, text, "is not what stands before an @, "
		    "write one like MAILER-DAEMON (what follows the @ is "
		    "bouncehost)");
	str_add_slice(value, text);
	return 0;
}

static int
parse_resolver(struct slice text, struct str *value, struct str *fault)
{
	struct slice rest = text, address;
	uint64_t port = 53;

	if (slice_is(text, "none"))
		return 0;
	address = slice_cut(&rest, '@');
	if (!is_ip(address) ||
	    (rest.s && (!slice_u64(rest, PORT_MAX, &port) || !port)))
		return refuse(fault, text, "is no resolver, write an address "
		    "like 127.0.0.1 or 127.0.0.1@5353, or none");
	str_add_slice(value, text);
	return 0;
}

static int
parse_path(struct slice text, struct str *value, struct str *fault)
{
	if (slice_is(text, "none"))
		return 0;
	if (text.s[0] != '/')
		return refuse(fault, text, "is no absolute path, "
		    "write one that begins with /, or none");
	str_add_slice(value, text);
	return 0;
}

static int
parse_tags(struct slice text, struct str *value, struct str *fault)
{
	if (slice_is(text, "none"))
		return 0;
	for (size_t i = 0; i < text.len; i++)
		if (!text.s[i] || !strchr("+-=_.~!#$%&*", text.s[i]))
			return refuse(fault, text, "cannot separate a tag, "
			    "write +, or some of + - = _ . or none");
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
	if (!is_prefix)
		return refuse(fault, text, "is no prefix of user names, "
		    "write ph, or one if everything is one user");
	str_add_slice(value, text);
	return 0;
}

static int
parse_text(struct slice text, struct str *value, struct str *fault)
{
	if (text.len > TEXT_MAX)
		return refuse(fault, text, "... is longer than 400 bytes, "
		    "shorten it");
	/* RFC 5321 4.2: textstring */
	for (size_t i = 0; i < text.len; i++)
		if (text.s[i] < ' ' || text.s[i] > '~')
			return refuse(fault, text, "is not all ASCII, "
			    "write what every client can read");
	str_add_slice(value, text);
	return 0;
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
		return parse_number(rule, text, value, fault);
	case FORM_DURATION:
		return parse_seconds(rule, text, value, fault);
	case FORM_SIZE:
		return parse_bytes(rule, text, value, fault);
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
