/* sasl_client - logging in at another server; see sasl_client.h. */
#include "lib/mail/sasl_client.h"

#include <gsasl.h>
#include <stdlib.h>
#include <string.h>

enum { CHALLENGE_MAX = 16 * 1024 };

struct sasl_client {
	Gsasl_session *session;   /* NULL: by token */
	const struct sasl_login *login;
	bool is_first, is_bearer; /* OAUTHBEARER, else XOAUTH2 */
	bool was_asked;           /* and has answered */
	bool is_complete;
};

/* The strongest first. */
static const struct mechanism {
	const char *name;
	bool is_hidden; /* a listener learns no password */
	bool is_first;  /* the client speaks first */
	bool is_token;
} mechanisms[] = {
    {"OAUTHBEARER", false, true, true},
    {"XOAUTH2", false, true, true},
    {"SCRAM-SHA-256", true, true, false},
    {"CRAM-MD5", true, false, false},
    {"PLAIN", false, true, false},
    {"LOGIN", false, false, false},
};
enum { MECHANISMS = sizeof mechanisms / sizeof *mechanisms };

static Gsasl *library;

int
sasl_client_prepare(void)
{
	return library || gsasl_init(&library) == GSASL_OK ? 0 : -1;
}

static bool
is_offered(struct slice offered, const char *name)
{
	while (offered.len) {
		struct slice word = slice_cut(&offered, ' ');

		if (slice_ieq(word, slice_of(name)))
			return true;
	}
	return false;
}

const char *
sasl_client_choose(struct slice offered, const struct sasl_login *login,
    bool is_private)
{
	for (size_t i = 0; i < MECHANISMS; i++) {
		const struct mechanism *m = &mechanisms[i];

		if (m->is_token == (login->token != NULL) &&
		    (m->is_hidden || is_private) &&
		    is_offered(offered, m->name))
			return m->name;
	}
	return NULL;
}

/* ---- with a password ---- */

static int
begin_session(struct sasl_client *client, const char *mechanism)
{
	const struct sasl_login *login = client->login;

	if (sasl_client_prepare() < 0 ||
	    gsasl_client_start(library, mechanism, &client->session) !=
		GSASL_OK)
		return -1;
	if (gsasl_property_set(client->session, GSASL_AUTHID, login->user) !=
		GSASL_OK ||
	    gsasl_property_set(client->session, GSASL_PASSWORD,
		login->password) != GSASL_OK ||
	    gsasl_property_set(client->session, GSASL_SERVICE,
		login->service) != GSASL_OK ||
	    gsasl_property_set(client->session, GSASL_HOSTNAME,
		login->host) != GSASL_OK)
		return -1;
	return 0;
}

static enum sasl_client_step
step_session(struct sasl_client *client, const char *challenge,
    struct str *response)
{
	char *answer = NULL;
	int result = gsasl_step64(client->session, challenge, &answer);

	if (result != GSASL_OK && result != GSASL_NEEDS_MORE)
		return SASL_CLIENT_FAILED;
	client->is_complete = result == GSASL_OK;
	str_set(response, answer ? answer : "");
	if (answer) {
		explicit_bzero(answer, strlen(answer));
		gsasl_free(answer);
	}
	return SASL_CLIENT_SAYS;
}

/* ---- with a token ---- */

/* RFC 7628 3.1: what separates user= and auth=. */
#define SEPARATOR "\1"

static void
put_token(const struct sasl_client *client, struct str *to)
{
	const struct sasl_login *login = client->login;

	if (client->is_bearer)
		str_addf(to, "n,a=%s," SEPARATOR "host=%s" SEPARATOR "port=%u"
		    SEPARATOR "auth=Bearer %s" SEPARATOR SEPARATOR,
		    login->user, login->host, login->port, login->token);
	else
		str_addf(to, "user=%s" SEPARATOR "auth=Bearer %s" SEPARATOR
		    SEPARATOR, login->user, login->token);
}

/* A challenge after the token is a refusal in JSON; it wants an answer before
 * the server says so in its own protocol (RFC 7628 3.2.3). */
static enum sasl_client_step
step_token(struct sasl_client *client, struct str *response)
{
	struct str text = {0};
	char *base64 = NULL;
	bool is_refusal = client->was_asked;

	if (!is_refusal)
		put_token(client, &text);
	else if (client->is_bearer)
		str_puts(&text, SEPARATOR);
	client->was_asked = true;
	client->is_complete = !is_refusal;
	if (gsasl_base64_to(str_c(&text), text.len, &base64, NULL) != GSASL_OK)
		abort(); /* there is no memory left */
	str_set(response, base64);
	explicit_bzero(base64, strlen(base64));
	gsasl_free(base64);
	str_wipe(&text);
	return SASL_CLIENT_SAYS;
}

/* ---- both ---- */

static const struct mechanism *
find(const char *name)
{
	for (size_t i = 0; i < MECHANISMS; i++)
		if (!strcmp(mechanisms[i].name, name))
			return &mechanisms[i];
	return NULL;
}

struct sasl_client *
sasl_client_begin(const char *name, const struct sasl_login *login)
{
	const struct mechanism *mechanism = find(name);
	struct sasl_client *client = mem_alloc(sizeof *client);

	client->login = login;
	if (mechanism) {
		client->is_first = mechanism->is_first;
		client->is_bearer = !strcmp(name, "OAUTHBEARER");
	}
	if (mechanism && (mechanism->is_token ||
	    begin_session(client, name) == 0))
		return client;
	sasl_client_free(client);
	return NULL;
}

bool
sasl_client_is_first(const struct sasl_client *client)
{
	return client->is_first;
}

enum sasl_client_step
sasl_client_step(struct sasl_client *client, struct slice challenge,
    struct str *response)
{
	enum sasl_client_step step = SASL_CLIENT_FAILED;
	struct str text = {0};

	str_clear(response);
	if (challenge.len > CHALLENGE_MAX)
		return SASL_CLIENT_FAILED;
	str_add_slice(&text, challenge);
	if (!client->session)
		step = step_token(client, response);
	else if (!client->is_complete)
		step = step_session(client, str_c(&text), response);
	str_free(&text);
	return step;
}

bool
sasl_client_is_complete(const struct sasl_client *client)
{
	return client->is_complete;
}

void
sasl_client_free(struct sasl_client *client)
{
	if (client && client->session)
		gsasl_finish(client->session);
	free(client);
}
