/* link - a connection to the provider, logged in; see forward.h. */
#include "cmd/isp-forward/forward.h"
#include "lib/base/dial.h"
#include "lib/base/tls.h"

#include <errno.h>
#include <string.h>

enum { DNS_MS = 30 * 1000, HANDSHAKE_MS = 60 * 1000 };

static enum link_result
failed_ours(struct forward *forward, const char *enhanced, const char *why)
{
	smtp_link_failed_ours(&forward->link, &forward->failure, enhanced,
	    why);
	return LINK_FAILED;
}

static enum link_result
failed(struct forward *forward, enum smtp_client_result result)
{
	smtp_link_failed(&forward->link, &forward->failure, result);
	return LINK_FAILED;
}

/* ---- TLS ---- */

static enum link_result
wrap(struct forward *forward, const struct tls_peer *peer)
{
	struct smtp_link *link = &forward->link;
	struct str why = {0};
	enum link_result result = LINK_OPEN;

	stream_deadline(&link->stream, HANDSHAKE_MS);
	if (!tls_connect(forward->tls, &link->stream, peer, &why)) {
		link->client.is_over = true; /* no QUIT in the clear */
		result = failed_ours(forward, "4.7.5", str_c(&why));
	}
	str_free(&why);
	return result;
}

static enum link_result
say_hello(struct forward *forward)
{
	enum smtp_client_result result = smtp_client_hello(
	    &forward->link.client, str_c(&forward->settings.helohost));

	return result == SMTP_CLIENT_OK ? LINK_OPEN :
	    failed(forward, result);
}

static enum link_result
start_tls(struct forward *forward, const struct tls_peer *peer)
{
	struct smtp_client *client = &forward->link.client;
	enum smtp_client_result result;

	if (!client->can.has_starttls)
		return failed_ours(forward, "4.7.4", "it does not offer "
		    "STARTTLS, and without TLS no password is sent");
	result = smtp_client_starttls(client, forward->tls, peer);
	return result == SMTP_CLIENT_OK ? say_hello(forward) :
	    failed(forward, result);
}

/* ---- the login ---- */

/* RFC 4954 6: 4xx is the provider's trouble; else the login is wrong, and
 * stays so until somebody mends it. */
static enum link_result
log_in(struct forward *forward)
{
	struct smtp_client *client = &forward->link.client;
	const struct sasl_login login = isp_login(&forward->login,
	    &forward->token, "smtp");
	/* tls=none is the admin's word that nobody listens */
	enum smtp_client_result result =
	    smtp_client_auth(client, &login, true);

	if (result == SMTP_CLIENT_OK)
		return LINK_OPEN;
	(void)failed(forward, result);
	if (result == SMTP_CLIENT_LOST || client->reply.code / 100 == 4)
		return LINK_FAILED;
	if (!client->reply.code)
		smtp_failure_ours(&forward->failure, 535, "5.7.8", "%s: %s",
		    str_c(&forward->link.host), str_c(&client->reply.text));
	return LINK_REFUSED;
}

/* ---- a connection ---- */

static enum link_result
be_greeted(struct forward *forward, const struct tls_peer *peer)
{
	struct smtp_link *link = &forward->link;
	enum smtp_client_result greeting;
	enum link_result result = LINK_OPEN;

	if (peer && forward->login.is_wrapped)
		result = wrap(forward, peer);
	if (result != LINK_OPEN)
		return result;
	greeting = smtp_client_greeting(&link->client);
	if (greeting != SMTP_CLIENT_OK)
		return failed(forward, greeting);
	result = say_hello(forward);
	if (result == LINK_OPEN && peer && !forward->login.is_wrapped)
		result = start_tls(forward, peer);
	if (result == LINK_OPEN && peer)
		tls_describe(&link->stream, &link->tls);
	return result == LINK_OPEN ? log_in(forward) : result;
}

static enum link_result
attempt(struct forward *forward, const struct dns_address *address)
{
	const struct isp_mailbox *login = &forward->login;
	struct smtp_link *link = &forward->link;
	struct sockaddr_storage to;
	struct str fingerprint = {0};
	struct tls_peer peer = isp_peer(login, &fingerprint);
	enum link_result result;
	int fd;

	isp_host_text(login, address, &link->host);
	fd = dial(&to, dns_address_socket(address, (uint16_t)login->port, &to),
	    forward->settings.connect_s);
	if (fd < 0)
		return failed_ours(forward, "4.4.1", strerror(errno));
	smtp_link_open(link, fd, forward->settings.answer_s * 1000);
	result = be_greeted(forward,
	    login->tls == ISP_TLS_NONE ? NULL : &peer);
	if (result != LINK_OPEN)
		smtp_link_close(&forward->link);
	str_free(&fingerprint);
	return result;
}

/* ---- the provider ---- */

/* A name that does not exist is a person's to mend, like a password; a
 * resolver that has trouble is not. */
static enum link_result
look_up(struct forward *forward, struct dns_addresses *to)
{
	const struct isp_mailbox *login = &forward->login;
	enum dns_result result = isp_addresses(login, forward->dns, DNS_MS,
	    to);

	if (result == DNS_OK)
		return LINK_OPEN;
	smtp_failure_ours(&forward->failure, 451, "4.4.3", "%s: %s",
	    str_c(&login->host), result == DNS_LATER ?
	    dns_why(forward->dns) : "there is no host of that name");
	return result == DNS_LATER ? LINK_FAILED : LINK_REFUSED;
}

enum link_result
link_open(struct forward *forward)
{
	struct dns_addresses addresses = {0};
	enum link_result result;

	smtp_link_close(&forward->link);
	if (login_is_stale(forward)) {
		smtp_failure_ours(&forward->failure, 451, "4.3.5",
		    "the logins have changed; another worker takes the new "
		    "one");
		return LINK_FAILED;
	}
	result = look_up(forward, &addresses);
	if (result != LINK_OPEN)
		return result;
	result = LINK_FAILED;
	for (size_t i = 0; i < addresses.len && i < ADDRESSES_TRIED_MAX &&
	    result == LINK_FAILED; i++)
		result = attempt(forward, &addresses.v[i]);
	return result;
}
