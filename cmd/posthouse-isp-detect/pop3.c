/* pop3 - a conversation with a server for fetching, step by step; see
 * detect.h. */
#include "cmd/posthouse-isp-detect/detect.h"

#include "lib/mail/pop3_client.h"

#include <inttypes.h>

static bool
say_answer(struct probe *probe, const struct pop3_client *client,
    const char *step, enum pop3_client_result result)
{
	const char *words = client->line.len ? str_c(&client->line) :
	    str_c(&client->why);

	if (result == POP3_CLIENT_OK)
		say_ok(probe, step, "%s", words);
	else
		say_fault(probe, step, "%s", result == POP3_CLIENT_LOST ?
		    str_c(&client->why) : words);
	return result == POP3_CLIENT_OK;
}

static bool
say_capabilities(struct probe *probe, struct pop3_client *client)
{
	const struct pop3_capabilities *can = &client->can;
	struct str list = {0};

	if (pop3_client_capabilities(client) != POP3_CLIENT_OK)
		return say_answer(probe, client, "capabilities",
		    POP3_CLIENT_LOST);
	str_addf(&list, "%s%s%s%s%s", can->uidl ? " UIDL" : "",
	    can->top ? " TOP" : "", can->stls ? " STLS" : "",
	    can->pipelining ? " PIPELINING" : "", can->user ? " USER" : "");
	if (can->mechanisms.len)
		str_addf(&list, " SASL %s", str_c(&can->mechanisms));
	say_ok(probe, "capabilities", "%s", list.len ? list.s + 1 :
	    "it lists none");
	str_free(&list);
	return true;
}

static bool
start_tls(struct probe *probe, struct pop3_client *client)
{
	enum pop3_client_result result = pop3_client_starttls(client,
	    probe->detect->tls, &probe->peer);

	if (result == POP3_CLIENT_REFUSED) {
		(void)say_answer(probe, client, "TLS", result);
		say_try("pop3s://, usually port 995");
		return false;
	}
	probe_say_tls(probe, result == POP3_CLIENT_OK, str_c(&client->why));
	return result == POP3_CLIENT_OK && say_capabilities(probe, client);
}

static bool
log_in(struct probe *probe, struct pop3_client *client)
{
	const struct sasl_login login = probe_login(probe, "pop");
	enum pop3_client_result result = pop3_client_login(client, &login,
	    probe->is_private);
	bool is_temporary = client->code == POP3_IN_USE ||
	    client->code == POP3_LOGIN_DELAY || client->code == POP3_SYS_TEMP;

	if (result == POP3_CLIENT_OK)
		say_ok(probe, "login", "as %s", login.user);
	else if (result == POP3_CLIENT_LOST)
		(void)say_answer(probe, client, "login", result);
	else if (is_temporary) {
		(void)say_answer(probe, client, "login", result);
		say_try("again in some minutes: the login itself may be "
		    "right");
	} else
		probe_say_refused(probe, client->line.len ?
		    str_c(&client->line) : str_c(&client->why));
	return result == POP3_CLIENT_OK;
}

static enum found
count(struct probe *probe, struct pop3_client *client)
{
	uint64_t letters = 0, bytes = 0;
	enum pop3_client_result result = pop3_client_count(client, &letters,
	    &bytes);

	if (result == POP3_CLIENT_OK)
		say_ok(probe, "mailbox", "%" PRIu64 " letters, %" PRIu64
		    " bytes", letters, bytes);
	else
		(void)say_answer(probe, client, "mailbox", result);
	if (result == POP3_CLIENT_OK && probe->detect->round_trip.is_sent)
		(void)round_trip_fetch(probe, client, letters);
	return result == POP3_CLIENT_OK ? FOUND_LOGIN : FOUND_SERVER;
}

static enum found
converse(struct probe *probe, struct pop3_client *client)
{
	bool needs_tls = probe->detect->login.tls != ISP_TLS_NONE &&
	    !probe->is_private;

	if (!say_answer(probe, client, "greeting",
	    pop3_client_greeting(client)) ||
	    !say_capabilities(probe, client) ||
	    (needs_tls && !start_tls(probe, client)))
		return FOUND_NOTHING;
	if (!probe_may_log_in(probe) || !log_in(probe, client))
		return FOUND_SERVER;
	return count(probe, client);
}

enum found
pop3_speak(struct probe *probe)
{
	struct pop3_client client;
	enum found found;

	pop3_client_init(&client, &probe->stream, probe_answer_ms(probe));
	found = converse(probe, &client);
	pop3_client_quit(&client);
	pop3_client_free(&client);
	return found;
}
