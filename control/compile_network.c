/* compile_network - listen and clients; see compiler.h. */
#include "control/compiler.h"

#include <arpa/inet.h>
#include <string.h>

enum {
	PORT_MAX = 65535,
	OPEN_BITS = 8 /* a shorter prefix is the world, or much of it */
};

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

struct endpoint {
	int family;
	uint64_t port;
	unsigned char address[16];
};

static bool
parse_host(struct slice host, struct endpoint *to)
{
	int wanted = AF_INET;

	if (host.len > 2 && host.s[0] == '[' && host.s[host.len - 1] == ']') {
		host = slice_make(host.s + 1, host.len - 2);
		wanted = AF_INET6;
	}
	to->family = parse_ip(host, to->address);
	return to->family == wanted;
}

/* "192.0.2.1:25" or "[2001:db8::1]:25". */
static bool
parse_endpoint(struct slice text, struct endpoint *to)
{
	size_t colon = text.len;

	while (colon > 0 && text.s[colon - 1] != ':')
		colon--;
	return colon > 0 &&
	    parse_host(slice_make(text.s, colon - 1), to) &&
	    slice_u64(slice_after(text, colon), PORT_MAX,
	    &to->port) && to->port > 0;
}

/* ::ffff:192.0.2.1 is how programs that know IPv6 alone write an IPv4 address:
 * we have two sockets, and meet it nowhere. */
static bool
is_mapped(const struct row *row, int family, const unsigned char address[16])
{
	static const unsigned char head[12] = {[10] = 0xff, [11] = 0xff};
	char plain[INET_ADDRSTRLEN] = "";

	if (family != AF_INET6 || memcmp(address, head, sizeof head))
		return false;
	inet_ntop(AF_INET, address + sizeof head, plain, sizeof plain);
	row_fault(row, "this is an IPv4 address written as IPv6, write %s",
	    plain);
	return true;
}

static void
put_endpoint(struct str *to, const struct endpoint *from)
{
	char plain[INET6_ADDRSTRLEN] = "";

	inet_ntop(from->family, from->address, plain, sizeof plain);
	str_addf(to, from->family == AF_INET ? "%s:%u" : "[%s]:%u", plain,
	    (unsigned)from->port);
}

/* One port cannot be bound for all addresses and for one of them as well. */
static void
check_overlap(struct row *row, const struct endpoint *endpoint)
{
	static const unsigned char zeros[16];
	bool is_all = !memcmp(endpoint->address, zeros, sizeof zeros);
	struct str key = {0};
	size_t *other;

	str_addf(&key, ":%s %d %u", is_all ? "one" : "all", endpoint->family,
	    (unsigned)endpoint->port);
	other = name_map_find(&row->compiler->seen, str_slice(&key));
	if (other)
		row_fault(row, "line %zu has %s of this port already, "
		    "remove one of the two", *other,
		    is_all ? "one address" : "all addresses");
	str_clear(&key);
	str_addf(&key, ":%s %d %u", is_all ? "all" : "one", endpoint->family,
	    (unsigned)endpoint->port);
	name_map_add(&row->compiler->seen, str_slice(&key), row->line);
	str_free(&key);
}

/* to: NULL when the row's service is none. */
static void
read_endpoint(struct row *row, struct list_row *to)
{
	struct slice text = brief(row_word(row, 0));
	struct endpoint endpoint = {0};
	struct str name = {0};

	if (!parse_endpoint(row_word(row, 0), &endpoint)) {
		row_fault(row, "\"%.*s\" is no address and port, write one "
		    "like 0.0.0.0:25 or [::]:25", (int)text.len, text.s);
		return;
	}
	if (is_mapped(row, endpoint.family, endpoint.address))
		return;
	put_endpoint(&name, &endpoint);
	if (row_claim(row, ':', str_slice(&name), "address"))
		check_overlap(row, &endpoint);
	if (to)
		strs_add(&to->items, str_slice(&name));
	str_free(&name);
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
	struct slice service = row_word(row, 1);
	struct list_row *to = NULL;

	for (size_t i = 0; i < LISTEN_SERVICES; i++)
		if (slice_is(service, listen_services[i]))
			to = &row->compiler->listen[i];
	read_endpoint(row, to);
	/* as near to smtp as can be, and something else */
	if (slice_is(service, "smtps"))
		row_fault(row, "unknown service \"smtps\", write submissions, "
		    "which is TLS from the first byte, usually on port 465");
	else if (!to)
		row_unknown(row, "service", service, listen_services);
	row_options(row, options, NULL);
}

