/* test_tls_client - who is believed to be whom, and in which versions. */
#include "lib/base/clock.h"
#include "lib/base/tls.h"
#include "lib/base/tls_client.h"
#include "tests/unit/unit.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { SHA256_LEN = 32, WAIT_MS = 5000 };

/* An authority, and a host's certificate that it has signed. */
struct pair {
	EVP_PKEY *ca_key, *key;
	X509 *ca, *leaf;
	char cafile[40];
};

/* ---- certificates ---- */

static void
add_extension(X509 *to, X509 *issuer, int kind, const char *value)
{
	X509V3_CTX context;
	X509_EXTENSION *extension;

	X509V3_set_ctx(&context, issuer, to, NULL, NULL, 0);
	extension = X509V3_EXT_conf_nid(NULL, &context, kind, value);
	ck_assert_ptr_nonnull(extension);
	X509_add_ext(to, extension, -1);
	X509_EXTENSION_free(extension);
}

static X509 *
make_certificate(const char *name, EVP_PKEY *key, X509 *issuer,
    EVP_PKEY *issuer_key, const char *names, long days)
{
	X509 *made = X509_new();

	X509_set_version(made, X509_VERSION_3);
	ASN1_INTEGER_set(X509_get_serialNumber(made), issuer ? 2 : 1);
	X509_gmtime_adj(X509_getm_notBefore(made), -86400L * 3);
	X509_gmtime_adj(X509_getm_notAfter(made), 86400L * days);
	X509_NAME_add_entry_by_txt(X509_get_subject_name(made), "CN",
	    MBSTRING_ASC, (const unsigned char *)name, -1, -1, 0);
	X509_set_issuer_name(made, X509_get_subject_name(issuer ? issuer :
	    made));
	X509_set_pubkey(made, key);
	add_extension(made, issuer ? issuer : made, NID_basic_constraints,
	    issuer ? "CA:FALSE" : "critical,CA:TRUE");
	if (names)
		add_extension(made, issuer, NID_subject_alt_name, names);
	ck_assert_int_gt(X509_sign(made, issuer_key ? issuer_key : key,
	    EVP_sha256()), 0);
	return made;
}

static struct pair
make_pair(const char *names, long days)
{
	struct pair pair = {.ca_key = EVP_EC_gen("P-256"),
		.key = EVP_EC_gen("P-256"),
		.cafile = "/tmp/test_tls_client.XXXXXX"};
	FILE *file;

	pair.ca = make_certificate("an authority", pair.ca_key, NULL, NULL,
	    NULL, 10);
	pair.leaf = make_certificate("host", pair.key, pair.ca, pair.ca_key,
	    names, days);
	file = fdopen(mkstemp(pair.cafile), "w");
	ck_assert_ptr_nonnull(file);
	PEM_write_X509(file, pair.ca);
	fclose(file);
	return pair;
}

static void
free_pair(struct pair *pair)
{
	unlink(pair->cafile);
	X509_free(pair->ca);
	X509_free(pair->leaf);
	EVP_PKEY_free(pair->ca_key);
	EVP_PKEY_free(pair->key);
}

/* ---- the server ---- */

struct server {
	const struct pair *pair;
	int fd, version; /* 0: the best */
	char asked[100]; /* SNI */
	size_t heard;    /* bytes after the handshake */
};

static void *
serve(void *context)
{
	struct server *server = context;
	SSL_CTX *made = SSL_CTX_new(TLS_server_method());
	SSL *ssl;
	char buffer[100];

	SSL_CTX_set_security_level(made, 0);
	SSL_CTX_set_min_proto_version(made, server->version ?
	    server->version : TLS1_2_VERSION);
	SSL_CTX_set_max_proto_version(made, server->version);
	SSL_CTX_use_certificate(made, server->pair->leaf);
	SSL_CTX_use_PrivateKey(made, server->pair->key);
	SSL_CTX_add_extra_chain_cert(made, X509_dup(server->pair->ca));
	ssl = SSL_new(made);
	SSL_set_fd(ssl, server->fd);
	if (SSL_accept(ssl) == 1) {
		const char *name = SSL_get_servername(ssl,
		    TLSEXT_NAMETYPE_host_name);
		int n;

		snprintf(server->asked, sizeof server->asked, "%s", name ?
		    name : "-");
		while ((n = SSL_read(ssl, buffer, sizeof buffer)) > 0)
			server->heard += (size_t)n;
	}
	shutdown(server->fd, SHUT_RDWR);
	SSL_free(ssl);
	SSL_CTX_free(made);
	return NULL;
}

