/* address - mailbox addresses; see address.h. */
#include "lib/mail/address.h"

#include "lib/base/utf8.h"

#include <arpa/inet.h>
#include <idn2.h>
#include <stdlib.h>
#include <string.h>

enum { LABEL_MAX = 63 }; /* RFC 1035 2.3.4 */

bool
address_split(struct slice address, struct slice *local, struct slice *domain)
{
	for (size_t at = address.len; at-- > 0;) {
		if (address.s[at] != '@')
			continue;
		*local = slice_make(address.s, at);
		*domain = slice_after(address, at + 1);
		return local->len && domain->len;
	}
	return false;
}

bool
address_is_postmaster(struct slice address)
{
	struct slice local, domain;

	return address_split(address, &local, &domain) &&
	    slice_ieq(local, slice_of("postmaster"));
}

/* RFC 5322 3.2.3; the bytes of UTF-8 by RFC 6531 3.3 (checked as a whole). */
static bool
is_atext(char c)
{
	return ascii_is_alnum(c) || (c && strchr("!#$%&'*+-/=?^_`{|}~", c)) ||
	    (unsigned char)c > 127;
}

static bool
is_dot_string(struct slice local)
{
	char before = '.';

	for (size_t i = 0; i < local.len; i++) {
		char c = local.s[i];

		if (c == '.' ? before == '.' : !is_atext(c))
			return false;
		before = c;
	}
	return before != '.';
}

/* RFC 5321 4.1.2: blanks may stand in it, controls may not. */
static bool
is_quoted_string(struct slice local)
{
	if (local.len < 2 || local.s[0] != '"' || local.s[local.len - 1] != '"')
		return false;
	for (size_t i = 1; i < local.len - 1; i++) {
		unsigned char c = (unsigned char)local.s[i];

		if (c == '\\' && ++i < local.len - 1)
			c = (unsigned char)local.s[i];
		else if (c == '"' || c == '\\')
			return false;
		if (c < ' ' || c == 127)
			return false;
	}
	return true;
}

static bool
is_label(struct slice label)
{
	if (!label.len || label.len > LABEL_MAX || label.s[0] == '-' ||
	    label.s[label.len - 1] == '-')
		return false;
	for (size_t i = 0; i < label.len; i++)
		if (!ascii_is_alnum(label.s[i]) && label.s[i] != '-' &&
		    label.s[i] != '_')
			return false;
	return true;
}

static struct slice
without_last_dot(struct slice domain)
{
	if (domain.len && domain.s[domain.len - 1] == '.')
		domain.len--;
	return domain;
}

bool
domain_valid(struct slice domain)
{
	struct slice rest = without_last_dot(domain);

	if (!rest.len || rest.len > DOMAIN_MAX)
		return false;
	while (rest.s)
		if (!is_label(slice_cut(&rest, '.')))
			return false;
	return true;
}

/* RFC 5321 4.1.3: [192.0.2.1] and [IPv6:2001:db8::1]. */
static bool
is_literal(struct slice domain)
{
	char text[INET6_ADDRSTRLEN];
	unsigned char address[sizeof(struct in6_addr)];
	struct slice inner;
	int family = AF_INET;

	if (domain.len < 3 || domain.s[0] != '[' ||
	    domain.s[domain.len - 1] != ']')
		return false;
	inner = slice_make(domain.s + 1, domain.len - 2);
	if (slice_istarts(inner, "IPv6:")) {
		family = AF_INET6;
		inner = slice_after(inner, strlen("IPv6:"));
	}
	if (inner.len >= sizeof text || slice_find(inner, '\0') < inner.len)
		return false;
	memcpy(text, inner.s, inner.len);
	text[inner.len] = '\0';
	return inet_pton(family, text, address) == 1;
}

static int
add_ascii_domain(struct str *to, struct slice domain)
{
	struct slice bare = without_last_dot(domain);
	size_t start = to->len;

	if (!domain_valid(domain))
		return -1;
	str_add_slice(to, bare);
	for (size_t i = start; i < to->len; i++)
		to->s[i] = ascii_lower(to->s[i]);
	return 0;
}

/* RFC 5891 with the mapping of UTS 46, which also folds case and width. */
static int
add_utf8_domain(struct str *to, struct slice domain)
{
	uint8_t *ascii = NULL;
	char *text;
	int result = -1;

	if (domain.len > DOMAIN_MAX || !utf8_valid(domain) ||
	    slice_find(domain, '\0') < domain.len)
		return -1;
	text = mem_dup(domain);
	if (idn2_lookup_u8((const uint8_t *)text, &ascii,
	    IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL) == IDN2_OK)
		result = add_ascii_domain(to, slice_of((char *)ascii));
	idn2_free(ascii);
	free(text);
	return result;
}

static int
add_domain(struct str *to, struct slice domain)
{
	return has_8bit(domain) ? add_utf8_domain(to, domain) :
	    add_ascii_domain(to, domain);
}

int
domain_normalize(struct str *to, struct slice domain)
{
	str_clear(to);
	return add_domain(to, domain);
}

bool
address_valid(struct slice address, bool allow_utf8)
{
	struct slice local, domain;
	struct str scratch = {0};
	bool is_valid;

	if (address.len > ADDRESS_TEXT_MAX ||
	    !address_split(address, &local, &domain))
		return false;
	if (has_8bit(address) && !(allow_utf8 && utf8_valid(address)))
		return false;
	if (!is_dot_string(local) && !is_quoted_string(local))
		return false;
	if (!has_8bit(domain))
		return is_literal(domain) || domain_valid(domain);
	is_valid = add_utf8_domain(&scratch, domain) == 0;
	str_free(&scratch);
	return is_valid;
}

/* What a quoted string stands for; any other local part as it is. */
static void
unquote(struct str *to, struct slice local)
{
	if (local.s[0] != '"') {
		str_add_slice(to, local);
		return;
	}
	for (size_t i = 1; i < local.len - 1; i++) {
		if (local.s[i] == '\\')
			i++;
		str_putc(to, local.s[i]);
	}
}

static void
add_local(struct str *to, struct slice local, bool fold)
{
	struct str plain = {0};

	unquote(&plain, local);
	if (fold)
		str_lower(&plain);
	if (plain.len && is_dot_string(str_slice(&plain)))
		str_add_slice(to, str_slice(&plain));
	else
		str_add_quoted(to, str_slice(&plain));
	str_free(&plain);
}

int
address_normalize(struct str *to, struct slice address, bool fold)
{
	struct slice local, domain;
	int result = 0;

	str_clear(to);
	if (!address_valid(address, true) ||
	    !address_split(address, &local, &domain))
		return -1;
	add_local(to, local, fold);
	str_putc(to, '@');
	if (is_literal(domain))
		for (size_t i = 0; i < domain.len; i++)
			str_putc(to, ascii_lower(domain.s[i]));
	else
		result = add_domain(to, domain);
	/* A-labels may be longer than the letters they stand for */
	if (result < 0 || to->len > ADDRESS_TEXT_MAX) {
		str_clear(to);
		return -1;
	}
	return 0;
}
