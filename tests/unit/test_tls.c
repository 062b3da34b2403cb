/* test_tls - handshakes over a pair of sockets, signed by a key that the
 * server does not hold. */
#include "lib/base/clock.h"
#include "lib/base/pem.h"
#include "lib/base/tls.h"
#include "tests/unit/unit.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { WHOLE = 300 * 1000 }; /* bytes of a long message */

/* ---- keys and certificates ---- */

enum key_kind { RSA_KEY, P256_KEY, P384_KEY, ED25519_KEY };

struct identity {
	EVP_PKEY *key;
	struct str hash, chain, pem;
};

static void
put_bio(struct str *to, BIO *bio)
{
	char *text;
	long len = BIO_get_mem_data(bio, &text);

	str_add(to, text, (size_t)len);
	BIO_free(bio);
}

static void
make_chain(struct identity *identity, const char *name)
{
	X509 *certificate = X509_new();
	BIO *bio = BIO_new(BIO_s_mem());
	X509_NAME *subject = X509_get_subject_name(certificate);

	X509_set_version(certificate, X509_VERSION_3);
	ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
	X509_gmtime_adj(X509_getm_notBefore(certificate), -60);
	X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
	X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC,
	    (const unsigned char *)name, -1, -1, 0);
	X509_set_issuer_name(certificate, subject);
	X509_set_pubkey(certificate, identity->key);
	ck_assert_int_gt(X509_sign(certificate, identity->key,
	    EVP_PKEY_get_base_id(identity->key) == EVP_PKEY_ED25519 ? NULL :
	    EVP_sha256()), 0);
	PEM_write_bio_X509(bio, certificate);
	put_bio(&identity->chain, bio);
	X509_free(certificate);
}

static struct identity
make_identity(enum key_kind kind, const char *name)
{
	struct identity identity = {0};
	BIO *bio = BIO_new(BIO_s_mem());

	identity.key = kind == RSA_KEY ? EVP_RSA_gen(2048) :
	    kind == P256_KEY ? EVP_EC_gen("P-256") :
	    kind == P384_KEY ? EVP_EC_gen("P-384") :
	    EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
	ck_assert_ptr_nonnull(identity.key);
	make_chain(&identity, name);
	PEM_write_bio_PrivateKey(bio, identity.key, NULL, NULL, 0, NULL, NULL);
	put_bio(&identity.pem, bio);
	ck_assert_int_eq(pem_private_key(str_slice(&identity.pem),
	    &identity.hash), kind == ED25519_KEY ? -1 : 0);
	return identity;
}

static void
free_identity(struct identity *identity)
{
	EVP_PKEY_free(identity->key);
	str_free(&identity->hash);
	str_free(&identity->chain);
	str_free(&identity->pem);
}

/* ---- the other program, which has the key ---- */

struct keeper {
	const struct identity *identity;
	unsigned asked;
	enum tls_sign_kind kind;
	size_t len;
	bool refuses;
};

static int
keep_and_sign(void *context, const char *key, enum tls_sign_kind kind,
    struct slice bytes, struct str *signature)
{
	struct keeper *keeper = context;
	EVP_PKEY_CTX *signing;
	unsigned char out[1024];
	size_t len = sizeof out;

	keeper->asked++;
	keeper->kind = kind;
	keeper->len = bytes.len;
	if (keeper->refuses || strcmp(key, str_c(&keeper->identity->hash)))
		return -1;
	signing = EVP_PKEY_CTX_new(keeper->identity->key, NULL);
	EVP_PKEY_sign_init(signing);
	if (kind == TLS_SIGN_RSA)
		EVP_PKEY_CTX_set_rsa_padding(signing, RSA_NO_PADDING);
	if (EVP_PKEY_sign(signing, out, &len, (const unsigned char *)bytes.s,
	    bytes.len) == 1)
		str_add(signature, out, len);
	EVP_PKEY_CTX_free(signing);
	return signature->len ? 0 : -1;
}

/* ---- a client, in a thread of its own ---- */

struct client {
	int fd;
	int version;           /* 0: any */
	const char *name;      /* SNI */
	SSL_SESSION *session;  /* in: to be resumed; out: a new one */
	const char *says;      /* after the handshake */
	size_t expects;        /* bytes, before it goes */
	bool leaves_rudely;
	bool drips;            /* half a record, a byte now and then */
	/* what came of it */
	bool is_secure, is_resumed;
	char common_name[100];
	size_t got;
	pthread_t thread;
};

