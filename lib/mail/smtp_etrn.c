/* smtp_etrn - asking for held mail: RFC 1985; see smtp_client.h. */
#include "lib/mail/smtp_client.h"
#include "lib/mail/smtp_talk.h"

enum smtp_client_result
smtp_client_etrn(struct smtp_client *client, const char *argument)
{
	smtp_talk_deadline(client, SMTP_WAIT_COMMAND);
	str_addf(&client->stream->out, "ETRN %s\r\n", argument);
	if (!smtp_talk_flush(client, "ETRN") ||
	    !smtp_talk_hear(client, "ETRN"))
		return SMTP_CLIENT_LOST;
	return client->reply.code / 100 == 2 ? SMTP_CLIENT_OK :
	    SMTP_CLIENT_REFUSED;
}
