/* smtp_link - one connection to one address; see smtp_link.h. */
#include "lib/mail/smtp_link.h"

#include "lib/base/tls.h"

#include <unistd.h>

void
smtp_link_open(struct smtp_link *link, int fd, uint64_t timeout_ms)
{
	stream_init(&link->stream, fd);
	link->stream.hurry = agent_is_ending();
	smtp_client_init(&link->client, &link->stream, timeout_ms);
	link->is_open = true;
}

void
smtp_link_close(struct smtp_link *link)
{
	if (!link->is_open)
		return;
	smtp_client_quit(&link->client);
	tls_close(&link->stream);
	close(link->stream.fd);
	stream_free(&link->stream);
	smtp_client_free(&link->client);
	str_clear(&link->tls);
	link->is_open = false;
}

void
smtp_link_failed_ours(const struct smtp_link *link,
    struct smtp_failure *failure, const char *enhanced, const char *why)
{
	smtp_failure_ours(failure, 451, enhanced, "%s: %s",
	    str_c(&link->host), why);
}

void
smtp_link_failed(const struct smtp_link *link, struct smtp_failure *failure,
    enum smtp_client_result result)
{
	if (result == SMTP_CLIENT_LOST)
		smtp_link_failed_ours(link, failure, "4.4.2",
		    str_c(&link->client.why));
	else
		smtp_failure_theirs(failure, &link->host,
		    &link->client.reply);
}

void
smtp_link_departed(const struct smtp_link *link, struct smtp_failure *failure)
{
	smtp_link_failed(link, failure, link->client.why.len ?
	    SMTP_CLIENT_LOST : SMTP_CLIENT_REFUSED);
}