static void
look_at_server(struct client *client, SSL *ssl)
{
	X509 *certificate = SSL_get1_peer_certificate(ssl);

	client->is_secure = true;
	client->is_resumed = SSL_session_reused(ssl) == 1;
	if (certificate)
		X509_NAME_get_text_by_NID(X509_get_subject_name(certificate),
		    NID_commonName, client->common_name,
		    sizeof client->common_name);
	X509_free(certificate);
}

static void
drip(int fd, const char *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (send(fd, bytes + i, 1, MSG_NOSIGNAL) < 0)
			return;
		usleep(20 * 1000);
	}
}

static void
converse(struct client *client, SSL *ssl)
{
	char bytes[4096];
	int n;

	if (client->drips)
		drip(client->fd, "\x17\x03\x03\x01\x00 and never its end"
		    " which would be two hundred bytes from here", 60);
	if (client->says)
		SSL_write(ssl, client->says, (int)strlen(client->says));
	while (client->got < client->expects &&
	    (n = SSL_read(ssl, bytes, sizeof bytes)) > 0)
		client->got += (size_t)n;
}

static void *
run_client(void *context)
{
	struct client *client = context;
	SSL_CTX *rules = SSL_CTX_new(TLS_client_method());
	SSL *ssl;

	if (client->version) {
		SSL_CTX_set_min_proto_version(rules, client->version);
		SSL_CTX_set_max_proto_version(rules, client->version);
	}
	ssl = SSL_new(rules);
	SSL_set_fd(ssl, client->fd);
	if (client->name) {
		char *name = mem_dup(slice_of(client->name));

		SSL_set_tlsext_host_name(ssl, name);
		free(name);
	}
	if (client->session)
		SSL_set_session(ssl, client->session);
	if (SSL_connect(ssl) == 1) {
		look_at_server(client, ssl);
		converse(client, ssl);
		SSL_SESSION_free(client->session);
		client->session = SSL_get1_session(ssl);
		if (!client->leaves_rudely)
			SSL_shutdown(ssl);
	}
	SSL_free(ssl);
	SSL_CTX_free(rules);
	close(client->fd);
	return NULL;
}

/* ---- fixture ---- */

static struct identity first;
static struct keeper keeper;
static struct tls_signer signer = {keep_and_sign, &keeper};
static struct tls_server *server;
static struct stream stream;

static void
set_up(void)
{
	signal(SIGPIPE, SIG_IGN);
	first = make_identity(P256_KEY, "first.test");
	keeper = (struct keeper){.identity = &first};
	server = tls_server_make(&signer);
	ck_assert_ptr_nonnull(server);
	stream_init(&stream, -1);
}

static void
tear_down(void)
{
	tls_close(&stream);
	stream_free(&stream);
	if (stream.fd >= 0)
		close(stream.fd);
	tls_server_free(server);
	free_identity(&first);
}

static void
serve(const struct identity *identity, const char *name)
{
	ck_assert_int_eq(tls_server_add(server, slice_of(name),
	    str_slice(&identity->chain)), 0);
}

static void
open_pair(int *other_end)
{
	int ends[2];

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
	tls_close(&stream);
	stream_free(&stream);
	if (stream.fd >= 0)
		close(stream.fd);
	stream_init(&stream, ends[0]);
	stream_deadline(&stream, 5000);
	*other_end = ends[1];
}

static enum stream_result
meet(struct client *client)
{
	open_pair(&client->fd);
	client->is_secure = client->is_resumed = false;
	client->got = 0;
	ck_assert_int_eq(pthread_create(&client->thread, NULL, run_client,
	    client), 0);
	return tls_accept(server, &stream);
}

static void
part(struct client *client)
{
	tls_close(&stream);
	shutdown(stream.fd, SHUT_WR);
	pthread_join(client->thread, NULL);
}

/* ---- claims ---- */

static const struct {
	enum key_kind kind;
	int version;
	enum tls_sign_kind asked;
	size_t len;
} signatures[] = {
	{RSA_KEY, TLS1_2_VERSION, TLS_SIGN_RSA, 256},
	{RSA_KEY, TLS1_3_VERSION, TLS_SIGN_RSA, 256},
	{P256_KEY, TLS1_2_VERSION, TLS_SIGN_ECDSA, 32},
	{P256_KEY, TLS1_3_VERSION, TLS_SIGN_ECDSA, 32},
	{P384_KEY, TLS1_2_VERSION, TLS_SIGN_ECDSA, 32},
	{P384_KEY, TLS1_3_VERSION, TLS_SIGN_ECDSA, 48},
};

