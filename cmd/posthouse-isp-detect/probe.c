/* probe - to a server, and into TLS; see detect.h. */
#include "cmd/posthouse-isp-detect/detect.h"

#include "lib/base/dial.h"
#include "lib/base/tls.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

enum {
	DNS_MS = 15 * 1000,
	CONNECT_S = 20,
	CONNECT_GUESS_S = 5,
	ANSWER_S = 60,
	ADDRESSES_TRIED_MAX = 4
};

static uint64_t
least(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

uint64_t
probe_answer_ms(const struct probe *probe)
{
	return 1000 * least(probe->detect->settings.answer_s, ANSWER_S);
}

/* ---- the name ---- */

static enum found
no_name(struct probe *probe)
{
	const char *host = str_c(&probe->server->host);

	say_fault(probe, "name", "there is no host %s", host);
	if (!probe->is_guess)
		say_try("another name: is %s misspelt?  Without a URL the "
		    "usual names are tried", host);
	return FOUND_NO_HOST;
}

static enum found
look_up(struct probe *probe, struct dns_addresses *to)
{
	const struct isp_mailbox *server = probe->server;
	const char *host = str_c(&server->host);
	struct str list = {0};

	switch (isp_addresses(server, probe->detect->dns, DNS_MS, to)) {
	case DNS_OK:
		dns_addresses_text(&list, to);
		if (!server->is_address)
			say_ok(probe, "name", "%s is %s", host,
			    str_c(&list));
		str_free(&list);
		return FOUND_SERVER;
	case DNS_NO_DATA:
	case DNS_NO_NAME:
		return no_name(probe);
	case DNS_LATER:
		break;
	}
	say_fault(probe, "name", "%s: %s", host,
	    dns_why(probe->detect->dns));
	say_try("again later; the resolver is the setting control/resolver");
	return FOUND_NO_HOST;
}

/* ---- TLS ---- */

static void
expect(struct probe *probe)
{
	struct isp_mailbox server = *probe->server;

	server.tls = probe->detect->login.tls;
	server.fingerprint = probe->detect->login.fingerprint;
	probe->peer = isp_peer(&server, &probe->fingerprint);
	probe->peer.look = &probe->look;
}

/* That no name is looked at then is the person's own wish. */
static void
say_unbelieved(struct probe *probe, const char *certificate, const char *why)
{
	say_fault(probe, "certificate", "%s: %s", certificate, why);
	if (!probe->look.fingerprint.len)
		return;
	say_try("the name in the certificate, if that is the server you "
	    "mean; control/cafile for an authority of the provider's own");
	say_try("or, once the provider has confirmed that it is its "
	    "certificate: tls=fingerprint:%s",
	    str_c(&probe->look.fingerprint));
}

void
probe_say_tls(struct probe *probe, bool is_believed, const char *why)
{
	const struct tls_look *look = &probe->look;
	struct str certificate = {0};

	if (!look->version.len) {
		say_fault(probe, "TLS", "%s", why);
		say_try(probe->server->is_wrapped ? "%s:// on another port: "
		    "perhaps TLS does not begin with the first byte here" :
		    "%ss://, where TLS begins with the first byte",
		    probe->protocol == ISP_SMTP ? "smtp" : "pop3");
		return;
	}
	say_ok(probe, "TLS", "%s", str_c(&look->version));
	str_addf(&certificate, "%s, issued by %s, until %s",
	    str_c(&look->name), str_c(&look->issuer), str_c(&look->until));
	if (is_believed)
		say_ok(probe, "certificate", "%s: %s", str_c(&certificate),
		    probe->peer.proof == TLS_PROOF_FINGERPRINT ?
		    "the one with that fingerprint" : "verified");
	else
		say_unbelieved(probe, str_c(&certificate), why);
	probe->is_private = is_believed;
	str_free(&certificate);
}

static bool
wrap(struct probe *probe)
{
	struct str why = {0};
	bool is_done;

	stream_deadline(&probe->stream, probe_answer_ms(probe));
	is_done = tls_connect(probe->detect->tls, &probe->stream,
	    &probe->peer, &why);
	probe_say_tls(probe, is_done, str_c(&why));
	str_free(&why);
	return is_done;
}

/* ---- the login ---- */

bool
probe_may_log_in(const struct probe *probe)
{
	if (!probe->may_log_in)
		say_note("no password is sent to a host that only the DNS "
		    "names: give its URL if it is your provider's");
	else if (!probe->detect->has_secret)
		say_note("there is no password: write it into "
		    "control/secrets/isp, or give it on standard input");
	return probe->may_log_in && probe->detect->has_secret;
}

struct sasl_login
probe_login(const struct probe *probe, const char *service)
{
	const struct detect *detect = probe->detect;
	struct sasl_login login = isp_login(&detect->login, &detect->token,
	    service);

	login.host = str_c(&probe->server->host);
	login.port = (uint16_t)probe->server->port;
	return login;
}

void
probe_say_refused(struct probe *probe, const char *words)
{
	const char *user = str_c(&probe->detect->login.user);
	struct slice rest = slice_of(user), local = slice_cut(&rest, '@');

	say_fault(probe, "login", "as %s: %s", user, words);
	say_try("the password again (%s), or one that the provider gives to "
	    "programs", probe->detect->is_secret_new ? "it came from "
	    "standard input" : "it is from control/secrets/isp");
	if (rest.s)
		say_try("another name: user=%.*s", (int)local.len, local.s);
	else
		say_try("another name: user=%s",
		    str_c(&probe->detect->login.address));
}

/* ---- the server ---- */

static enum found
speak(struct probe *probe)
{
	if (probe->server->is_wrapped && !wrap(probe))
		return FOUND_NOTHING;
	return probe->protocol == ISP_SMTP ? smtp_speak(probe) :
	    pop3_speak(probe);
}

static int
connect_to(struct probe *probe, const struct dns_address *address)
{
	struct sockaddr_storage to;
	uint16_t port = (uint16_t)probe->server->port;
	struct dns_address_text text = dns_address_text(address);
	int fd = dial(&to, dns_address_socket(address, port, &to),
	    least(probe->detect->settings.connect_s,
	    probe->is_guess ? CONNECT_GUESS_S : CONNECT_S));

	if (fd < 0)
		say_fault(probe, "connection", "%s port %u: %s", text.s,
		    (unsigned)port, strerror(errno));
	else
		say_ok(probe, "connection", "%s port %u", text.s,
		    (unsigned)port);
	return fd;
}

enum found
probe_run(struct probe *probe)
{
	struct dns_addresses addresses = {0};
	enum found found;
	int fd = -1;

	say_server(probe);
	found = look_up(probe, &addresses);
	if (found != FOUND_SERVER)
		return found;
	for (size_t i = 0; i < addresses.len && i < ADDRESSES_TRIED_MAX &&
	    fd < 0; i++)
		fd = connect_to(probe, &addresses.v[i]);
	if (fd < 0) {
		if (!probe->is_guess)
			say_try("another port, or a name without a URL; or a "
			    "firewall is in the way");
		return FOUND_NOTHING;
	}
	expect(probe);
	stream_init(&probe->stream, fd);
	found = speak(probe);
	tls_close(&probe->stream);
	stream_free(&probe->stream);
	close(fd);
	tls_look_free(&probe->look);
	str_free(&probe->fingerprint);
	return found;
}
