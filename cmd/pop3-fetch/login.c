/* login - who we are; see session.h. */
#include "cmd/pop3-fetch/session.h"

enum {
	LOGIN_WAIT_S = 4 * 3600,
	TOKEN_WAIT_S = 15 * 60, /* a new one may be there by then */
	BUSY_WAIT_S = 60,
	DELAY_S = 600
};

static bool
pause_login(struct session *session)
{
	const struct isp_mailbox *mailbox = session->mailbox;
	bool has_token = mailbox->oauth2.len > 0;

	session->visit.wait_s = has_token ? TOKEN_WAIT_S : LOGIN_WAIT_S;
	return fail(session, OUTCOME_PAUSED, "%s refuses the login of %s: "
	    "\"%.200s\"; mend %s%s", str_c(&session->host),
	    str_c(&mailbox->user), str_c(&session->client.line),
	    has_token ? "what renews the token in state/oauth/" :
	    "the password in control/secrets/isp", str_c(&mailbox->oauth2));
}

/* An -ERR to a login, by what it is about (RFC 3206, RFC 2449 8.1).  A token
 * that is refused has run out, and somebody is about to renew it: so it
 * counts as a refusal without a reason does. */
static bool
refused(struct session *session)
{
	const struct pop3_client *client = &session->client;
	const char *host = str_c(&session->host), *line = str_c(&client->line);
	struct visit *visit = &session->visit;

	switch (client->code) {
	case POP3_IN_USE:
		return fail(session, OUTCOME_LATER, "%s: the mailbox is in "
		    "use: \"%.200s\"", host, line);
	case POP3_LOGIN_DELAY:
		visit->wait_s = client->can.login_delay_s ?
		    client->can.login_delay_s : DELAY_S;
		return fail(session, OUTCOME_LATER, "%s: not so often: "
		    "\"%.200s\"", host, line);
	case POP3_SYS_TEMP:
		visit->wait_s = BUSY_WAIT_S;
		return fail(session, OUTCOME_LATER, "%s is in trouble: "
		    "\"%.200s\"", host, line);
	case POP3_SYS_PERM:
		break;
	case POP3_AUTH:
		if (!session->mailbox->oauth2.len)
			break;
		/* fall through */
	case POP3_NO_CODE:
		if (session->refusals + 1 < REFUSALS_MAX)
			return fail(session, OUTCOME_REFUSED, "%s refuses "
			    "the login: \"%.200s\"", host, line);
		break;
	}
	return pause_login(session);
}

/* Without a word of the server it was our side that could not go on. */
static bool
unable(struct session *session)
{
	session->visit.wait_s = LOGIN_WAIT_S;
	return fail(session, OUTCOME_PAUSED, "%s: %s%s",
	    str_c(&session->host), str_c(&session->client.why),
	    session->token.len ? ": write a password into "
	    "control/secrets/isp" : "");
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

static bool
is_sayable(struct session *session)
{
	const struct isp_mailbox *mailbox = session->mailbox;

	if (mailbox->oauth2.len && !session->token.len)
		return fail(session, OUTCOME_LATER, "there is no token in "
		    "state/oauth/%s", str_c(&mailbox->oauth2));
	return (is_one_line(&mailbox->user) &&
	    is_one_line(&mailbox->password) && is_one_line(&session->token)) ||
	    fail(session, OUTCOME_PAUSED, "the login of %s holds a control "
	    "character: mend control/isp or secrets/isp",
	    str_c(&mailbox->address));
}

/* A password in the clear is sent only where there is no other way, and the
 * tables said tls=none. */
static bool
say_login(struct session *session)
{
	const struct sasl_login login = isp_login(session->mailbox,
	    &session->token, "pop");

	switch (pop3_client_login(&session->client, &login,
	    session->is_private)) {
	case POP3_CLIENT_OK:
		return true;
	case POP3_CLIENT_REFUSED:
		return session->client.line.len ? refused(session) :
		    unable(session);
	case POP3_CLIENT_LOST:
		break;
	}
	return lost(session);
}

/* RFC 2449 6.7: no letter may stay at a server that says EXPIRE 0, and it
 * deletes what was fetched by itself. */
static void
obey_expiry(struct session *session)
{
	const struct pop3_capabilities *can = &session->client.can;

	if (can->expires && !can->expire_days)
		session->mailbox->keep_s = 0;
}

bool
log_in(struct session *session)
{
	bool is_in = is_sayable(session) && say_login(session);

	str_wipe(&session->mailbox->password);
	str_wipe(&session->token);
	/* what a server can may depend on who asks: RFC 2449 5 */
	if (!is_in || !ask_capabilities(session))
		return false;
	obey_expiry(session);
	return true;
}
