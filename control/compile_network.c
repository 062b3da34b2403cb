/* compile_network - listen and clients; see compiler.h. */
#include "control/compiler.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

enum { PORT_MAX = 65535 };

static const char *const services[] = {
    "smtp", "submission", "submissions", "relay", NULL};
static const char *const client_rules[] = {"allow", "relay", "deny", NULL};

/* An IP address; AF_UNSPEC when it is none. */
static int
parse_ip(struct slice text, unsigned char address[16])
{
	char copy[INET6_ADDRSTRLEN];

	if (!text.len || text.len >= sizeof copy)
		return AF_UNSPEC;
	memcpy(copy, text.s, text.len);
	copy[text.len] = '\0';
	if (inet_pton(AF_INET, copy, address) == 1)
		return AF_INET;
	return inet_pton(AF_INET6, copy, address) == 1 ? AF_INET6 : AF_UNSPEC;
}

/* "192.0.2.1:25" or "[2001:db8::1]:25"; *to gets the same, normalized. */
static bool
parse_endpoint(struct slice text, struct str *to)
{
	unsigned char address[16];
	char plain[INET6_ADDRSTRLEN] = "";
	size_t colon = text.len;
	struct slice host, port_text;
	uint64_t port = 0;
	int family;

	while (colon > 0 && text.s[colon - 1] != ':')
		colon--;
	if (!colon)
		return false;
	host = slice_make(text.s, colon - 1);
	port_text = slice_make(text.s + colon, text.len - colon);
	if (host.len > 2 && host.s[0] == '[' && host.s[host.len - 1] == ']')
		family = parse_ip(slice_make(host.s + 1, host.len - 2),
		    address) == AF_INET6 ? AF_INET6 : AF_UNSPEC;
	else
		family = parse_ip(host, address) == AF_INET ? AF_INET :
		    AF_UNSPEC;
	if (family == AF_UNSPEC || !slice_u64(port_text, PORT_MAX, &port) ||
	    !port)
		return false;
	inet_ntop(family, address, plain, sizeof plain);
	str_addf(to, family == AF_INET ? "%s:%u" : "[%s]:%u", plain,
	    (unsigned)port);
	return true;
}

static bool
is_one_of(struct slice word, const char *const *words)
{
	for (; *words; words++)
		if (slice_is(word, *words))
			return true;
	return false;
}

void
read_listen(struct row *row)
{
	static const struct option_rule options[] = {{"milter", NULL}, {0}};
	struct slice service = row_word(row, 1), text = brief(row_word(row, 0));
	struct str endpoint = {0};

	if (!parse_endpoint(row_word(row, 0), &endpoint))
		row_fault(row, "\"%.*s\" is no address and port, write one "
		    "like 0.0.0.0:25 or [::]:25", (int)text.len, text.s);
	else
		row_claim(row, ':', str_slice(&endpoint), "address");
	if (!is_one_of(service, services))
		row_unknown(row, "service", service, services);
	else if (!slice_is(service, "smtp"))
		row_fault(row, "the service %.*s is not built yet, "
		    "remove the row", (int)service.len, service.s);
	else
		strs_add(&row->compiler->listen_smtp.items,
		    str_slice(&endpoint));
	row_options(row, 2, options, NULL);
	str_free(&endpoint);
}

void
listen_finish(struct compiler *compiler)
{
	compiler_put(compiler, ':', slice_of("smtp"), list_row_fields,
	    &compiler->listen_smtp);
}

/* "192.0.2.0/24", "2001:db8::/32", or an address alone.  False after a fault. */
static bool
parse_prefix(const struct row *row, int *family, unsigned char address[16],
    unsigned *bits)
{
	struct slice rest = row_word(row, 0), shown = brief(rest);
	struct slice host = slice_cut(&rest, '/');
	uint64_t number;

	*family = parse_ip(host, address);
	number = *family == AF_INET ? 32 : 128;
	if (*family == AF_UNSPEC ||
	    (rest.s && !slice_u64(rest, number, &number))) {
		row_fault(row, "\"%.*s\" is no address or prefix, write one "
		    "like 192.0.2.0/24 or 2001:db8::/32", (int)shown.len,
		    shown.s);
		return false;
	}
	*bits = (unsigned)number;
	return true;
}

static bool
has_host_bits(const unsigned char address[16], unsigned bits, size_t bytes)
{
	for (size_t i = bits / 8; i < bytes; i++) {
		unsigned mask = i == bits / 8 ? 0xff >> bits % 8 : 0xff;

		if (address[i] & mask)
			return true;
	}
	return false;
}

void
read_client(struct row *row)
{
	static const struct option_rule options[] = {{0}};
	struct client_row value = {.line = row->line};
	struct slice rule = row_word(row, 1);
	struct str prefix = {0};
	unsigned char address[16] = {0};
	unsigned bits = 0;
	int family;

	if (!is_one_of(rule, client_rules))
		row_unknown(row, "rule", rule, client_rules);
	row_options(row, 2, options, NULL);
	if (!parse_prefix(row, &family, address, &bits))
		return;
	rows_prefix(&prefix, family, address, bits);
	if (has_host_bits(address, bits, family == AF_INET ? 4 : 16))
		row_fault(row, "the address has bits behind its prefix, "
		    "write %s", str_c(&prefix));
	str_set_slice(&value.rule, rule);
	if (row_claim(row, 'c', str_slice(&prefix), "prefix"))
		compiler_put(row->compiler, 'c', str_slice(&prefix),
		    client_row_fields, &value);
	(family == AF_INET ? row->compiler->prefix4 :
	    row->compiler->prefix6)[bits] = true;
	record_free(client_row_fields, &value);
	str_free(&prefix);
}

static void
put_lengths(struct compiler *compiler, const char *family, const bool *used,
    unsigned most)
{
	struct list_row lengths = {0};
	struct str number = {0};

	for (unsigned bits = most + 1; bits-- > 0;) {
		if (!used[bits])
			continue;
		str_clear(&number);
		str_add_u64(&number, bits);
		strs_add(&lengths.items, str_slice(&number));
	}
	compiler_put(compiler, 'c', slice_of(family), list_row_fields,
	    &lengths);
	record_free(list_row_fields, &lengths);
	str_free(&number);
}

void
clients_finish(struct compiler *compiler)
{
	put_lengths(compiler, "4", compiler->prefix4, 32);
	put_lengths(compiler, "6", compiler->prefix6, 128);
}
