/* smtp_auth - logging in to an SMTP server: RFC 4954; see smtp_client.h. */
#include "lib/mail/sasl_client.h"
#include "lib/mail/smtp_client.h"
#include "lib/mail/smtp_talk.h"

enum {
	LINE_MAX_OCTETS = 512, /* RFC 5321 4.5.3.1.4 */
	ROUNDS_MAX = 10
};

/* A line that may hold a password: no byte of it stays in the buffer. */
static bool
say(struct smtp_client *client)
{
	bool is_sent;

	str_puts(&client->stream->out, "\r\n");
	smtp_talk_deadline(client, SMTP_WAIT_COMMAND);
	is_sent = smtp_talk_flush(client, "the login");
	str_wipe(&client->stream->out);
	return is_sent && smtp_talk_hear(client, "the login");
}

/* What is said to a 334.  A client that cannot go on cancels (RFC 4954 4). */
static void
put_answer(struct smtp_client *client, struct sasl_client *sasl,
    struct str *first)
{
	struct str *out = &client->stream->out;
	struct str response = {0};

	if (first->len)
		str_add_slice(out, str_slice(first));
	else if (sasl_client_step(sasl, str_slice(&client->reply.text),
	    &response) == SASL_CLIENT_SAYS)
		str_add_slice(out, str_slice(&response));
	else
		str_putc(out, '*');
	str_wipe(first);
	str_wipe(&response);
}

/* A client that speaks first does so in the same line, unless that grew too
 * long by it: tokens do. */
static void
put_beginning(struct smtp_client *client, struct sasl_client *sasl,
    const char *mechanism, struct str *first)
{
	struct str *out = &client->stream->out;

	str_addf(out, "AUTH %s", mechanism);
	if (!sasl_client_is_first(sasl) ||
	    sasl_client_step(sasl, slice_of(""), first) != SASL_CLIENT_SAYS ||
	    out->len + 1 + first->len + 2 > LINE_MAX_OCTETS)
		return;
	str_addf(out, " %s", first->len ? first->s : "=");
	str_wipe(first);
}

static enum smtp_client_result
result_of(struct smtp_client *client, const struct sasl_client *sasl)
{
	if (client->reply.code != 235)
		return SMTP_CLIENT_REFUSED;
	if (sasl_client_is_complete(sasl))
		return SMTP_CLIENT_OK;
	smtp_talk_lost(client, "the server let us in without a proof that it "
	    "knows the password");
	return SMTP_CLIENT_LOST;
}

static enum smtp_client_result
converse(struct smtp_client *client, struct sasl_client *sasl,
    const char *mechanism)
{
	struct str first = {0};
	bool is_heard;

	put_beginning(client, sasl, mechanism, &first);
	is_heard = say(client);
	for (int i = 0; is_heard && client->reply.code == 334 &&
	    i < ROUNDS_MAX; i++) {
		put_answer(client, sasl, &first);
		is_heard = say(client);
	}
	str_wipe(&first);
	return is_heard ? result_of(client, sasl) : SMTP_CLIENT_LOST;
}

static enum smtp_client_result
no_mechanism(struct smtp_client *client, const struct str *names,
    bool is_private)
{
	smtp_reply_clear(&client->reply);
	if (!names->len)
		str_puts(&client->reply.text, "it offers no login");
	else
		str_addf(&client->reply.text, "of the logins that it offers "
		    "(%s) none can be used%s", str_c(names), is_private ? "" :
		    " without TLS");
	return SMTP_CLIENT_REFUSED;
}

enum smtp_client_result
smtp_client_auth(struct smtp_client *client, const struct sasl_login *login,
    bool is_private)
{
	enum smtp_client_result result;
	struct sasl_client *sasl = NULL;
	struct str names = {0};
	const char *mechanism;

	smtp_auth_names(&names, client->can.auth);
	mechanism = sasl_client_choose(str_slice(&names), login, is_private);
	if (mechanism)
		sasl = sasl_client_begin(mechanism, login);
	result = sasl ? converse(client, sasl, mechanism) :
	    no_mechanism(client, &names, is_private);
	sasl_client_free(sasl);
	str_free(&names);
	return result;
}
