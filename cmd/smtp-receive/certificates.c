/* certificates - what the parent shows to clients; see certificates.h. */
#include "cmd/smtp-receive/certificates.h"

#include "lib/base/clock.h"
#include "lib/base/log.h"
#include "lib/mail/sign_ask.h"

/* RFC 8446 4.6.1: tickets live a week at most, ours much shorter. */
enum { RENEW_EVERY_MS = 12 * 3600 * 1000 };

static bool
get(struct certificates *certificates, char letter, struct slice name,
    struct slice *value)
{
	struct str key = {0};
	bool is_there;

	str_putc(&key, letter);
	str_add_slice(&key, name);
	is_there = cdb_file_get(&certificates->config.file, str_slice(&key),
	    value);
	str_free(&key);
	return is_there;
}

static bool
has_expired(struct certificates *certificates, struct slice name)
{
	struct slice value;
	uint64_t expiry_s;

	return get(certificates, 'x', name, &value) &&
	    slice_u64(value, UINT64_MAX, &expiry_s) &&
	    expiry_s <= clock_wall_s();
}

/* name: as the CDB has it, "-" for the one for all. */
static void
complain(struct slice name, const char *why)
{
	struct str path = {0}, text = {0};

	str_puts(&path, "control/secrets/tls/");
	if (!slice_is(name, "-")) {
		str_add_slice(&path, name);
		str_putc(&path, '/');
	}
	str_puts(&path, "cert.pem");
	str_addf(&text, "this certificate cannot be used: %s; put another "
	    "one there and run posthouse compile", why);
	log_event("alarm", "path", str_c(&path), "why", str_c(&text), NULL);
	str_free(&path);
	str_free(&text);
}

static bool
add(struct certificates *certificates, struct tls_server *server,
    struct slice name)
{
	struct str why = {0};
	struct slice chain;
	bool is_added = false;

	if (!get(certificates, 'n', name, &chain))
		complain(name, "it is missing in control/cdb/tls-cert");
	else if (has_expired(certificates, name))
		complain(name, "it has expired");
	else if (certificates->are_elsewhere ||
	    tls_server_add(server, name, chain) == 0)
		is_added = true;
	else {
		tls_error(&why);
		complain(name, str_c(&why));
	}
	str_free(&why);
	return is_added;
}

/* All that can be used.  Is there any? */
static bool
add_all(struct certificates *certificates, struct tls_server *server)
{
	struct slice names = {0};
	bool is_any = false;

	cdb_file_get(&certificates->config.file, slice_of("=names"), &names);
	while (names.len)
		if (add(certificates, server, slice_cut(&names, '\n')))
			is_any = true;
	return is_any;
}

/* Once for each time that they were read, not for each session. */
static void
read_all(struct certificates *certificates)
{
	struct tls_server *fresh = certificates->are_elsewhere ? NULL
	    : tls_server_make(&certificates->signer);

	if ((!fresh && !certificates->are_elsewhere) ||
	    !add_all(certificates, fresh)) {
		tls_server_free(fresh);
		log_event("alarm", "path", "control/secrets/tls", "why",
		    certificates->are_good
		    ? "no certificate can be used, the old ones stay in force"
		    : "no certificate can be used: there is no TLS here, and "
		    "no login; put cert.pem and key.pem there and run "
		    "posthouse compile", NULL);
		return;
	}
	tls_server_free(certificates->server);
	certificates->server = fresh;
	certificates->are_good = true;
	certificates->renewed_ms = clock_mono_ms();
}

void
certificates_open(struct certificates *certificates)
{
	certificates->signer = (struct tls_signer){.sign = sign_ask};
	if (config_open(&certificates->config, "tls-cert") < 0)
		log_event("alarm", "path",
		    str_c(&certificates->config.path), "why",
		    "cannot be read: run posthouse compile", NULL);
	read_all(certificates);
}

static void
renew(struct certificates *certificates)
{
	uint64_t now = clock_mono_ms();

	if (now - certificates->renewed_ms < RENEW_EVERY_MS)
		return;
	certificates->renewed_ms = now;
	if (tls_server_renew(certificates->server) < 0)
		log_event("alarm", "why", "cannot make new ticket keys", NULL);
}

void
certificates_refresh(struct certificates *certificates)
{
	if (config_refresh(&certificates->config))
		read_all(certificates);
	if (certificates->server)
		renew(certificates);
}
