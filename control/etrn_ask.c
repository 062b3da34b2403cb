/* etrn_ask - who may ask for the mail of which domains; see etrn_ask.h. */
#include "control/etrn_ask.h"

#include "control/rows.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

bool
etrn_is_offered(struct config *config)
{
	struct slice value;

	return cdb_file_get(&config->file, slice_of("f"), &value);
}

static bool
is_listed(struct config *config, struct slice name)
{
	struct recipient_row row = {0};

	return rows_get(config, 'f', name, recipient_row_fields, &row);
}

/* "f4" and "f6" list the prefix lengths in use. */
static bool
is_in_prefix(struct config *config, int family, const unsigned char *address)
{
	struct list_row lengths = {0};
	struct str prefix = {0};
	uint64_t bits, most = family == AF_INET ? 32 : 128;
	bool is_found = false;

	rows_get(config, 'f', slice_of(family == AF_INET ? "4" : "6"),
	    list_row_fields, &lengths);
	for (size_t i = 0; i < lengths.items.len && !is_found; i++) {
		if (!slice_u64(str_slice(&lengths.items.v[i]), most, &bits))
			continue;
		str_clear(&prefix);
		rows_prefix(&prefix, family, address, (unsigned)bits);
		is_found = is_listed(config, str_slice(&prefix));
	}
	record_free(list_row_fields, &lengths);
	str_free(&prefix);
	return is_found;
}

/* An IPv4 client of an IPv6 listener is one of IPv4. */
static void
set_in6(struct etrn_asker *to, const struct in6_addr *address)
{
	bool is_mapped = IN6_IS_ADDR_V4MAPPED(address);

	to->family = is_mapped ? AF_INET : AF_INET6;
	memcpy(to->address, address->s6_addr + (is_mapped ? 12 : 0),
	    is_mapped ? 4 : 16);
}

bool
etrn_address_may_ask(struct config *config, const struct sockaddr *address)
{
	struct etrn_asker asker = {0};
	struct sockaddr_in in;
	struct sockaddr_in6 in6;

	if (address->sa_family == AF_INET) {
		memcpy(&in, address, sizeof in);
		asker.family = AF_INET;
		memcpy(asker.address, &in.sin_addr, sizeof in.sin_addr);
	} else if (address->sa_family == AF_INET6) {
		memcpy(&in6, address, sizeof in6);
		set_in6(&asker, &in6.sin6_addr);
	} else {
		return false;
	}
	return is_in_prefix(config, asker.family, asker.address);
}

bool
etrn_account_may_ask(struct config *config, struct slice account)
{
	return slice_find(account, '@') < account.len &&
	    is_listed(config, account);
}

void
etrn_domains(struct config *config, const struct etrn_argument *argument,
    struct strs *to)
{
	static const char letters[] = {[ETRN_SUBDOMAINS] = '@',
		[ETRN_QUEUE] = '#'};
	struct list_row list = {0};
	struct str name = {0};

	strs_clear(to);
	if (argument->kind == ETRN_DOMAIN) {
		strs_add(to, str_slice(&argument->name));
		return;
	}
	str_putc(&name, letters[argument->kind]);
	str_add_slice(&name, str_slice(&argument->name));
	rows_get(config, 'e', str_slice(&name), list_row_fields, &list);
	for (size_t i = 0; i < list.items.len; i++)
		strs_add(to, str_slice(&list.items.v[i]));
	record_free(list_row_fields, &list);
	str_free(&name);
}

int
etrn_asker_parse(struct slice text, struct etrn_asker *to)
{
	char copy[INET6_ADDRSTRLEN];
	struct in6_addr in6;

	to->family = AF_UNSPEC;
	if (text.len >= sizeof copy || slice_find(text, '\0') < text.len)
		return -1;
	memcpy(copy, text.s ? text.s : "", text.len);
	copy[text.len] = '\0';
	if (inet_pton(AF_INET, copy, to->address) == 1)
		to->family = AF_INET;
	else if (inet_pton(AF_INET6, copy, &in6) == 1)
		set_in6(to, &in6);
	return to->family == AF_UNSPEC ? -1 : 0;
}

/* Prefixes are stored as rows_prefix writes them. */
static bool
holds(struct slice prefix, const struct etrn_asker *asker)
{
	bool is_ipv4 = slice_find(prefix, ':') == prefix.len;
	struct slice bits = prefix;
	struct str own = {0};
	uint64_t number;
	bool is_in = false;

	slice_cut(&bits, '/');
	if (asker->family == (is_ipv4 ? AF_INET : AF_INET6) &&
	    slice_u64(bits, is_ipv4 ? 32 : 128, &number)) {
		rows_prefix(&own, asker->family, asker->address,
		    (unsigned)number);
		is_in = slice_eq(prefix, str_slice(&own));
	}
	str_free(&own);
	return is_in;
}

bool
etrn_allows(const struct etrn_row *row, const struct etrn_asker *asker)
{
	for (size_t i = 0; asker->login.len && i < row->logins.len; i++)
		if (slice_eq(str_slice(&row->logins.v[i]), asker->login))
			return true;
	if (row->is_to_client)
		return false;
	for (size_t i = 0; i < row->allow.len; i++)
		if (holds(str_slice(&row->allow.v[i]), asker))
			return true;
	return false;
}