START_TEST(handshakes_are_signed_elsewhere)
{
	struct identity identity = make_identity(signatures[_i].kind, "a.test");
	struct client client = {.version = signatures[_i].version};
	struct str words = {0};

	keeper.identity = &identity;
	serve(&identity, "-");
	ck_assert_int_eq(meet(&client), STREAM_OK);
	ck_assert_uint_eq(keeper.asked, 1);
	ck_assert_int_eq(keeper.kind, signatures[_i].asked);
	/* TLS 1.2 leaves the digest to the client's taste */
	if (keeper.len != signatures[_i].len)
		ck_assert_int_eq(signatures[_i].kind, P384_KEY);
	tls_describe(&stream, &words);
	ck_assert(slice_starts(str_slice(&words),
	    signatures[_i].version == TLS1_2_VERSION ? "TLSv1.2 ECDHE-" :
	    "TLSv1.3 TLS_"));
	part(&client);
	ck_assert(client.is_secure);
	ck_assert_str_eq(client.common_name, "a.test");
	str_free(&words);
	SSL_SESSION_free(client.session);
	free_identity(&identity);
}
END_TEST

START_TEST(an_unsigned_handshake_fails)
{
	struct client client = {0};
	struct str why = {0};

	serve(&first, "-");
	keeper.refuses = true;
	ck_assert_int_eq(meet(&client), STREAM_ERROR);
	tls_error(&why);
	ck_assert_uint_gt(why.len, 0);
	ck_assert_ptr_null(stream.tls);
	part(&client);
	ck_assert(!client.is_secure);
	str_free(&why);
}
END_TEST

START_TEST(another_key_s_signature_fails)
{
	struct identity other = make_identity(P256_KEY, "other.test");
	struct client client = {0};

	serve(&first, "-");
	str_set_slice(&other.hash, str_slice(&first.hash));
	keeper.identity = &other;
	ck_assert_int_eq(meet(&client) == STREAM_OK, false);
	part(&client);
	ck_assert(!client.is_secure);
	free_identity(&other);
}
END_TEST

START_TEST(without_certificates_there_is_no_handshake)
{
	struct client client = {0};

	ck_assert_int_eq(meet(&client), STREAM_ERROR);
	part(&client);
	ck_assert(!client.is_secure);
}
END_TEST

START_TEST(lines_pass_both_ways)
{
	struct client client = {.says = "EHLO x\r\nQUIT\r\n", .expects = WHOLE};
	struct str line = {0};

	serve(&first, "-");
	ck_assert_int_eq(meet(&client), STREAM_OK);
	ck_assert_int_eq(stream_line(&stream, &line, 100), STREAM_OK);
	ck_assert_str_eq(str_c(&line), "EHLO x\r\n");
	ck_assert_int_eq(stream_line(&stream, &line, 100), STREAM_OK);
	ck_assert_str_eq(str_c(&line), "QUIT\r\n");
	for (int i = 0; i < WHOLE; i++)
		str_putc(&stream.out, 'x');
	ck_assert_int_eq(stream_flush(&stream), STREAM_OK);
	/* its goodbye */
	ck_assert_int_eq(stream_line(&stream, &line, 100), STREAM_END);
	part(&client);
	ck_assert_uint_eq(client.got, WHOLE);
	SSL_SESSION_free(client.session);
	str_free(&line);
}
END_TEST

START_TEST(a_rude_end_is_an_end)
{
	struct client client = {.leaves_rudely = true};
	struct str line = {0};

	serve(&first, "-");
	ck_assert_int_eq(meet(&client), STREAM_OK);
	ck_assert_int_eq(stream_line(&stream, &line, 100), STREAM_END);
	part(&client);
	SSL_SESSION_free(client.session);
}
END_TEST

START_TEST(silence_times_out)
{
	int other_end;

	serve(&first, "-");
	open_pair(&other_end);
	stream_deadline(&stream, 200);
	ck_assert_int_eq(tls_accept(server, &stream), STREAM_TIMEOUT);
	ck_assert_ptr_null(stream.tls);
	/* and so does half a hello */
	ck_assert_int_eq(write(other_end, "\x16\x03\x01\x02\x00\x01", 6), 6);
	stream_deadline(&stream, 200);
	ck_assert_int_eq(tls_accept(server, &stream), STREAM_TIMEOUT);
	close(other_end);
	stream_deadline(&stream, 2000);
	ck_assert_int_eq(tls_accept(server, &stream), STREAM_END);
}
END_TEST

