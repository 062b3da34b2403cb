/* next_hop - where a lane of remote-send leads; see next_hop.h. */
#include "lib/mail/next_hop.h"

#include "lib/base/hex.h"
#include "lib/mail/address.h"
#include "lib/mail/job.h"

#include <arpa/inet.h>
#include <string.h>

enum { PORT_MAX = 65535, MAPPED = 12 /* bytes before the IPv4 address */ };

_Static_assert((int)NEXT_HOP_TEXT_MAX <= (int)JOB_LANE_MAX,
    "a job carries every next hop");

static const char *const kinds[] = {
    [NEXT_HOP_MX] = "mx", [NEXT_HOP_BACKUP] = "backup", [NEXT_HOP_TO] = "to",
    [NEXT_HOP_ETRN] = "etrn"};

static const char *const tls_words[] = {
    [NEXT_HOP_TLS_MAY] = "may", [NEXT_HOP_TLS_NONE] = "none",
    [NEXT_HOP_TLS_REQUIRE] = "require", [NEXT_HOP_TLS_VERIFY] = "verify"};

static const char fingerprint_word[] = "fingerprint:";

enum { KINDS = sizeof kinds / sizeof *kinds,
	TLS_WORDS = sizeof tls_words / sizeof *tls_words };

/* One spelling for each address, so that one host is one lane: ::ffff: before
 * an IPv4 address falls. */
static int
parse_address(struct slice text, struct str *name)
{
	unsigned char bytes[sizeof(struct in6_addr)];
	char copy[INET6_ADDRSTRLEN] = "";
	bool is_v6;

	if (slice_istarts(text, "IPv6:"))
		text = slice_after(text, strlen("IPv6:"));
	if (!text.len || text.len >= sizeof copy ||
	    slice_find(text, '\0') < text.len)
		return -1;
	memcpy(copy, text.s, text.len);
	is_v6 = slice_find(text, ':') < text.len;
	if (inet_pton(is_v6 ? AF_INET6 : AF_INET, copy, bytes) != 1)
		return -1;
	if (is_v6 && IN6_IS_ADDR_V4MAPPED((const void *)bytes))
		inet_ntop(AF_INET, bytes + MAPPED, copy, sizeof copy);
	else
		inet_ntop(is_v6 ? AF_INET6 : AF_INET, bytes, copy,
		    sizeof copy);
	str_set(name, copy);
	return 0;
}

/* No top-level domain is a number: it would be an address whose brackets were
 * forgotten. */
static bool
ends_in_number(struct slice name)
{
	size_t digits = 0;

	while (digits < name.len && name.s[name.len - 1 - digits] >= '0' &&
	    name.s[name.len - 1 - digits] <= '9')
		digits++;
	return digits == name.len ||
	    (digits && name.s[name.len - 1 - digits] == '.');
}

static int
parse_name(struct slice text, struct next_hop_host *out)
{
	return domain_normalize(&out->name, text) < 0 ||
	    ends_in_number(str_slice(&out->name)) ? -1 : 0;
}

int
next_hop_parse_host(struct slice text, struct next_hop_host *out)
{
	struct slice host = text, port;
	uint64_t number = SMTP_PORT;
	size_t end;

	if (!text.len)
		return -1;
	out->is_address = text.s[0] == '[';
	end = slice_find(text, out->is_address ? ']' : ':');
	if (out->is_address && end == text.len)
		return -1;
	host.len = end + out->is_address;
	port = slice_after(text, host.len);
	if (port.len && (port.s[0] != ':' ||
	    !slice_u64(slice_after(port, 1), PORT_MAX, &number) || !number))
		return -1;
	out->port = (uint16_t)number;
	return out->is_address ?
	    parse_address(slice_make(host.s + 1, host.len - 2), &out->name) :
	    parse_name(host, out);
}

int
next_hop_parse_hosts(struct slice text, struct next_hop *out,
    struct slice *fault)
{
	struct slice rest = text;

	out->host_count = 0;
	do {
		*fault = slice_cut(&rest, ',');
		if (out->host_count == NEXT_HOP_HOSTS_MAX ||
		    next_hop_parse_host(*fault,
			&out->hosts[out->host_count]) < 0)
			return -1;
		out->host_count++;
	} while (rest.s);
	return 0;
}

