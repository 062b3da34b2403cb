/*
 * compile_hosts - hosts that mail is sent to, in several tables; see
 * compiler.h.
 *
 * A host that is ourselves would send the mail round until somebody counts
 * its Received lines: what can be seen from the tables is said here, the rest
 * remote-send finds out.
 */
#include "control/compiler.h"

static bool
is_own_name(const struct compiler *compiler, struct slice name)
{
	return slice_eq(name, str_slice(&compiler->me)) ||
	    slice_eq(name, str_slice(&compiler->helohost));
}

/* The line of listen that waits at this address, or NULL. */
static const size_t *
listens_at(const struct compiler *compiler, const char *address,
    uint16_t port)
{
	struct str key = {0};
	const size_t *line;
	bool is_v6 = slice_find(slice_of(address), ':') <
	    slice_of(address).len;

	str_addf(&key, is_v6 ? ":[%s]:%u" : ":%s:%u", address,
	    (unsigned)port);
	line = name_map_find(&compiler->seen, str_slice(&key));
	str_free(&key);
	return line;
}

/* Who listens at all addresses is reached by way of loopback, too; which
 * others this machine has is known to remote-send. */
static const size_t *
own_listener(const struct compiler *compiler, const struct next_hop_host *host)
{
	struct slice name = str_slice(&host->name);
	bool is_localhost = slice_is(name, "localhost");
	const size_t *line = NULL;

	if (host->is_address)
		line = listens_at(compiler, str_c(&host->name), host->port);
	if (!line && is_localhost)
		line = listens_at(compiler, "127.0.0.1", host->port);
	if (!line && (is_localhost ||
	    (host->is_address && slice_starts(name, "127."))))
		line = listens_at(compiler, "0.0.0.0", host->port);
	if (!line && is_localhost)
		line = listens_at(compiler, "::1", host->port);
	if (!line && (is_localhost ||
	    (host->is_address && slice_is(name, "::1"))))
		line = listens_at(compiler, "::", host->port);
	return line;
}

bool
row_host(const struct row *row, const struct next_hop_host *host)
{
	const struct compiler *compiler = row->compiler;
	struct slice shown = brief(str_slice(&host->name));
	const size_t *line = own_listener(compiler, host);

	if (host->is_address && (slice_is(shown, "0.0.0.0") ||
	    slice_is(shown, "::"))) {
		row_fault(row, "%.*s is no host's address, write that of the "
		    "host that the mail is for", (int)shown.len, shown.s);
		return false;
	}
	if (slice_is(shown, SMARTHOST_NONE)) {
		row_fault(row, "none is no host, write it alone where it may "
		    "stand (routes, smarthost=), or name hosts");
		return false;
	}
	if (line) {
		row_fault(row, "%.*s port %u is this house itself "
		    "(control/listen line %zu), name the host that the mail "
		    "is for", (int)shown.len, shown.s, (unsigned)host->port,
		    *line);
		return false;
	}
	if (!host->is_address &&
	    is_own_name(compiler, str_slice(&host->name))) {
		row_fault(row, "%.*s is this house itself (control/me, "
		    "helohost), name the host that the mail is for; another "
		    "server on this machine by its address, [127.0.0.1]:PORT",
		    (int)shown.len, shown.s);
		return false;
	}
	return true;
}

/* What is wrong with one of the hosts, and what to write. */
static void
bad_host(const struct row *row, struct slice host)
{
	struct slice shown = brief(host);

	if (slice_find(host, '@') < host.len ||
	    slice_find(host, '/') < host.len)
		row_fault(row, "\"%.*s\": a host with a login or a URL is not "
		    "built yet, write HOST or HOST:PORT", (int)shown.len,
		    shown.s);
	else if (!host.len)
		row_fault(row, "a host is missing, write HOST or HOST:PORT, "
		    "several with commas and no blanks between them");
	else
		row_fault(row, "\"%.*s\" is no host, write HOST, HOST:PORT, "
		    "[192.0.2.1] or [2001:db8::1]:PORT, with commas between "
		    "several", (int)shown.len, shown.s);
}

bool
row_hosts(struct row *row, struct slice value, struct next_hop *hop)
{
	struct slice fault;
	bool is_fine = true;

	hop->kind = NEXT_HOP_TO;
	if (next_hop_parse_hosts(value, hop, &fault) < 0) {
		if (hop->host_count == NEXT_HOP_HOSTS_MAX)
			row_fault(row, "more than %d hosts, name fewer",
			    (int)NEXT_HOP_HOSTS_MAX);
		else
			bad_host(row, fault);
		return false;
	}
	for (size_t i = 0; i < hop->host_count; i++)
		is_fine = row_host(row, &hop->hosts[i]) && is_fine;
	return is_fine;
}

void
row_tls(struct row *row, const char *option, struct slice value,
    struct next_hop *hop)
{
	if (next_hop_parse_tls(value, hop) == 0)
		return;
	row_cannot_be(row, option, value, "write may, require, verify, none or "
	    "fingerprint:HEX (SHA-256 of the certificate, 64 digits)");
}

bool
row_hop_text(struct row *row, const struct next_hop *hop, struct str *to)
{
	str_clear(to);
	next_hop_write(to, hop);
	if (to->len <= NEXT_HOP_TEXT_MAX)
		return true;
	row_fault(row, "the hosts take more than %d bytes, name fewer",
	    (int)NEXT_HOP_TEXT_MAX);
	str_clear(to);
	return false;
}

void
smarthost_set(struct row *row, struct slice value, struct smarthost *smarthost)
{
	smarthost->is_none = slice_is(value, SMARTHOST_NONE);
	if (!smarthost->is_none)
		row_hosts(row, value, &smarthost->hop);
}

void
smarthost_finish(struct row *row, const struct smarthost *smarthost,
    struct str *to)
{
	if (row_has(row, "smarthost-tls") &&
	    (smarthost->is_none || !row_has(row, "smarthost")))
		row_fault(row, "smarthost-tls= is for a smart host, add "
		    "smarthost=HOST or remove it");
	if (smarthost->is_none)
		str_puts(to, SMARTHOST_NONE);
	else if (smarthost->hop.host_count)
		row_hop_text(row, &smarthost->hop, to);
}
