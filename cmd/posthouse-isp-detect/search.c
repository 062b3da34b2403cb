/* search - the usual names and ports; see detect.h. */
#include "cmd/posthouse-isp-detect/detect.h"

#include "lib/base/clock.h"
#include "lib/base/die.h"
#include "lib/mail/address.h"

#include <stdio.h>

enum { DNS_MS = 15 * 1000, MX_TRIED_MAX = 2 };

static const char *const names[PROTOCOLS][5] = {
    [ISP_SMTP] = {"smtp.", "mail.", ""},
    [ISP_POP3] = {"pop.", "pop3.", "mail.", ""},
};
static const struct port {
	uint16_t number;
	bool is_wrapped;
} ports[PROTOCOLS][2] = {
    [ISP_SMTP] = {{SUBMITS_PORT, true}, {SUBMIT_PORT, false}},
    [ISP_POP3] = {{POP3S_PORT, true}, {POP3_PORT, false}},
};

static enum found
probe(struct detect *detect, enum isp_protocol protocol,
    const struct isp_mailbox *server, bool is_guess, bool may_log_in)
{
	struct probe one = {.detect = detect, .protocol = protocol,
		.server = server, .is_guess = is_guess,
		.may_log_in = may_log_in};

	return probe_run(&one);
}

/* The servers let us in; does a letter get through?  Says so. */
static bool
goes_round(struct detect *detect)
{
	struct probe one = {.detect = detect, .protocol = ISP_POP3,
		.server = &detect->servers[ISP_POP3],
		.at_ms = clock_mono_ms()};

	return detect->round_trip.is_sent && round_trip_wait(&one);
}

static struct slice
domain_of(const struct detect *detect)
{
	struct slice address = str_slice(&detect->login.address);
	size_t at = address.len;

	while (at && address.s[at - 1] != '@')
		at--;
	return slice_after(address, at);
}

/* Both ports of a host, the one that is TLS alone first. */
static enum found
try_host(struct detect *detect, enum isp_protocol protocol, const char *host,
    bool may_log_in)
{
	struct isp_mailbox *server = &detect->servers[protocol];
	enum found found = FOUND_NOTHING;

	str_set(&server->host, host);
	for (size_t i = 0; i < 2 && found == FOUND_NOTHING; i++) {
		server->port = ports[protocol][i].number;
		server->is_wrapped = ports[protocol][i].is_wrapped;
		found = probe(detect, protocol, server, true, may_log_in);
	}
	return found == FOUND_NO_HOST ? FOUND_NOTHING : found;
}

/* What the DNS says of a domain is nobody's word: a name below another domain
 * gets no password, whatever its certificate. */
static bool
is_below(struct slice name, struct slice domain)
{
	return slice_eq(name, domain) || (name.len > domain.len &&
	    name.s[name.len - domain.len - 1] == '.' &&
	    slice_eq(slice_make(name.s + name.len - domain.len, domain.len),
		domain));
}

static enum found
try_mx(struct detect *detect, enum isp_protocol protocol,
    const struct str *domain)
{
	struct dns_mx_list list;
	enum found found = FOUND_NOTHING;

	if (dns_mx(detect->dns, str_c(domain), DNS_MS, &list) != DNS_OK)
		return found;
	for (size_t i = 0; i < list.len && i < MX_TRIED_MAX &&
	    found == FOUND_NOTHING; i++)
		if (domain_valid(slice_of(list.v[i].host.s)))
			found = try_host(detect, protocol,
			    list.v[i].host.s,
			    is_below(slice_of(list.v[i].host.s),
			    str_slice(domain)));
	return found;
}

static enum found
guess(struct detect *detect, enum isp_protocol protocol)
{
	enum found found = FOUND_NOTHING;
	struct str domain = {0}, host = {0};

	str_set_slice(&domain, domain_of(detect));
	for (size_t i = 0; names[protocol][i] && found == FOUND_NOTHING;
	    i++) {
		str_set(&host, names[protocol][i]);
		str_add_slice(&host, str_slice(&domain));
		found = try_host(detect, protocol, str_c(&host), true);
	}
	if (found == FOUND_NOTHING)
		found = try_mx(detect, protocol, &domain);
	if (found == FOUND_NOTHING)
		say_try("the name that the provider wrote: %s=%ss://HOST",
		    protocol == ISP_SMTP ? "smtp" : "pop3",
		    protocol == ISP_SMTP ? "smtp" : "pop3");
	str_free(&domain);
	str_free(&host);
	return found;
}

static enum found
search_one(struct detect *detect, enum isp_protocol protocol)
{
	struct isp_mailbox *server = &detect->servers[protocol];
	enum found found = server->host.len ?
	    probe(detect, protocol, server, false, true) :
	    guess(detect, protocol);

	if (found != FOUND_LOGIN)
		str_clear(&server->host);
	return found;
}

int
search(struct detect *detect)
{
	struct str row = {0};
	bool is_all = true, is_any = false;

	for (int i = 0; i < PROTOCOLS; i++) {
		bool is_found = detect->is_asked[i] && search_one(detect,
		    (enum isp_protocol)i) == FOUND_LOGIN;

		is_all = is_all && (is_found || !detect->is_asked[i]);
		is_any = is_any || is_found;
	}
	if (is_all && detect->is_to_go_round)
		is_all = goes_round(detect);
	if (is_any && !detect->is_to_write && !detect->is_known) {
		write_row(detect, &row);
		printf("for control/isp (account=ACCOUNT --write adds it): "
		    "%s\n", str_c(&row));
	}
	str_free(&row);
	return is_all ? EXIT_DONE : EXIT_PERM;
}