void
listen_finish(struct compiler *compiler)
{
	for (size_t i = 0; i < LISTEN_SERVICES; i++)
		compiler_put(compiler, ':', slice_of(listen_services[i]),
		    list_row_fields, &compiler->listen[i]);
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

bool
row_prefix(const struct row *row, struct slice text, struct prefix *parts,
    struct str *to)
{
	unsigned char address[16] = {0};
	struct slice rest = text, shown = brief(text);
	struct slice host = slice_cut(&rest, '/');
	int family = parse_ip(host, address);
	uint64_t bits = family == AF_INET ? 32 : 128;

	if (family == AF_UNSPEC ||
	    (rest.s && !slice_u64(rest, bits, &bits))) {
		row_fault(row, "\"%.*s\" is no address or prefix, write one "
		    "like 192.0.2.0/24 or 2001:db8::/32", (int)shown.len,
		    shown.s);
		return false;
	}
	if (is_mapped(row, family, address))
		return false;
	str_clear(to);
	rows_prefix(to, family, address, (unsigned)bits);
	if (parts)
		*parts = (struct prefix){family, (unsigned)bits};
	if (!has_host_bits(address, (unsigned)bits, family == AF_INET ? 4 : 16))
		return true;
	row_fault(row, "the address has bits behind its prefix, write %s",
	    str_c(to));
	return false;
}

bool
compiler_listens(const struct compiler *compiler, const char *service)
{
	for (size_t i = 0; i < LISTEN_SERVICES; i++)
		if (!strcmp(listen_services[i], service))
			return compiler->listen[i].items.len;
	return false;
}

/* One that lets the world relay is meant, maybe,
 * where no stranger reaches the port. */
static void
warn_of_relay(struct row *row, const struct prefix *parts)
{
	struct compiler *compiler = row->compiler;
	struct faults *warnings = &compiler->report->warnings;

	if (parts->bits < OPEN_BITS)
		fault_add(warnings, row->file, row->line, "whoever reaches a "
		    "relay row of control/listen may send to the whole world "
		    "by this one, name the hosts that shall");
	else if (!compiler_listens(compiler, "relay"))
		fault_add(warnings, row->file, row->line, "no row of "
		    "control/listen has the service relay, so that nobody "
		    "relays, add one like \"0.0.0.0:26 relay\"");
}

void
read_client(struct row *row)
{
	static const struct option_rule options[] = {{0}};
	struct client_row value = {.line = row->line};
	struct slice rule = row_word(row, 1);
	struct str name = {0};
	struct prefix parts;

	if (!is_one_of(rule, client_rules))
		row_unknown(row, "rule", rule, client_rules);
	row_options(row, options, NULL);
	str_set_slice(&value.rule, rule);
	if (row_prefix(row, row_word(row, 0), &parts, &name)) {
		if (row_claim(row, 'c', str_slice(&name), "prefix"))
			compiler_put(row->compiler, 'c', str_slice(&name),
			    client_row_fields, &value);
		if (slice_is(rule, "relay"))
			warn_of_relay(row, &parts);
		(parts.family == AF_INET ? row->compiler->prefix4 :
		    row->compiler->prefix6)[parts.bits] = true;
	}
	record_free(client_row_fields, &value);
	str_free(&name);
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
