/* smtp - a conversation with a server for sending, step by step; see
 * detect.h. */
#include "cmd/posthouse-isp-detect/detect.h"

#include "lib/mail/smtp_client.h"

static bool
say_reply(struct probe *probe, const struct smtp_client *client,
    const char *step, enum smtp_client_result result)
{
	struct str words = {0};

	smtp_reply_words(&words, &client->reply);
	switch (result) {
	case SMTP_CLIENT_OK:
		say_ok(probe, step, "%s", str_c(&words));
		break;
	case SMTP_CLIENT_REFUSED:
		say_fault(probe, step, "%d %s", client->reply.code,
		    str_c(&words));
		break;
	case SMTP_CLIENT_LOST:
		say_fault(probe, step, "%s", str_c(&client->why));
	}
	str_free(&words);
	return result == SMTP_CLIENT_OK;
}

static bool
say_hello(struct probe *probe, struct smtp_client *client)
{
	return say_reply(probe, client, "capabilities", smtp_client_hello(
	    client, str_c(&probe->detect->settings.helohost)));
}

static bool
start_tls(struct probe *probe, struct smtp_client *client)
{
	enum smtp_client_result result;

	if (!client->can.has_starttls) {
		say_fault(probe, "TLS", "it does not offer STARTTLS, and "
		    "without TLS no password is sent");
		say_try("smtps://, usually port 465");
		return false;
	}
	result = smtp_client_starttls(client, probe->detect->tls,
	    &probe->peer);
	if (result == SMTP_CLIENT_REFUSED)
		return say_reply(probe, client, "TLS", result);
	probe_say_tls(probe, result == SMTP_CLIENT_OK,
	    str_c(&client->why));
	return result == SMTP_CLIENT_OK && say_hello(probe, client);
}

static bool
log_in(struct probe *probe, struct smtp_client *client)
{
	const struct sasl_login login = probe_login(probe, "smtp");
	/* tls=none is the person's word that nobody listens */
	enum smtp_client_result result = smtp_client_auth(client, &login,
	    true);
	struct str words = {0};

	if (result == SMTP_CLIENT_OK)
		say_ok(probe, "login", "as %s", login.user);
	else if (result == SMTP_CLIENT_LOST || client->reply.code / 100 == 4)
		(void)say_reply(probe, client, "login", result);
	else {
		if (client->reply.code)
			str_addf(&words, "%d ", client->reply.code);
		smtp_reply_words(&words, &client->reply);
		probe_say_refused(probe, str_c(&words));
	}
	str_free(&words);
	return result == SMTP_CLIENT_OK;
}

static enum found
converse(struct probe *probe, struct smtp_client *client)
{
	bool needs_tls = probe->detect->login.tls != ISP_TLS_NONE &&
	    !probe->is_private;

	if (!say_reply(probe, client, "greeting",
	    smtp_client_greeting(client)) || !say_hello(probe, client) ||
	    (needs_tls && !start_tls(probe, client)))
		return FOUND_NOTHING;
	if (!probe_may_log_in(probe) || !log_in(probe, client))
		return FOUND_SERVER;
	if (probe->detect->is_to_go_round)
		(void)round_trip_send(probe, client);
	return FOUND_LOGIN;
}

enum found
smtp_speak(struct probe *probe)
{
	struct smtp_client client;
	enum found found;

	smtp_client_init(&client, &probe->stream, probe_answer_ms(probe));
	found = converse(probe, &client);
	smtp_client_quit(&client);
	smtp_client_free(&client);
	return found;
}
