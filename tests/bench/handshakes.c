/*
 * handshakes - what it costs that the private key is elsewhere.
 *
 *   handshakes KEY.pem CERT.pem COUNT here|tls-key
 *
 * Full handshakes of TLS 1.3 over pairs of sockets, one after the other, the
 * client a thread beside.  "tls-key" has them signed at run/key/s below the
 * working directory, "here" in the server itself.  Prints handshakes per
 * second, and the server's CPU for one in milliseconds.
 */
#include "lib/base/clock.h"
#include "lib/base/io.h"
#include "lib/base/tls.h"
#include "lib/mail/sign_ask.h"

#include <fcntl.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/ssl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

struct client {
	SSL_CTX *rules;
	int fd;
};

static int
sign_here(void *key, const char *name, enum tls_sign_kind kind,
    struct slice bytes, struct str *signature)
{
	EVP_PKEY_CTX *signing = EVP_PKEY_CTX_new(key, NULL);
	unsigned char out[1024];
	size_t len = sizeof out;

	(void)name;
	EVP_PKEY_sign_init(signing);
	if (kind == TLS_SIGN_RSA)
		EVP_PKEY_CTX_set_rsa_padding(signing, RSA_NO_PADDING);
	if (EVP_PKEY_sign(signing, out, &len, (const unsigned char *)bytes.s,
	    bytes.len) == 1)
		str_add(signature, out, len);
	EVP_PKEY_CTX_free(signing);
	return signature->len ? 0 : -1;
}

static EVP_PKEY *
read_key(const char *path)
{
	FILE *file = fopen(path, "r");
	EVP_PKEY *key = file ? PEM_read_PrivateKey(file, NULL, NULL, NULL)
	                     : NULL;

	if (file)
		fclose(file);
	return key;
}

static void *
be_client(void *context)
{
	struct client *client = context;
	SSL *ssl = SSL_new(client->rules);
	char byte;

	SSL_set_fd(ssl, client->fd);
	if (SSL_connect(ssl) == 1)
		(void)SSL_read(ssl, &byte, 1);
	SSL_free(ssl);
	close(client->fd);
	return NULL;
}

static int
shake(struct tls_server *server, struct client *client)
{
	struct stream stream;
	pthread_t thread;
	int ends[2], result;

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) < 0)
		return -1;
	client->fd = ends[1];
	pthread_create(&thread, NULL, be_client, client);
	stream_init(&stream, ends[0]);
	stream_deadline(&stream, 10000);
	result = tls_accept(server, &stream) == STREAM_OK ? 0 : -1;
	tls_close(&stream);
	close(ends[0]);
	pthread_join(thread, NULL);
	stream_free(&stream);
	return result;
}

/* This thread's, which is the server. */
static double
cpu_ms(void)
{
	struct rusage used;

	getrusage(RUSAGE_THREAD, &used);
	return (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) * 1000 +
	    (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1000;
}

int
main(int argc, char *argv[])
{
	struct tls_signer signer = {.sign = sign_ask};
	struct client client = {.rules = SSL_CTX_new(TLS_client_method())};
	struct tls_server *server;
	struct str chain = {0};
	int count = argc == 5 ? atoi(argv[3]) : 0;
	uint64_t began_ms;
	double used_ms;

	signal(SIGPIPE, SIG_IGN);
	if (count && !strcmp(argv[4], "here"))
		signer = (struct tls_signer){sign_here, read_key(argv[1])};
	server = tls_server_make(&signer);
	if (!count || read_file(AT_FDCWD, argv[2], &chain, 100000) < 0 ||
	    tls_server_add(server, slice_of("-"), str_slice(&chain)) < 0)
		return 100;
	began_ms = clock_mono_ms();
	used_ms = cpu_ms();
	for (int i = 0; i < count; i++)
		if (shake(server, &client) < 0)
			return 111;
	used_ms = cpu_ms() - used_ms;
	printf("%.0f %.3f\n", count * 1000.0 /
	    (double)(clock_mono_ms() - began_ms), used_ms / count);
	return 0;
}