/* True when the client believes the server; says "hello" to it then. */
static bool
try(struct server *server, struct tls_client *client,
    const struct tls_peer *peer, struct str *why)
{
	static struct stream stream;
	pthread_t thread;
	int fds[2];
	bool result;

	str_clear(why);
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
	server->fd = fds[1];
	server->heard = 0;
	pthread_create(&thread, NULL, serve, server);
	stream_init(&stream, fds[0]);
	stream_deadline(&stream, WAIT_MS);
	result = tls_connect(client, &stream, peer, why);
	ck_assert_int_eq(result, stream.tls != NULL);
	if (result) {
		str_puts(&stream.out, "hello");
		ck_assert_int_eq(stream_flush(&stream), STREAM_OK);
	}
	tls_close(&stream);
	close(fds[0]);
	pthread_join(thread, NULL);
	close(fds[1]);
	ck_assert_uint_eq(server->heard, result ? 5 : 0);
	stream_free(&stream);
	return result;
}

static struct tls_client *
make_client(const char *cafile)
{
	struct str why = {0};
	struct tls_client *client = tls_client_make(cafile, &why);

	ck_assert_msg(client, "%s", str_c(&why));
	str_free(&why);
	return client;
}

/* ---- names ---- */

static const struct {
	const char *names, *name;
	bool is_address, is_known; /* the authority, to the client */
	long days;
	const char *why; /* NULL: believed */
} named[] = {
	{"DNS:mx.x.test", "mx.x.test", false, true, 1, NULL},
	{"DNS:MX.x.test", "mx.X.test", false, true, 1, NULL},
	{"DNS:a.test,DNS:*.x.test", "mx.x.test", false, true, 1, NULL},
	{"DNS:*.x.test", "a.mx.x.test", false, true, 1, "ostname mismatch"},
	{"DNS:*.x.test", "x.test", false, true, 1, "ostname mismatch"},
	{"DNS:m*.x.test", "mx.x.test", false, true, 1, "ostname mismatch"},
	{"DNS:x.test", "mx.x.test", false, true, 1, "ostname mismatch"},
	{"DNS:mx.x.test", "mx.x.test", false, false, 1, "certificate"},
	{"DNS:mx.x.test", "mx.x.test", false, true, -1, "expired"},
	{"IP:192.0.2.1", "192.0.2.1", true, true, 1, NULL},
	{"IP:2001:db8::1", "2001:db8:0::1", true, true, 1, NULL},
	{"IP:192.0.2.2", "192.0.2.1", true, true, 1, "IP address mismatch"},
	{"DNS:192.0.2.1", "192.0.2.1", true, true, 1, "IP address mismatch"},
};

START_TEST(name_is_verified)
{
	struct pair pair = make_pair(named[_i].names, named[_i].days);
	struct server server = {.pair = &pair};
	struct tls_client *client = make_client(named[_i].is_known ?
	    pair.cafile : "");
	struct tls_peer peer = {.name = named[_i].name,
		.is_address = named[_i].is_address, .proof = TLS_PROOF_NAME};
	struct str why = {0};
	bool is_believed = try(&server, client, &peer, &why);

	ck_assert_msg(is_believed == !named[_i].why, "%s", str_c(&why));
	if (named[_i].why)
		ck_assert_msg(strstr(str_c(&why), named[_i].why) != NULL,
		    "%s", str_c(&why));
	else
		ck_assert_str_eq(server.asked, named[_i].is_address ? "-" :
		    named[_i].name);
	/* whoever does not ask for a proof takes any of them */
	peer.proof = TLS_PROOF_TLS;
	ck_assert(try(&server, client, &peer, &why));
	tls_client_free(client);
	free_pair(&pair);
	str_free(&why);
}
END_TEST

