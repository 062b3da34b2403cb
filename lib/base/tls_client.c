/* tls_client - the client's side of TLS; see tls_client.h. */
#include "lib/base/tls_client.h"

#include "lib/base/tls.h"
#include "lib/base/tls_bio.h"
#include "lib/base/tls_stream.h"

#include <errno.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SHA256_LEN = 32, SHA512_LEN = 64, DANE_TA = 2, DANE_EE = 3 };

struct tls_client {
	SSL_CTX *context;
	BIO_METHOD *bio;
};

/* ---- the context ---- */

/* One file, for a folder would be read later, when we may not.  Where systems
 * keep it: OpenSSL's own place, Debian, Fedora, BSD. */
static void
load_system_authorities(SSL_CTX *context)
{
	const char *const files[] = {
		"/etc/ssl/certs/ca-certificates.crt",
		"/etc/pki/tls/certs/ca-bundle.crt",
		"/etc/ssl/cert.pem",
		X509_get_default_cert_file(),
	};

	for (size_t i = 0; i < sizeof files / sizeof *files; i++)
		if (access(files[i], R_OK) == 0 &&
		    SSL_CTX_load_verify_file(context, files[i]) == 1)
			break;
	ERR_clear_error();
}

static bool
load_authorities(SSL_CTX *context, const char *cafile, struct str *why)
{
	load_system_authorities(context);
	if (!*cafile || SSL_CTX_load_verify_file(context, cafile) == 1)
		return true;
	str_addf(why, "cannot read certificate authorities from %s: ",
	    cafile);
	tls_error(why);
	return false;
}

static bool
set_rules(SSL_CTX *context)
{
	/* as tls.c; the certificate is looked at after the handshake, so that
	 * what is wrong with it can be said */
	SSL_CTX_set_verify(context, SSL_VERIFY_NONE, NULL);
	SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION |
	    SSL_OP_NO_COMPRESSION | SSL_OP_IGNORE_UNEXPECTED_EOF);
	SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS |
	    SSL_MODE_ENABLE_PARTIAL_WRITE |
	    SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
	SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
	SSL_CTX_set_read_ahead(context, 1);
	return SSL_CTX_set_min_proto_version(context, TLS1_VERSION) == 1 &&
	    SSL_CTX_dane_enable(context) > 0;
}

struct tls_client *
tls_client_make(const char *cafile, struct str *why)
{
	struct tls_client *client = mem_alloc(sizeof *client);

	client->context = SSL_CTX_new(TLS_client_method());
	client->bio = tls_bio_method();
	if (!client->context || !client->bio || !set_rules(client->context))
		tls_error(why);
	else if (load_authorities(client->context, cafile, why))
		return client;
	tls_client_free(client);
	return NULL;
}

void
tls_client_free(struct tls_client *client)
{
	if (!client)
		return;
	SSL_CTX_free(client->context);
	BIO_meth_free(client->bio);
	free(client);
}

/* ---- who it has to be ---- */

/* RFC 6698 2.1: all of it or a digest, of the certificate or its key. */
static bool
is_usable(const struct dns_tlsa *record)
{
	static const size_t lengths[] = {0, SHA256_LEN, SHA512_LEN};

	return (record->usage == DANE_TA || record->usage == DANE_EE) &&
	    record->selector <= 1 && record->matching <= 2 &&
	    (!record->matching ||
	    record->data.len == lengths[record->matching]);
}

bool
tls_tlsa_usable(const struct dns_tlsa_list *tlsa)
{
	for (size_t i = 0; i < tlsa->len; i++)
		if (is_usable(&tlsa->v[i]))
			return true;
	return false;
}

