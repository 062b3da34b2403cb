/* login - who we are; see session.h. */
#include "cmd/pop3-fetch/session.h"

#include "lib/base/hex.h"
#include "lib/mail/sasl_client.h"

#include <openssl/evp.h>
#include <string.h>

enum {
	LOGIN_WAIT_S = 4 * 3600,
	BUSY_WAIT_S = 60,
	DELAY_S = 600,
	SASL_STEPS_MAX = 10
};

/* An -ERR to a login, by what it is about (RFC 3206, RFC 2449 8.1). */
static bool
refused(struct session *session)
{
	const char *host = str_c(&session->host);
	struct visit *visit = &session->visit;

	switch (session->code) {
	case POP3_IN_USE:
		return fail(session, OUTCOME_LATER, "%s: the mailbox is in "
		    "use: \"%.200s\"", host, str_c(&session->line));
	case POP3_LOGIN_DELAY:
		visit->wait_s = session->can.login_delay_s ?
		    session->can.login_delay_s : DELAY_S;
		return fail(session, OUTCOME_LATER, "%s: not so often: "
		    "\"%.200s\"", host, str_c(&session->line));
	case POP3_SYS_TEMP:
		visit->wait_s = BUSY_WAIT_S;
		return fail(session, OUTCOME_LATER, "%s is in trouble: "
		    "\"%.200s\"", host, str_c(&session->line));
	case POP3_NO_CODE:
		if (session->refusals + 1 < REFUSALS_MAX)
			return fail(session, OUTCOME_REFUSED, "%s refuses "
			    "the login: \"%.200s\"", host,
			    str_c(&session->line));
		break;
	case POP3_SYS_PERM:
	case POP3_AUTH:
		break;
	}
	visit->wait_s = LOGIN_WAIT_S;
	return fail(session, OUTCOME_PAUSED, "%s refuses the login of %s: "
	    "\"%.200s\"; mend the password in control/secrets/isp", host,
	    str_c(&session->mailbox->user), str_c(&session->line));
}

static bool
judge(struct session *session, enum answer answer)
{
	explicit_bzero(session->stream.out.s, session->stream.out.cap);
	if (answer == ANSWER_ERR)
		return refused(session);
	return answer == ANSWER_OK;
}

static bool
no_token(struct session *session)
{
	if (!session->token.len)
		return fail(session, OUTCOME_LATER, "there is no token in "
		    "state/oauth/%s", str_c(&session->mailbox->oauth2));
	session->visit.wait_s = LOGIN_WAIT_S;
	return fail(session, OUTCOME_PAUSED, "%s takes no tokens (neither "
	    "OAUTHBEARER nor XOAUTH2): write a password into "
	    "control/secrets/isp", str_c(&session->host));
}

/* A name or password with a line end in it would be another command. */
static bool
is_one_line(const struct str *text)
{
	for (size_t i = 0; i < text->len; i++)
		if ((unsigned char)text->s[i] < ' ')
			return false;
	return true;
}

/* RFC 1939 7.  In two steps: who pipelines USER and PASS is taken for a
 * robot by some. */
static bool
by_password(struct session *session)
{
	enum answer answer;

	ask(session, "USER %s", str_c(&session->mailbox->user));
	answer = hear(session);
	if (answer != ANSWER_OK)
		return judge(session, answer);
	str_puts(&session->stream.out, "PASS ");
	str_add_slice(&session->stream.out,
	    str_slice(&session->mailbox->password));
	str_puts(&session->stream.out, "\r\n");
	return judge(session, hear(session));
}

static bool
by_apop(struct session *session, struct slice stamp)
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	struct str secret = {0}, hex = {0};
	unsigned len = 0;

	str_add_slice(&secret, stamp);
	str_add_slice(&secret, str_slice(&session->mailbox->password));
	if (EVP_Digest(secret.s, secret.len, digest, &len, EVP_md5(), NULL))
		hex_add(&hex, digest, len);
	str_wipe(&secret);
	ask(session, "APOP %s %s", str_c(&session->mailbox->user),
	    str_c(&hex));
	str_free(&hex);
	return judge(session, hear(session));
}

/* ---- SASL, RFC 5034 ---- */

/* "+ " and a line of base64; or the end.  Long answers do not fit behind the
 * command (255 octets, RFC 5034 4), so that none is sent there. */
static enum answer
take_steps(struct session *session, struct sasl_client *sasl,
    struct str *answer)
{
	for (unsigned i = 0; i < SASL_STEPS_MAX; i++) {
		struct slice line;
		enum answer heard = hear_challenge(session, &line);

		if (heard != ANSWER_GO_ON)
			return heard;
		if (sasl_client_step(sasl, line, answer) != SASL_CLIENT_SAYS)
			str_set(answer, "*");
		str_add_slice(&session->stream.out, str_slice(answer));
		str_puts(&session->stream.out, "\r\n");
		str_wipe(answer);
	}
	session->is_open = false;
	fail(session, OUTCOME_LATER, "%s asks for ever how to log in",
	    str_c(&session->host));
	return ANSWER_LOST;
}

static bool
by_sasl(struct session *session, const char *mechanism,
    const struct sasl_login *login)
{
	struct sasl_client *sasl = sasl_client_begin(mechanism, login);
	struct str answer = {0};
	enum answer result;
	bool is_proved;

	if (!sasl)
		return fail(session, OUTCOME_LATER, "cannot begin a login by "
		    "%s", mechanism);
	ask(session, "AUTH %s", mechanism);
	result = take_steps(session, sasl, &answer);
	is_proved = result != ANSWER_OK || sasl_client_is_complete(sasl);
	sasl_client_free(sasl);
	str_wipe(&answer);
	if (is_proved)
		return judge(session, result);
	session->is_open = false;
	return fail(session, OUTCOME_LATER, "%s does not prove that it knows "
	    "the password", str_c(&session->host));
}

/* A password in the clear is sent only where there is no other way, and the
 * tables said tls=none. */
static bool
log_in_somehow(struct session *session)
{
	const struct isp_mailbox *mailbox = session->mailbox;
	struct sasl_login login = {.service = "pop",
		.host = str_c(&mailbox->host),
		.port = (uint16_t)mailbox->port,
		.user = str_c(&mailbox->user),
		.password = mailbox->oauth2.len ? NULL :
		    str_c(&mailbox->password),
		.token = mailbox->oauth2.len ? str_c(&session->token) : NULL};
	const char *mechanism = sasl_client_choose(
	    str_slice(&session->can.mechanisms), &login, session->is_tls);
	struct slice stamp;

	if (login.token && (!mechanism || !session->token.len))
		return no_token(session);
	if (mechanism)
		return by_sasl(session, mechanism, &login);
	if (!session->is_tls &&
	    pop3_timestamp(str_slice(&session->greeting), &stamp))
		return by_apop(session, stamp);
	return by_password(session);
}

bool
log_in(struct session *session)
{
	struct isp_mailbox *mailbox = session->mailbox;
	bool is_in;

	if (!is_one_line(&mailbox->user) || !is_one_line(&mailbox->password))
		return fail(session, OUTCOME_PAUSED, "the login of %s holds "
		    "a control character: mend control/isp or secrets/isp",
		    str_c(&mailbox->address));
	is_in = log_in_somehow(session);
	str_wipe(&mailbox->password);
	str_wipe(&session->token);
	/* what a server can may depend on who asks: RFC 2449 5 */
	return is_in && ask_capabilities(session);
}