/* ---- fingerprints and TLSA records ---- */

START_TEST(fingerprint_is_the_certificates)
{
	struct pair pair = make_pair("DNS:x.test", -1);
	struct server server = {.pair = &pair};
	struct tls_client *client = make_client("");
	unsigned char digest[SHA256_LEN];
	struct tls_peer peer = {.name = "other.test",
		.proof = TLS_PROOF_FINGERPRINT, .fingerprint = digest};
	struct str why = {0};

	X509_digest(pair.leaf, EVP_sha256(), digest, NULL);
	ck_assert_msg(try(&server, client, &peer, &why), "%s", str_c(&why));
	digest[31] ^= 1;
	ck_assert(!try(&server, client, &peer, &why));
	ck_assert_str_eq(str_c(&why),
	    "its certificate has another fingerprint");
	tls_client_free(client);
	free_pair(&pair);
	str_free(&why);
}
END_TEST

static const struct {
	unsigned char usage, selector, matching;
	bool is_of_ca, is_wrong;
	const char *name, *domain;
	bool is_believed, is_usable;
} records[] = {
	/* DANE-EE: neither name nor date */
	{3, 1, 1, false, false, "other.test", NULL, true, true},
	{3, 0, 1, false, false, "x.test", NULL, true, true},
	{3, 1, 1, false, true, "x.test", NULL, false, true},
	{3, 1, 1, true, false, "x.test", NULL, false, true},
	/* DANE-TA: the name, or the domain, has to be in it; it is expired */
	{2, 0, 1, true, false, "x.test", NULL, false, true},
	/* what RFC 7672 3.1 has no use for */
	{0, 1, 1, false, false, "x.test", NULL, false, false},
	{1, 1, 1, false, false, "x.test", NULL, false, false},
	{3, 2, 1, false, false, "x.test", NULL, false, false},
	{3, 1, 3, false, false, "x.test", NULL, false, false},
};

static void
put_digest(struct str *to, X509 *certificate, unsigned selector)
{
	unsigned char digest[SHA256_LEN];

	if (selector == 1) {
		unsigned char *der = NULL;
		int len = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(certificate),
		    &der);

		EVP_Digest(der, (size_t)len, digest, NULL, EVP_sha256(),
		    NULL);
		OPENSSL_free(der);
	} else {
		X509_digest(certificate, EVP_sha256(), digest, NULL);
	}
	str_add(to, digest, sizeof digest);
}

START_TEST(tlsa_records_decide)
{
	struct pair pair = make_pair("DNS:x.test", -1);
	struct server server = {.pair = &pair};
	struct tls_client *client = make_client("");
	struct dns_tlsa_list list = {.len = 1};
	struct tls_peer peer = {.name = records[_i].name,
		.domain = records[_i].domain, .proof = TLS_PROOF_DANE,
		.tlsa = &list};
	struct str why = {0};

	list.v[0].usage = records[_i].usage;
	list.v[0].selector = records[_i].selector;
	list.v[0].matching = records[_i].matching;
	put_digest(&list.v[0].data, records[_i].is_of_ca ? pair.ca :
	    pair.leaf, records[_i].selector);
	list.v[0].data.s[0] ^= records[_i].is_wrong;
	ck_assert_int_eq(tls_tlsa_usable(&list), records[_i].is_usable);
	ck_assert_msg(try(&server, client, &peer, &why) ==
	    records[_i].is_believed, "%s", str_c(&why));
	dns_tlsa_free(&list);
	tls_client_free(client);
	free_pair(&pair);
	str_free(&why);
}
END_TEST

START_TEST(authority_of_tlsa_needs_a_name)
{
	struct pair pair = make_pair("DNS:x.test", 1);
	struct server server = {.pair = &pair};
	struct tls_client *client = make_client("");
	struct dns_tlsa_list list = {.len = 1, .v = {{.usage = 2,
		.matching = 1}}};
	struct tls_peer peer = {.name = "x.test", .proof = TLS_PROOF_DANE,
		.tlsa = &list};
	struct str why = {0};

	put_digest(&list.v[0].data, pair.ca, 0);
	ck_assert_msg(try(&server, client, &peer, &why), "%s", str_c(&why));
	peer.name = "mx.x.test";
	ck_assert(!try(&server, client, &peer, &why));
	peer.domain = "x.test";
	ck_assert_msg(try(&server, client, &peer, &why), "%s", str_c(&why));
	dns_tlsa_free(&list);
	tls_client_free(client);
	free_pair(&pair);
	str_free(&why);
}
END_TEST