/* As openssl x509 -fingerprint -sha256 prints it, or without its colons. */
static int
parse_fingerprint(struct slice text, unsigned char *to)
{
	struct str digits = {0}, bytes = {0};
	bool is_one;

	for (size_t i = 0; i < text.len; i++)
		if (text.s[i] != ':' || i % 3 != 2 || i + 1 == text.len)
			str_putc(&digits, ascii_lower(text.s[i]));
	is_one = hex_decode(&bytes, str_slice(&digits)) &&
	    bytes.len == sizeof ((struct next_hop *)NULL)->fingerprint;
	if (is_one)
		memcpy(to, bytes.s, bytes.len);
	str_free(&digits);
	str_free(&bytes);
	return is_one ? 0 : -1;
}

int
next_hop_parse_tls(struct slice text, struct next_hop *out)
{
	for (size_t i = 0; i < TLS_WORDS; i++) {
		if (!slice_is(text, tls_words[i]))
			continue;
		out->tls = (enum next_hop_tls)i;
		return 0;
	}
	if (!slice_starts(text, fingerprint_word) ||
	    parse_fingerprint(slice_after(text, strlen(fingerprint_word)),
		out->fingerprint) < 0)
		return -1;
	out->tls = NEXT_HOP_TLS_FINGERPRINT;
	return 0;
}

static int
parse_kind(struct slice text, enum next_hop_kind *kind)
{
	for (size_t i = 0; i < KINDS; i++) {
		if (!slice_is(text, kinds[i]))
			continue;
		*kind = (enum next_hop_kind)i;
		return 0;
	}
	return -1;
}

/* to=HOSTS of an etrn, which it may lack. */
static int
parse_to(struct slice *rest, struct next_hop *out)
{
	struct slice word, fault;

	if (out->kind != NEXT_HOP_ETRN || !slice_starts(*rest, "to="))
		return 0;
	word = slice_cut(rest, ' ');
	return next_hop_parse_hosts(slice_after(word, strlen("to=")), out,
	    &fault);
}

static int
parse_words(struct slice text, struct next_hop *out)
{
	struct slice rest = text, kind = slice_cut(&rest, ' ');
	struct slice where = slice_cut(&rest, ' '), fault;

	if (text.len > NEXT_HOP_TEXT_MAX || parse_kind(kind, &out->kind) < 0)
		return -1;
	if (out->kind == NEXT_HOP_TO ?
	    next_hop_parse_hosts(where, out, &fault) < 0 :
	    domain_normalize(&out->domain, where) < 0)
		return -1;
	if (parse_to(&rest, out) < 0)
		return -1;
	if (!rest.s)
		return 0;
	return slice_starts(rest, "tls=") ?
	    next_hop_parse_tls(slice_after(rest, strlen("tls=")), out) : -1;
}

int
next_hop_parse(struct slice text, struct next_hop *out)
{
	next_hop_free(out);
	if (parse_words(text, out) == 0)
		return 0;
	next_hop_free(out);
	return -1;
}

void
next_hop_write_host(struct str *to, const struct next_hop_host *host)
{
	str_addf(to, host->is_address ? "[%s]" : "%s", str_c(&host->name));
	if (host->port != SMTP_PORT)
		str_addf(to, ":%u", (unsigned)host->port);
}

static void
write_hosts(struct str *to, const struct next_hop *hop)
{
	for (size_t i = 0; i < hop->host_count; i++) {
		if (i)
			str_putc(to, ',');
		next_hop_write_host(to, &hop->hosts[i]);
	}
}

void
next_hop_write(struct str *to, const struct next_hop *hop)
{
	str_addf(to, "%s ", kinds[hop->kind]);
	if (hop->kind != NEXT_HOP_TO)
		str_add_slice(to, str_slice(&hop->domain));
	if (hop->kind == NEXT_HOP_ETRN && hop->host_count)
		str_puts(to, " to=");
	if (hop->kind == NEXT_HOP_TO || hop->kind == NEXT_HOP_ETRN)
		write_hosts(to, hop);
	if (hop->tls == NEXT_HOP_TLS_FINGERPRINT) {
		str_addf(to, " tls=%s", fingerprint_word);
		hex_add(to, hop->fingerprint, sizeof hop->fingerprint);
	} else if (hop->tls != NEXT_HOP_TLS_MAY) {
		str_addf(to, " tls=%s", tls_words[hop->tls]);
	}
}

void
next_hop_free(struct next_hop *hop)
{
	str_free(&hop->domain);
	for (size_t i = 0; i < NEXT_HOP_HOSTS_MAX; i++)
		str_free(&hop->hosts[i].name);
	*hop = (struct next_hop){0};
}
