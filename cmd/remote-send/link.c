/* link - one connection to one address, ready for letters; see remote.h. */
#include "cmd/remote-send/remote.h"
#include "lib/base/dial.h"
#include "lib/base/log.h"
#include "lib/base/tls.h"

#include <errno.h>
#include <string.h>

/* What came of an attempt; with some of them, another is made. */
enum attempt {
	ATTEMPT_OPEN,
	ATTEMPT_FAILED,
	ATTEMPT_NO_TLS, /* failed, and without STARTTLS it may not */
	ATTEMPT_SELF
};

static void
describe(struct str *to, const struct mx_host *host,
    const struct dns_address *address)
{
	str_clear(to);
	if (!host->is_address)
		str_puts(to, host->name.s);
	str_addf(to, "[%s]", dns_address_text(address).s);
	if (host->port != SMTP_PORT)
		str_addf(to, ":%u", host->port);
}

/* This host has no way to that address at all: no IPv6, most likely. */
static bool
is_no_route(int error)
{
	return error == ENETUNREACH || error == EADDRNOTAVAIL ||
	    error == EAFNOSUPPORT;
}

static enum attempt
failed_ours(struct remote *remote, const char *enhanced, const char *why)
{
	smtp_link_failed_ours(&remote->link, &remote->failure, enhanced, why);
	return ATTEMPT_FAILED;
}

static enum attempt
failed(struct remote *remote, enum smtp_client_result result)
{
	smtp_link_failed(&remote->link, &remote->failure, result);
	return ATTEMPT_FAILED;
}

/* RFC 5321 4.2: the greeting and EHLO's answer begin with the server's name.
 * By it we know ourselves behind another address. */
static bool
is_self(const struct remote *remote)
{
	struct slice text = str_slice(&remote->link.client.reply.text);
	struct slice line = slice_cut(&text, '\n');

	return self_is_name(&remote->self, slice_cut(&line, ' '));
}

/* ATTEMPT_OPEN, unless it is ourselves. */
static enum attempt
who_is_it(struct remote *remote)
{
	if (!is_self(remote))
		return ATTEMPT_OPEN;
	smtp_failure_ours(&remote->failure, 451, "4.4.6", "%s is this very "
	    "host: the letter would come back for ever",
	    str_c(&remote->link.host));
	return ATTEMPT_SELF;
}

static enum attempt
say_hello(struct remote *remote)
{
	struct smtp_client *client = &remote->link.client;
	enum smtp_client_result result = smtp_client_hello(client,
	    str_c(&remote->settings.helohost));

	return result == SMTP_CLIENT_OK ? who_is_it(remote) :
	    failed(remote, result);
}

static enum attempt
be_greeted(struct remote *remote)
{
	enum smtp_client_result result =
	    smtp_client_greeting(&remote->link.client);
	enum attempt who;

	if (result != SMTP_CLIENT_OK)
		return failed(remote, result);
	who = who_is_it(remote);
	return who == ATTEMPT_OPEN ? say_hello(remote) : who;
}

/* ---- TLS ---- */

static enum attempt
start_tls(struct remote *remote, const struct tls_peer *peer)
{
	struct smtp_link *link = &remote->link;
	enum smtp_client_result result;

	if (!link->client.can.has_starttls && peer->proof == TLS_PROOF_NONE)
		return ATTEMPT_OPEN;
	if (!link->client.can.has_starttls)
		return failed_ours(remote, "4.7.4", remote->has_dane ?
		    "its TLSA records demand TLS, and it does not offer "
		    "STARTTLS" :
		    "TLS is demanded, and it does not offer STARTTLS");
	result = smtp_client_starttls(&link->client, remote->tls, peer);
	if (result == SMTP_CLIENT_OK) {
		tls_describe(&link->stream, &link->tls);
		if (peer->proof == TLS_PROOF_DANE)
			str_puts(&link->tls, " DANE");
		return say_hello(remote);
	}
	if (result == SMTP_CLIENT_LOST)
		(void)failed_ours(remote, "4.7.5", str_c(&link->client.why));
	else
		(void)failed(remote, result);
	if (peer->proof != TLS_PROOF_NONE)
		return ATTEMPT_FAILED;
	/* a server that only says no goes on as before */
	return result == SMTP_CLIENT_REFUSED && !link->client.is_over ?
	    ATTEMPT_OPEN : ATTEMPT_NO_TLS;
}

static enum attempt
attempt(struct remote *remote, const struct tls_peer *peer)
{
	enum attempt result;
	int fd = dial(&remote->address, remote->address_len,
	    remote->settings.connect_s);

	remote->is_unroutable = fd < 0 && is_no_route(errno);
	/* that says less than what came of an earlier attempt */
	if (remote->is_unroutable && remote->attempts > 1)
		return ATTEMPT_FAILED;
	if (fd < 0)
		return failed_ours(remote, "4.4.1", strerror(errno));
	smtp_link_open(&remote->link, fd, remote->settings.answer_s * 1000);
	result = be_greeted(remote);
	if (result == ATTEMPT_OPEN && peer)
		result = start_tls(remote, peer);
	if (result != ATTEMPT_OPEN)
		smtp_link_close(&remote->link);
	return result;
}

/* ---- a host ---- */

enum link_result
link_open(struct remote *remote, const struct mx_host *host,
    const struct dns_address *address)
{
	const struct tls_peer peer = peer_of(remote, host);
	enum attempt result;

	smtp_link_close(&remote->link);
	describe(&remote->link.host, host, address);
	remote->address_len = dns_address_socket(address, host->port,
	    &remote->address);
	result = attempt(remote, remote->hop.tls == NEXT_HOP_TLS_NONE ?
	    NULL : &peer);
	if (result == ATTEMPT_NO_TLS) {
		log_event("plain", "id", remote->id, "host",
		    str_c(&remote->link.host), "why",
		    str_c(&remote->failure.text), NULL);
		result = attempt(remote, NULL);
	}
	if (result == ATTEMPT_SELF)
		return LINK_SELF;
	return result == ATTEMPT_OPEN ? LINK_OPEN : LINK_FAILED;
}
