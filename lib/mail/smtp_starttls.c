/* smtp_starttls - TLS in an SMTP conversation: RFC 3207; see smtp_client.h. */
#include "lib/base/tls_client.h"
#include "lib/mail/smtp_client.h"
#include "lib/mail/smtp_talk.h"

/* What came behind the answer came in the clear, perhaps from somebody else,
 * and would be taken for the server's own once TLS is there. */
static bool
is_nothing_injected(struct smtp_client *client)
{
	if (!stream_unread(client->stream).len)
		return true;
	smtp_talk_lost(client, "the server said more than the answer to "
	    "STARTTLS before the handshake");
	return false;
}

enum smtp_client_result
smtp_client_starttls(struct smtp_client *client, struct tls_client *tls,
    const struct tls_peer *peer)
{
	struct str why = {0};

	smtp_talk_deadline(client, SMTP_WAIT_COMMAND);
	str_puts(&client->stream->out, "STARTTLS\r\n");
	if (!smtp_talk_flush(client, "STARTTLS") ||
	    !smtp_talk_hear(client, "STARTTLS"))
		return SMTP_CLIENT_LOST;
	if (client->reply.code != 220)
		return SMTP_CLIENT_REFUSED;
	if (!is_nothing_injected(client))
		return SMTP_CLIENT_LOST;
	if (!tls_connect(tls, client->stream, peer, &why))
		smtp_talk_lost(client, "%s", str_c(&why));
	str_free(&why);
	/* RFC 3207 4.2: all that it said before is forgotten */
	client->can = (struct smtp_capabilities){0};
	return client->is_over ? SMTP_CLIENT_LOST : SMTP_CLIENT_OK;
}
