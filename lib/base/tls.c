/* tls - the server's side of TLS; see tls.h. */
#include "lib/base/tls.h"

#include "lib/base/pem.h"
#include "lib/base/tls_bio.h"
#include "lib/base/tls_method.h"
#include "lib/base/tls_stream.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* OpenSSL's ticket keys: a name and two keys, 16, 32 and 32 bytes. */
enum { TICKET_KEYS_LEN = 80, CERTIFICATES_MAX = 1000 };

struct certificate {
	char *name;
	SSL_CTX *context;
};

struct tls_server {
	const struct tls_signer *signer;
	BIO_METHOD *bio;
	unsigned char ticket_keys[TICKET_KEYS_LEN];
	struct certificate *certificates;
	size_t count;
};

static BIO *
memory_of(struct slice text)
{
	return BIO_new_mem_buf(text.s, (int)text.len);
}

/* ---- the server ---- */

struct tls_server *
tls_server_make(const struct tls_signer *signer)
{
	struct tls_server *server = mem_alloc(sizeof *server);

	server->signer = signer;
	server->bio = tls_bio_method();
	if (server->bio &&
	    RAND_priv_bytes(server->ticket_keys, TICKET_KEYS_LEN) == 1)
		return server;
	tls_server_free(server);
	return NULL;
}

void
tls_server_free(struct tls_server *server)
{
	if (!server)
		return;
	for (size_t i = 0; i < server->count; i++) {
		SSL_CTX_free(server->certificates[i].context);
		free(server->certificates[i].name);
	}
	free(server->certificates);
	BIO_meth_free(server->bio);
	OPENSSL_cleanse(server, sizeof *server);
	free(server);
}

int
tls_server_renew(struct tls_server *server)
{
	if (RAND_priv_bytes(server->ticket_keys, TICKET_KEYS_LEN) != 1)
		return -1;
	for (size_t i = 0; i < server->count; i++)
		if (SSL_CTX_set_tlsext_ticket_keys(
			server->certificates[i].context, server->ticket_keys,
			TICKET_KEYS_LEN) != 1)
			return -1;
	return 0;
}

/* "*.example.org" stands for one label. */
static bool
name_fits(const char *pattern, const char *name)
{
	const char *dot = strchr(name, '.');

	if (pattern[0] == '*' && pattern[1] == '.')
		return dot && !strcasecmp(pattern + 1, dot);
	return !strcasecmp(pattern, name);
}

/* RFC 6066 3: a name that we do not have gets the first certificate. */
static int
choose_certificate(SSL *ssl, int *alert, void *context)
{
	const struct tls_server *server = context;
	const char *name = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);

	(void)alert;
	for (size_t i = 0; name && i < server->count; i++) {
		if (!name_fits(server->certificates[i].name, name))
			continue;
		SSL_set_SSL_CTX(ssl, server->certificates[i].context);
		break;
	}
	return SSL_TLSEXT_ERR_OK;
}

static int
set_rules(SSL_CTX *context, struct tls_server *server)
{
	static const unsigned char session_context[] = "posthouse";

	/* IGNORE_UNEXPECTED_EOF: a conversation that is cut off ends as it
	 * does without TLS; the protocols above know where a message ends.
	 * CLEANSE_PLAINTEXT: passwords come this way. */
	SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION |
	    SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE |
	    SSL_OP_PRIORITIZE_CHACHA | SSL_OP_IGNORE_UNEXPECTED_EOF |
	    SSL_OP_CLEANSE_PLAINTEXT);
	SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS |
	    SSL_MODE_ENABLE_PARTIAL_WRITE |
	    SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
	SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
	SSL_CTX_set_num_tickets(context, 1);
	SSL_CTX_set_read_ahead(context, 1);
	SSL_CTX_set_tlsext_servername_callback(context, choose_certificate);
	SSL_CTX_set_tlsext_servername_arg(context, server);
	return SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) == 1 &&
	    SSL_CTX_set_cipher_list(context,
		"ECDHE+AESGCM:ECDHE+CHACHA20") == 1 &&
	    SSL_CTX_set_tlsext_ticket_keys(context, server->ticket_keys,
		TICKET_KEYS_LEN) == 1 &&
	    SSL_CTX_set_session_id_context(context, session_context,
		sizeof session_context - 1) == 1;
}

/* The leaf, then the others as the file has them. */
static int
set_chain(SSL_CTX *context, struct slice chain)
{
	BIO *bio = memory_of(chain);
	X509 *certificate = bio ?
	    PEM_read_bio_X509(bio, NULL, NULL, NULL) : NULL;
	int result = certificate &&
	    SSL_CTX_use_certificate(context, certificate) == 1;

	X509_free(certificate);
	while (result &&
	    (certificate = PEM_read_bio_X509(bio, NULL, NULL, NULL)))
		if (SSL_CTX_add_extra_chain_cert(context, certificate) != 1) {
			X509_free(certificate);
			result = 0;
		}
	BIO_free(bio);
	if (result)
		ERR_clear_error(); /* "no start line" ends every chain */
	return result;
}

static int
set_key(SSL_CTX *context, struct slice chain, const struct tls_signer *signer)
{
	X509 *leaf = SSL_CTX_get0_certificate(context);
	struct str hash = {0};
	EVP_PKEY *key = NULL;
	int result = 0;

	if (pem_chain_key(chain, &hash) == 0)
		key = tls_method_key(X509_get0_pubkey(leaf), str_c(&hash),
		    signer);
	if (key)
		result = SSL_CTX_use_PrivateKey(context, key) == 1;
	EVP_PKEY_free(key);
	str_free(&hash);
	return result;
}

int
tls_server_add(struct tls_server *server, struct slice name,
    struct slice chain)
{
	SSL_CTX *context = SSL_CTX_new(TLS_server_method());
	struct certificate *added;

	if (!context || server->count == CERTIFICATES_MAX ||
	    !set_rules(context, server) || !set_chain(context, chain) ||
	    !set_key(context, chain, server->signer)) {
		SSL_CTX_free(context);
		return -1;
	}
	server->certificates = mem_grow(server->certificates,
	    server->count + 1, sizeof *server->certificates);
	added = &server->certificates[server->count++];
	added->name = mem_dup(name);
	added->context = context;
	return 0;
}

enum stream_result
tls_accept(struct tls_server *server, struct stream *stream)
{
	SSL *ssl = server->count ?
	    SSL_new(server->certificates[0].context) : NULL;

	return tls_stream_start(stream, ssl, server->bio, SSL_accept);
}
