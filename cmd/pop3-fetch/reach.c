/* reach - to the server, and into TLS; see session.h. */
#include "cmd/pop3-fetch/session.h"

#include "lib/base/dial.h"
#include "lib/base/hex.h"
#include "lib/base/tls.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

enum { MISSING_WAIT_S = 3600, DNS_MS = 30 * 1000 };

static bool
look_up(struct session *session, struct dns_addresses *to)
{
	const struct isp_mailbox *mailbox = session->mailbox;
	const char *host = str_c(&mailbox->host);

	if (mailbox->is_address) {
		to->len = 1;
		return dns_address_parse(str_slice(&mailbox->host),
		    &to->v[0]) == 0 || fail(session, OUTCOME_LATER,
		    "%s is no address", host);
	}
	switch (dns_addresses(session->dns, host, DNS_MS, to)) {
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

static void
name_host(struct session *session, const struct dns_address *address)
{
	const struct isp_mailbox *mailbox = session->mailbox;

	str_clear(&session->address);
	str_addf(&session->address, "[%s%s]:%u",
	    address->family == AF_INET6 ? "IPv6:" : "",
	    dns_address_text(address).s, (unsigned)mailbox->port);
	str_clear(&session->host);
	str_addf(&session->host, "%s[%s]:%u",
	    mailbox->is_address ? "" : str_c(&mailbox->host),
	    dns_address_text(address).s, (unsigned)mailbox->port);
}

static bool
start_tls(struct session *session)
{
	const struct isp_mailbox *mailbox = session->mailbox;
	struct str print = {0}, why = {0};
	struct tls_peer peer = {.name = str_c(&mailbox->host),
		.is_address = mailbox->is_address,
		.proof = mailbox->tls == ISP_TLS_FINGERPRINT ?
		    TLS_PROOF_FINGERPRINT : TLS_PROOF_NAME};

	if (hex_decode(&print, str_slice(&mailbox->fingerprint)))
		peer.fingerprint = (const unsigned char *)str_c(&print);
	stream_deadline(&session->stream,
	    1000 * session->settings->connect_s);
	session->is_tls = tls_connect(session->tls, &session->stream, &peer,
	    &why);
	if (!session->is_tls) {
		session->is_open = false;
		session->visit.wait_s = MISSING_WAIT_S;
		fail(session, OUTCOME_PAUSED, "no TLS with %s: %s",
		    str_c(&session->host), str_c(&why));
	}
	str_free(&print);
	str_free(&why);
	return session->is_tls;
}

bool
ask_capabilities(struct session *session)
{
	bool is_lost = false;
	enum answer answer;

	pop3_capabilities_free(&session->can);
	session->can = (struct pop3_capabilities){0};
	ask(session, "CAPA");
	answer = hear(session);
	if (answer != ANSWER_OK)
		return answer == ANSWER_ERR; /* an old server: RFC 2449 5 */
	for (unsigned i = 0; hear_item(session, &is_lost); i++) {
		if (i > MESSAGES_MAX) {
			session->is_open = false;
			return fail(session, OUTCOME_LATER, "%s lists "
			    "capabilities without end",
			    str_c(&session->host));
		}
		pop3_capability(&session->can, str_slice(&session->line));
	}
	return !is_lost;
}

/* RFC 2595 4.  What came in the clear behind the answer would be believed to
 * have come under TLS. */
static bool
ask_for_tls(struct session *session)
{
	enum answer answer;

	if (!ask_capabilities(session))
		return false;
	ask(session, "STLS");
	answer = hear(session);
	if (answer == ANSWER_LOST)
		return false;
	if (answer == ANSWER_ERR) {
		session->visit.wait_s = MISSING_WAIT_S;
		return fail(session, OUTCOME_PAUSED, "%s has no TLS: it says "
		    "\"%.200s\" to STLS; write pop3s:// or, if the password "
		    "may be read on the way, tls=none in control/isp",
		    str_c(&session->host), str_c(&session->line));
	}
	if (stream_unread(&session->stream).len) {
		session->is_open = false;
		return fail(session, OUTCOME_LATER, "%s: somebody speaks in "
		    "the clear where TLS begins", str_c(&session->host));
	}
	return start_tls(session) && ask_capabilities(session);
}

/* A greeting may already say why not now: RFC 2449 8. */
static bool
be_greeted(struct session *session)
{
	enum answer answer = hear(session);

	str_set_slice(&session->greeting, str_slice(&session->line));
	if (answer == ANSWER_ERR)
		return fail(session, OUTCOME_LATER, "%s says \"%.200s\"",
		    str_c(&session->host), str_c(&session->line));
	return answer == ANSWER_OK;
}

static bool
open_address(struct session *session, const struct dns_address *address)
{
	struct sockaddr_storage socket_address;
	socklen_t len = dns_address_socket(address,
	    (uint16_t)session->mailbox->port, &socket_address);

	name_host(session, address);
	session->fd = dial(&socket_address, len,
	    session->settings->connect_s);
	if (session->fd < 0)
		return fail(session, OUTCOME_LATER, "cannot connect to %s: "
		    "%s", str_c(&session->host), strerror(errno));
	stream_init(&session->stream, session->fd);
	session->is_open = true;
	return true;
}

bool
reach(struct session *session)
{
	struct dns_addresses addresses = {0};

	if (!look_up(session, &addresses))
		return false;
	for (size_t i = 0; i < addresses.len && !session->is_open; i++)
		(void)open_address(session, &addresses.v[i]);
	if (!session->is_open)
		return false;
	if (session->mailbox->is_wrapped && !start_tls(session))
		return false;
	if (!be_greeted(session))
		return false;
	if (session->mailbox->tls == ISP_TLS_NONE || session->is_tls)
		return ask_capabilities(session);
	return ask_for_tls(session);
}

/* Says goodbye where there is somebody to hear it: what was not confirmed by
 * finish() is the next visit's. */
void
leave(struct session *session)
{
	if (session->fd < 0)
		return;
	if (session->is_open) {
		struct str why = session->visit.why;
		uint64_t outcome = session->visit.outcome;

		session->visit.why = (struct str){0};
		ask(session, "QUIT");
		(void)hear(session);
		str_free(&session->visit.why);
		session->visit.why = why;
		session->visit.outcome = outcome;
	}
	tls_close(&session->stream);
	stream_free(&session->stream);
	close(session->fd);
	session->fd = -1;
	session->is_open = false;
}