/* RFC 7672 3.1.1: of DANE-EE neither names nor dates are looked at. */
static bool
expect_dane(SSL *ssl, const struct tls_peer *peer)
{
	size_t added = 0;

	if (SSL_dane_enable(ssl, peer->name) <= 0)
		return false;
	(void)SSL_dane_set_flags(ssl, DANE_FLAG_NO_DANE_EE_NAMECHECKS);
	SSL_set_hostflags(ssl, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
	for (size_t i = 0; i < peer->tlsa->len; i++) {
		const struct dns_tlsa *record = &peer->tlsa->v[i];

		if (is_usable(record) && SSL_dane_tlsa_add(ssl,
		    record->usage, record->selector, record->matching,
		    (const unsigned char *)str_c(&record->data),
		    record->data.len) > 0)
			added++;
	}
	return added && (!peer->domain ||
	    SSL_add1_host(ssl, peer->domain) == 1);
}

static bool
expect_name(SSL *ssl, const struct tls_peer *peer)
{
	if (peer->is_address)
		return X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl),
		    peer->name) == 1;
	SSL_set_hostflags(ssl, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
	return SSL_set1_host(ssl, peer->name) == 1;
}

/* SNI, RFC 6066 3.  OpenSSL copies it, but wants no const. */
static bool
ask_for_name(SSL *ssl, const char *name)
{
	char *copy = mem_dup(slice_of(name));
	bool is_set = SSL_set_tlsext_host_name(ssl, copy) == 1;

	free(copy);
	return is_set;
}

static bool
expect(SSL *ssl, const struct tls_peer *peer)
{
	if (peer->proof == TLS_PROOF_NONE)
		SSL_set_security_level(ssl, 0);
	else if (SSL_set_min_proto_version(ssl, TLS1_2_VERSION) != 1)
		return false;
	if (peer->proof == TLS_PROOF_DANE)
		return expect_dane(ssl, peer);
	if (!peer->is_address && !ask_for_name(ssl, peer->name))
		return false;
	return peer->proof != TLS_PROOF_NAME || expect_name(ssl, peer);
}

/* ---- who it is ---- */

static bool
has_fingerprint(SSL *ssl, const struct tls_peer *peer)
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned len = 0;
	X509 *certificate = SSL_get0_peer_certificate(ssl);

	return certificate &&
	    X509_digest(certificate, EVP_sha256(), digest, &len) == 1 &&
	    len == SHA256_LEN && !memcmp(digest, peer->fingerprint, len);
}

static bool
is_expected(SSL *ssl, const struct tls_peer *peer, struct str *why)
{
	long verdict;

	switch (peer->proof) {
	case TLS_PROOF_NONE:
	case TLS_PROOF_TLS:
		return true;
	case TLS_PROOF_FINGERPRINT:
		if (has_fingerprint(ssl, peer))
			return true;
		str_puts(why, "its certificate has another fingerprint");
		return false;
	case TLS_PROOF_NAME:
	case TLS_PROOF_DANE:
		break;
	}
	verdict = SSL_get_verify_result(ssl);
	if (verdict == X509_V_OK && SSL_get0_peer_certificate(ssl))
		return true;
	str_addf(why, "its certificate is not believed: %s",
	    verdict == X509_V_OK ? "there is none" :
	    X509_verify_cert_error_string(verdict));
	return false;
}

/* Says why in words, and by errno whose fault it is: see tls_client.h. */
static void
say_why(enum stream_result result, struct str *why)
{
	int error = result == STREAM_ERROR ? errno : ECONNRESET;
	bool is_eof = ERR_GET_REASON(ERR_peek_last_error()) ==
	    SSL_R_UNEXPECTED_EOF_WHILE_READING;

	str_puts(why, "the TLS handshake failed: ");
	if (result == STREAM_TIMEOUT)
		str_puts(why, "no answer in time");
	else if (result == STREAM_END || is_eof)
		str_puts(why, "the connection was lost");
	else
		tls_error(why);
	ERR_clear_error();
	errno = is_eof ? ECONNRESET : error;
}

bool
tls_connect(struct tls_client *client, struct stream *stream,
    const struct tls_peer *peer, struct str *why)
{
	SSL *ssl = SSL_new(client->context);
	enum stream_result result;

	if (!ssl || !expect(ssl, peer)) {
		SSL_free(ssl);
		str_puts(why, "TLS cannot be set up: ");
		tls_error(why);
		errno = EPROTO;
		return false;
	}
	result = tls_stream_start(stream, ssl, client->bio, SSL_connect);
	if (result != STREAM_OK) {
		say_why(result, why);
		return false;
	}
	if (peer->look)
		tls_look_take(peer->look, ssl);
	if (is_expected(ssl, peer, why))
		return true;
	tls_close(stream);
	errno = EPROTO;
	return false;
}