/* ---- versions, and servers that are none ---- */

START_TEST(old_tls_is_better_than_none_but_proves_nothing)
{
	static const int versions[] = {TLS1_VERSION, TLS1_1_VERSION,
		TLS1_2_VERSION, TLS1_3_VERSION};
	struct pair pair = make_pair("DNS:x.test", 1);
	struct tls_client *client = make_client(pair.cafile);
	struct tls_peer peer = {.name = "x.test"};
	struct str why = {0};

	for (size_t i = 0; i < sizeof versions / sizeof *versions; i++) {
		struct server server = {.pair = &pair,
			.version = versions[i]};

		peer.proof = TLS_PROOF_NONE;
		ck_assert_msg(try(&server, client, &peer, &why), "%s",
		    str_c(&why));
		peer.proof = TLS_PROOF_TLS;
		ck_assert_int_eq(try(&server, client, &peer, &why),
		    versions[i] >= TLS1_2_VERSION);
		peer.proof = TLS_PROOF_NAME;
		ck_assert_int_eq(try(&server, client, &peer, &why),
		    versions[i] >= TLS1_2_VERSION);
	}
	tls_client_free(client);
	free_pair(&pair);
	str_free(&why);
}
END_TEST

static void
talk_to(const char *text, bool closes, const char *wanted)
{
	static struct stream stream;
	struct tls_client *client = make_client("");
	struct tls_peer peer = {.name = "x.test"};
	struct str why = {0};
	uint64_t began = clock_mono_ms();
	int fds[2];

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
	ck_assert_int_eq(send(fds[1], text, strlen(text), 0),
	    (ssize_t)strlen(text));
	if (closes)
		shutdown(fds[1], SHUT_WR);
	stream_init(&stream, fds[0]);
	stream_deadline(&stream, 300);
	ck_assert(!tls_connect(client, &stream, &peer, &why));
	ck_assert_msg(strstr(str_c(&why), wanted) != NULL, "%s",
	    str_c(&why));
	ck_assert_uint_lt(clock_mono_ms() - began, 2000);
	ck_assert_ptr_null(stream.tls);
	close(fds[0]);
	close(fds[1]);
	stream_free(&stream);
	tls_client_free(client);
	str_free(&why);
}

START_TEST(what_is_no_tls_fails_in_time)
{
	talk_to("250 this is SMTP\r\n", false, "handshake failed: ");
	talk_to("", false, "no answer in time");
	talk_to("\x16\x03\x03", false, "no answer in time");
	talk_to("", true, "the connection was lost");
}
END_TEST

START_TEST(cafile_that_is_none_is_said)
{
	struct str why = {0};

	ck_assert_ptr_null(tls_client_make("/nowhere/ca.pem", &why));
	ck_assert(slice_starts(str_slice(&why), "cannot read certificate "
	    "authorities from /nowhere/ca.pem: "));
	str_free(&why);
}
END_TEST

int
main(void)
{
	struct unit unit = unit_make("tls_client");
	TCase *cases = unit.cases;

	signal(SIGPIPE, SIG_IGN);
	tcase_set_timeout(cases, 30);
	tcase_add_loop_test(cases, name_is_verified, 0,
	    sizeof named / sizeof *named);
	tcase_add_test(cases, fingerprint_is_the_certificates);
	tcase_add_loop_test(cases, tlsa_records_decide, 0,
	    sizeof records / sizeof *records);
	tcase_add_test(cases, authority_of_tlsa_needs_a_name);
	tcase_add_test(cases, old_tls_is_better_than_none_but_proves_nothing);
	tcase_add_test(cases, what_is_no_tls_fails_in_time);
	tcase_add_test(cases, cafile_that_is_none_is_said);
	return unit_run(unit);
}
