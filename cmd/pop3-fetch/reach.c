/* reach - to the server, and into TLS; see session.h. */
#include "cmd/pop3-fetch/session.h"

#include "lib/base/dial.h"
#include "lib/base/tls.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

enum {
	MISSING_WAIT_S = 3600,
	DNS_MS = 30 * 1000,
	ANSWER_MAX_S = 300 /* timeoutremote is meant for SMTP's final dot */
};

static bool
look_up(struct session *session, struct dns_addresses *to)
{
	const struct isp_mailbox *mailbox = session->mailbox;
	const char *host = str_c(&mailbox->host);

	switch (isp_addresses(mailbox, session->dns, DNS_MS, to)) {
	case DNS_OK:
		return true;
	case DNS_NO_DATA:
	case DNS_NO_NAME:
		session->visit.wait_s = MISSING_WAIT_S;
		return fail(session, OUTCOME_PAUSED, "there is no host %s: "
		    "look at pop3= in control/isp", host);
	case DNS_LATER:
		break;
	}
	return fail(session, OUTCOME_LATER, "cannot look up %s: %s", host,
	    dns_why(session->dns));
}

bool
ask_capabilities(struct session *session)
{
	return pop3_client_capabilities(&session->client) == POP3_CLIENT_OK ||
	    lost(session);
}

/* ---- TLS ---- */

/* No TLS to believe: a person has to look. */
static bool
no_tls(struct session *session)
{
	if (!session->client.is_untrusted)
		return lost(session);
	session->visit.wait_s = MISSING_WAIT_S;
	return fail(session, OUTCOME_PAUSED, "no TLS with %s: %s",
	    str_c(&session->host), str_c(&session->client.why));
}

static bool
no_stls(struct session *session)
{
	session->visit.wait_s = MISSING_WAIT_S;
	return fail(session, OUTCOME_PAUSED, "%s has no TLS: it says "
	    "\"%.200s\" to STLS; write pop3s:// or, if the password may be "
	    "read on the way, tls=none in control/isp",
	    str_c(&session->host), str_c(&session->client.line));
}

static bool
start_tls(struct session *session)
{
	struct str fingerprint = {0};
	struct tls_peer peer = isp_peer(session->mailbox, &fingerprint);
	enum pop3_client_result result = session->mailbox->is_wrapped ?
	    pop3_client_wrap(&session->client, session->tls, &peer) :
	    pop3_client_starttls(&session->client, session->tls, &peer);

	str_free(&fingerprint);
	session->is_private = result == POP3_CLIENT_OK;
	if (result == POP3_CLIENT_REFUSED)
		return no_stls(session);
	return session->is_private || no_tls(session);
}

/* A greeting may already say why not now: RFC 2449 8. */
static bool
be_greeted(struct session *session)
{
	switch (pop3_client_greeting(&session->client)) {
	case POP3_CLIENT_OK:
		return true;
	case POP3_CLIENT_REFUSED:
		return fail(session, OUTCOME_LATER, "%s says \"%.200s\"",
		    str_c(&session->host), str_c(&session->client.line));
	case POP3_CLIENT_LOST:
		break;
	}
	return lost(session);
}

static bool
say_hello(struct session *session)
{
	const struct isp_mailbox *mailbox = session->mailbox;
	bool needs_stls = !mailbox->is_wrapped &&
	    mailbox->tls != ISP_TLS_NONE;

	if (mailbox->is_wrapped && !start_tls(session))
		return false;
	if (!be_greeted(session) || !ask_capabilities(session))
		return false;
	return !needs_stls ||
	    (start_tls(session) && ask_capabilities(session));
}

/* ---- the connection ---- */

static uint64_t
patience_ms(const struct session *session)
{
	uint64_t seconds = session->settings->answer_s;

	return 1000 * (seconds < ANSWER_MAX_S ? seconds : ANSWER_MAX_S);
}

static bool
open_address(struct session *session, const struct dns_address *address)
{
	const struct isp_mailbox *mailbox = session->mailbox;
	struct sockaddr_storage to;
	socklen_t len = dns_address_socket(address, (uint16_t)mailbox->port,
	    &to);

	isp_host_text(mailbox, address, &session->host);
	str_clear(&session->address);
	str_addf(&session->address, "[%s%s]:%u",
	    address->family == AF_INET6 ? "IPv6:" : "",
	    dns_address_text(address).s, (unsigned)mailbox->port);
	session->fd = dial(&to, len, session->settings->connect_s);
	if (session->fd < 0)
		return fail(session, OUTCOME_LATER, "cannot connect to %s: "
		    "%s", str_c(&session->host), strerror(errno));
	stream_init(&session->stream, session->fd);
	pop3_client_init(&session->client, &session->stream,
	    patience_ms(session));
	return true;
}

bool
reach(struct session *session)
{
	struct dns_addresses addresses = {0};

	if (!look_up(session, &addresses))
		return false;
	for (size_t i = 0; i < addresses.len && session->fd < 0; i++)
		(void)open_address(session, &addresses.v[i]);
	return session->fd >= 0 && say_hello(session);
}

/* Says goodbye where there is somebody to hear it: what was not confirmed by
 * finish() is the next visit's. */
void
leave(struct session *session)
{
	if (session->fd < 0)
		return;
	pop3_client_quit(&session->client);
	tls_close(&session->stream);
	stream_free(&session->stream);
	close(session->fd);
	session->fd = -1;
}