START_TEST(a_secured_stream_times_out_too)
{
	struct client client = {.expects = 1};
	struct str line = {0};

	serve(&first, "-");
	ck_assert_int_eq(meet(&client), STREAM_OK);
	stream_deadline(&stream, 200);
	ck_assert_int_eq(stream_line(&stream, &line, 100), STREAM_TIMEOUT);
	stream_deadline(&stream, 2000);
	part(&client);
	SSL_SESSION_free(client.session);
}
END_TEST

static void *
drip_hello(void *context)
{
	drip(*(int *)context, "\x16\x03\x01\x01\x00\x01\x00\x00\xfc\x03\x03"
	    "0123456789012345678901234567890123456789012345678901234", 60);
	return NULL;
}

START_TEST(a_dripped_hello_times_out)
{
	uint64_t begun_ms = clock_mono_ms();
	pthread_t thread;
	int other_end;

	serve(&first, "-");
	open_pair(&other_end);
	ck_assert_int_eq(pthread_create(&thread, NULL, drip_hello,
	    &other_end), 0);
	stream_deadline(&stream, 300);
	ck_assert_int_eq(tls_accept(server, &stream), STREAM_TIMEOUT);
	ck_assert_uint_lt(clock_mono_ms() - begun_ms, 1000);
	shutdown(stream.fd, SHUT_RDWR);
	pthread_join(thread, NULL);
	close(other_end);
}
END_TEST

START_TEST(a_dripped_record_times_out)
{
	struct client client = {.drips = true, .leaves_rudely = true};
	struct str line = {0};
	uint64_t begun_ms;

	serve(&first, "-");
	ck_assert_int_eq(meet(&client), STREAM_OK);
	begun_ms = clock_mono_ms();
	stream_deadline(&stream, 300);
	ck_assert_int_eq(stream_line(&stream, &line, 100), STREAM_TIMEOUT);
	ck_assert_uint_lt(clock_mono_ms() - begun_ms, 1000);
	shutdown(stream.fd, SHUT_RDWR);
	part(&client);
	SSL_SESSION_free(client.session);
}
END_TEST

START_TEST(rubbish_is_an_error_with_words)
{
	struct str why = {0};
	int other_end;

	serve(&first, "-");
	open_pair(&other_end);
	ck_assert_int_eq(write(other_end, "MAIL FROM:<>\r\n", 14), 14);
	ck_assert_int_eq(tls_accept(server, &stream), STREAM_ERROR);
	tls_error(&why);
	ck_assert_str_eq(str_c(&why), "wrong version number");
	close(other_end);
	str_free(&why);
}
END_TEST

START_TEST(the_name_chooses_the_certificate)
{
	static const char *const asked[][2] = {
		{NULL, "first.test"}, {"first.test", "first.test"},
		{"unknown.test", "first.test"}, {"second.test", "second"},
		{"SECOND.test", "second"}, {"a.wild.test", "second"},
		{"a.b.wild.test", "first.test"}, {"wild.test", "first.test"},
	};
	struct identity second = make_identity(P256_KEY, "second");

	serve(&first, "-");
	serve(&second, "second.test");
	serve(&second, "*.wild.test");
	for (size_t i = 0; i < sizeof asked / sizeof *asked; i++) {
		struct client client = {.name = asked[i][0]};

		keeper.identity = strcmp(asked[i][1], "second") ? &first :
		    &second;
		ck_assert_int_eq(meet(&client), STREAM_OK);
		part(&client);
		ck_assert_str_eq(client.common_name, asked[i][1]);
		SSL_SESSION_free(client.session);
	}
	free_identity(&second);
}
END_TEST

/* The tickets of TLS 1.3 come after the handshake: one byte fetches them. */
static void
greet(void)
{
	str_putc(&stream.out, '2');
	ck_assert_int_eq(stream_flush(&stream), STREAM_OK);
}

