/*
 * peer - who has to be at a host before it gets a letter; see remote.h.
 *
 * What a route demands (tls=verify, tls=fingerprint) is that and nothing
 * else; otherwise the host's TLSA records are asked for, RFC 7672.
 */
#include "cmd/remote-send/remote.h"
#include "lib/base/clock.h"

static bool
takes_dane(const struct remote *remote)
{
	return dns_is_loopback(remote->dns) &&
	    (remote->hop.tls == NEXT_HOP_TLS_MAY ||
	    remote->hop.tls == NEXT_HOP_TLS_REQUIRE);
}

bool
peer_look_up(struct remote *remote, const struct mx_host *host)
{
	struct mx_dns dns = {remote->dns, DNS_MS,
		clock_mono_ms() + DNS_ALL_MS};
	const struct dane_resolver resolver = dane_resolver_of(&dns);

	remote->has_dane = false;
	if (!takes_dane(remote))
		return true;
	switch (dane_look_up(&remote->dane, host, remote->plan.is_secure,
	    &resolver)) {
	case DANE_NONE:
		return true;
	case DANE_FOUND:
		remote->has_dane = true;
		return true;
	case DANE_LATER:
		break;
	}
	smtp_failure_ours(&remote->failure, 451, "4.7.5", "%s: %s",
	    host->name.s, str_c(&remote->dane.why));
	return false;
}

static enum tls_proof
proof_of(const struct remote *remote)
{
	if (remote->has_dane)
		return tls_tlsa_usable(&remote->dane.records) ?
		    TLS_PROOF_DANE : TLS_PROOF_TLS;
	switch (remote->hop.tls) {
	case NEXT_HOP_TLS_MAY:
	case NEXT_HOP_TLS_NONE:
		return TLS_PROOF_NONE;
	case NEXT_HOP_TLS_REQUIRE:
		return TLS_PROOF_TLS;
	case NEXT_HOP_TLS_VERIFY:
		return TLS_PROOF_NAME;
	case NEXT_HOP_TLS_FINGERPRINT:
		return TLS_PROOF_FINGERPRINT;
	}
	return TLS_PROOF_TLS;
}

struct tls_peer
peer_of(const struct remote *remote, const struct mx_host *host)
{
	struct tls_peer peer = {.name = host->name.s,
		.is_address = host->is_address,
		.proof = proof_of(remote),
		.fingerprint = remote->hop.fingerprint};

	if (peer.proof == TLS_PROOF_DANE) {
		peer.name = remote->dane.base.s;
		peer.tlsa = &remote->dane.records;
		if (!remote->hop.host_count)
			peer.domain = str_c(&remote->hop.domain);
	}
	return peer;
}
