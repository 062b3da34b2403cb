/* pop3_login - logging in to a POP3 server; see pop3_client.h. */
#include "lib/base/hex.h"
#include "lib/mail/pop3_talk.h"
#include "lib/mail/sasl_client.h"

#include <openssl/evp.h>

enum { ROUNDS_MAX = 10 };

/* A line that may hold a password: no byte of it stays in the buffer. */
static enum pop3_client_result
say(struct pop3_client *client, struct slice *challenge)
{
	enum pop3_client_result result;

	str_puts(&client->stream->out, "\r\n");
	result = pop3_talk_hear(client, challenge);
	str_wipe(&client->stream->out);
	return result;
}

static enum pop3_client_result
refused_by_us(struct pop3_client *client, const char *why)
{
	str_clear(&client->line);
	client->code = POP3_NO_CODE;
	str_set(&client->why, why);
	return POP3_CLIENT_REFUSED;
}

/* RFC 1939 7.  In two steps: who pipelines USER and PASS is taken for a
 * robot by some. */
static enum pop3_client_result
by_password(struct pop3_client *client, const struct sasl_login *login)
{
	struct str *out = &client->stream->out;
	enum pop3_client_result result;

	str_addf(out, "USER %s", login->user);
	result = say(client, NULL);
	if (result != POP3_CLIENT_OK)
		return result;
	str_addf(out, "PASS %s", login->password);
	return say(client, NULL);
}

static enum pop3_client_result
by_apop(struct pop3_client *client, const struct sasl_login *login,
    struct slice stamp)
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	struct str secret = {0}, hex = {0};
	unsigned len = 0;

	str_add_slice(&secret, stamp);
	str_puts(&secret, login->password);
	if (EVP_Digest(secret.s, secret.len, digest, &len, EVP_md5(), NULL))
		hex_add(&hex, digest, len);
	str_wipe(&secret);
	str_addf(&client->stream->out, "APOP %s %s", login->user,
	    str_c(&hex));
	str_free(&hex);
	return say(client, NULL);
}

/* A server that wants the first answer behind the command gets it there. */
static enum pop3_client_result
begin_in_one_line(struct pop3_client *client, struct sasl_client *sasl,
    const char *mechanism, struct slice *challenge)
{
	struct str answer = {0};

	if (sasl_client_step(sasl, slice_make("", 0), &answer) !=
	    SASL_CLIENT_SAYS)
		return POP3_CLIENT_REFUSED;
	str_addf(&client->stream->out, "AUTH %s ", mechanism);
	str_add_slice(&client->stream->out, str_slice(&answer));
	str_wipe(&answer);
	return say(client, challenge);
}

/* Long answers do not fit behind the command (255 octets, RFC 5034 4), so that
 * none is sent there at first: most take it in two lines. */
static enum pop3_client_result
begin(struct pop3_client *client, struct sasl_client *sasl,
    const char *mechanism, struct slice *challenge)
{
	enum pop3_client_result result;

	str_addf(&client->stream->out, "AUTH %s", mechanism);
	result = say(client, challenge);
	if (result == POP3_CLIENT_REFUSED && client->code == POP3_NO_CODE &&
	    sasl_client_is_first(sasl))
		result = begin_in_one_line(client, sasl, mechanism,
		    challenge);
	return result;
}

/* "+ " and a line of base64; or the end. */
static enum pop3_client_result
converse(struct pop3_client *client, struct sasl_client *sasl,
    const char *mechanism)
{
	struct str *out = &client->stream->out, answer = {0};
	struct slice challenge = {0};
	enum pop3_client_result result = begin(client, sasl, mechanism,
	    &challenge);

	for (unsigned i = 0; result == POP3_CLIENT_OK && challenge.s; i++) {
		if (i == ROUNDS_MAX)
			return pop3_talk_lost(client, "it asks for ever how "
			    "to log in");
		if (sasl_client_step(sasl, challenge, &answer) ==
		    SASL_CLIENT_SAYS)
			str_add_slice(out, str_slice(&answer));
		else
			str_putc(out, '*');
		str_wipe(&answer);
		result = say(client, &challenge);
	}
	if (result == POP3_CLIENT_OK && !sasl_client_is_complete(sasl))
		return pop3_talk_lost(client, "the server let us in without "
		    "a proof that it knows the password");
	return result;
}

static enum pop3_client_result
by_sasl(struct pop3_client *client, const struct sasl_login *login,
    const char *mechanism)
{
	struct sasl_client *sasl = sasl_client_begin(mechanism, login);
	enum pop3_client_result result;

	if (!sasl)
		return refused_by_us(client, "libgsasl cannot begin the "
		    "login");
	result = converse(client, sasl, mechanism);
	sasl_client_free(sasl);
	return result;
}

enum pop3_client_result
pop3_client_login(struct pop3_client *client, const struct sasl_login *login,
    bool is_private)
{
	const char *mechanism = sasl_client_choose(
	    str_slice(&client->can.mechanisms), login, is_private);
	struct slice stamp;

	if (mechanism)
		return by_sasl(client, login, mechanism);
	if (login->token)
		return refused_by_us(client, "it takes no tokens (neither "
		    "OAUTHBEARER nor XOAUTH2)");
	if (!is_private &&
	    pop3_timestamp(str_slice(&client->greeting), &stamp))
		return by_apop(client, login, stamp);
	return by_password(client, login);
}