START_TEST(sessions_resume_until_the_keys_are_new)
{
	struct client client = {.expects = 1,
		.version = _i ? TLS1_3_VERSION : TLS1_2_VERSION};
	static const bool is_expected[] = {false, true, true, false, true};

	serve(&first, "-");
	for (int i = 0; i < 5; i++) {
		if (i == 3)
			ck_assert_int_eq(tls_server_renew(server), 0);
		ck_assert_int_eq(meet(&client), STREAM_OK);
		greet();
		part(&client);
		ck_assert_int_eq(client.is_resumed, is_expected[i]);
	}
	SSL_SESSION_free(client.session);
}
END_TEST

START_TEST(a_resumed_session_needs_no_signature)
{
	struct client client = {.expects = 1};

	serve(&first, "-");
	ck_assert_int_eq(meet(&client), STREAM_OK);
	greet();
	part(&client);
	keeper.refuses = true;
	ck_assert_int_eq(meet(&client), STREAM_OK);
	greet();
	part(&client);
	ck_assert(client.is_resumed);
	SSL_SESSION_free(client.session);
}
END_TEST

START_TEST(what_cannot_be_served_is_not_added)
{
	struct identity other = make_identity(ED25519_KEY, "ed.test");
	struct str cut = {0}, why = {0};

	ck_assert_int_eq(tls_server_add(server, slice_of("-"), slice_of("")),
	    -1);
	ck_assert_int_eq(tls_server_add(server, slice_of("-"),
	    slice_of("rubbish")), -1);
	ck_assert_int_eq(tls_server_add(server, slice_of("-"),
	    str_slice(&first.pem)), -1);
	str_add(&cut, first.chain.s, first.chain.len / 2);
	ck_assert_int_eq(tls_server_add(server, slice_of("-"),
	    str_slice(&cut)), -1);
	ck_assert_int_eq(tls_server_add(server, slice_of("-"),
	    str_slice(&other.chain)), -1);
	tls_error(&why);
	ck_assert_str_eq(str_c(&why), "unsupported key type");
	str_free(&why);
	str_free(&cut);
	free_identity(&other);
}
END_TEST

START_TEST(certificate_and_key_have_one_name)
{
	struct identity other = make_identity(RSA_KEY, "x.test");
	struct str of_chain = {0};

	ck_assert_int_eq(pem_chain_key(str_slice(&other.chain), &of_chain), 0);
	ck_assert_str_eq(str_c(&of_chain), str_c(&other.hash));
	ck_assert_uint_eq(of_chain.len, 64);
	ck_assert_str_ne(str_c(&of_chain), str_c(&first.hash));
	ck_assert_int_eq(pem_chain_key(str_slice(&other.pem), &of_chain), -1);
	ck_assert_int_eq(pem_private_key(str_slice(&other.chain), &of_chain),
	    -1);
	str_free(&of_chain);
	free_identity(&other);
}
END_TEST

START_TEST(servers_come_and_go)
{
	for (int i = 0; i < 50; i++) {
		tls_server_free(server);
		server = tls_server_make(&signer);
		serve(&first, "-");
		serve(&first, "a.test");
	}
}
END_TEST

int
main(void)
{
	struct unit unit = unit_make("tls");

	tcase_add_checked_fixture(unit.cases, set_up, tear_down);
	tcase_set_timeout(unit.cases, 60);
	tcase_add_loop_test(unit.cases, handshakes_are_signed_elsewhere, 0,
	    sizeof signatures / sizeof *signatures);
	tcase_add_test(unit.cases, an_unsigned_handshake_fails);
	tcase_add_test(unit.cases, another_key_s_signature_fails);
	tcase_add_test(unit.cases,
	    without_certificates_there_is_no_handshake);
	tcase_add_test(unit.cases, lines_pass_both_ways);
	tcase_add_test(unit.cases, a_rude_end_is_an_end);
	tcase_add_test(unit.cases, silence_times_out);
	tcase_add_test(unit.cases, a_secured_stream_times_out_too);
	tcase_add_test(unit.cases, a_dripped_hello_times_out);
	tcase_add_test(unit.cases, a_dripped_record_times_out);
	tcase_add_test(unit.cases, rubbish_is_an_error_with_words);
	tcase_add_test(unit.cases, the_name_chooses_the_certificate);
	tcase_add_loop_test(unit.cases,
	    sessions_resume_until_the_keys_are_new, 0, 2);
	tcase_add_test(unit.cases, a_resumed_session_needs_no_signature);
	tcase_add_test(unit.cases, what_cannot_be_served_is_not_added);
	tcase_add_test(unit.cases, certificate_and_key_have_one_name);
	tcase_add_test(unit.cases, servers_come_and_go);
	return unit_run(unit);
}
