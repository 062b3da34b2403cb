/*
 * starttls - letters over STARTTLS, each on a connection of its own.
 *
 *   starttls PORT SESSIONS LETTERS BYTES RCPT [resume]
 *
 * SESSIONS processes share the letters between them.  Each letter is a
 * connection to 127.0.0.1, a full handshake (resume: only the first one is)
 * and a conversation of single commands.  Exits non-zero when a reply is not
 * what it should be.
 */
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

struct load {
	uint16_t port;
	const char *rcpt;
	char *text; /* with the final dot */
	int is_resuming;
	SSL_CTX *rules;
	SSL_SESSION *session;
};

static _Noreturn void
fail(const char *at, const char *reply)
{
	fprintf(stderr, "starttls: at %s: %s\n", at, reply);
	exit(111);
}

/* The last line of a reply begins with "CODE ". */
static int
is_whole(const char *reply, size_t len)
{
	const char *line = reply;

	if (!len || reply[len - 1] != '\n')
		return 0;
	for (const char *next; (next = strchr(line, '\n')) && next[1];)
		line = next + 1;
	return strlen(line) > 3 && line[3] == ' ';
}

static void
expect(int fd, SSL *ssl, const char *says, const char *code)
{
	char reply[4096] = "";
	size_t len = 0;

	if (says && (ssl ? SSL_write(ssl, says, (int)strlen(says))
	                 : (int)write(fd, says, strlen(says))) <= 0)
		fail(says, "connection lost");
	while (!is_whole(reply, len)) {
		int room = (int)(sizeof reply - 1 - len);
		int n = ssl ? SSL_read(ssl, reply + len, room)
		            : (int)read(fd, reply + len, (size_t)room);

		if (n <= 0)
			fail(says ? says : "greeting", "connection lost");
		len += (size_t)n;
		reply[len] = '\0';
	}
	if (strncmp(reply, code, 3) != 0)
		fail(says ? says : "greeting", reply);
}

static int
connect_to(uint16_t port)
{
	struct sockaddr_in at = {.sin_family = AF_INET,
		.sin_port = htons(port), .sin_addr.s_addr = htonl(0x7f000001)};
	int fd = socket(AF_INET, SOCK_STREAM, 0), on = 1;

	if (fd < 0 || connect(fd, (struct sockaddr *)&at, sizeof at) < 0)
		fail("connect", "refused");
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
	return fd;
}

static void
send_one(struct load *load)
{
	int fd = connect_to(load->port);
	SSL *ssl = SSL_new(load->rules);
	char rcpt[400];

	expect(fd, NULL, NULL, "220");
	expect(fd, NULL, "EHLO load.outside.test\r\n", "250");
	expect(fd, NULL, "STARTTLS\r\n", "220");
	SSL_set_fd(ssl, fd);
	if (load->is_resuming && load->session)
		SSL_set_session(ssl, load->session);
	if (SSL_connect(ssl) != 1)
		fail("handshake", "failed");
	expect(fd, ssl, "EHLO load.outside.test\r\n", "250");
	expect(fd, ssl, "MAIL FROM:<load@outside.test>\r\n", "250");
	snprintf(rcpt, sizeof rcpt, "RCPT TO:<%s>\r\n", load->rcpt);
	expect(fd, ssl, rcpt, "250");
	expect(fd, ssl, "DATA\r\n", "354");
	expect(fd, ssl, load->text, "250");
	expect(fd, ssl, "QUIT\r\n", "221");
	SSL_SESSION_free(load->session);
	load->session = SSL_get1_session(ssl);
	SSL_shutdown(ssl);
	SSL_free(ssl);
	close(fd);
}

static char *
make_text(size_t bytes)
{
	static const char head[] = "Subject: load\r\n\r\n", end[] = ".\r\n";
	char *text = malloc(sizeof head + bytes + 80 + sizeof end), *to = text;

	to += sprintf(to, "%s", head);
	for (size_t made = 0; made < bytes; made += 66)
		to += sprintf(to, "%064zu\r\n", made);
	sprintf(to, "%s", end);
	return text;
}

int
main(int argc, char *argv[])
{
	struct load load = {0};
	int sessions, letters, status, failed = 0;

	if (argc < 6)
		fail("arguments", "PORT SESSIONS LETTERS BYTES RCPT [resume]");
	load.port = (uint16_t)atoi(argv[1]);
	sessions = atoi(argv[2]);
	letters = atoi(argv[3]);
	load.text = make_text((size_t)atoi(argv[4]));
	load.rcpt = argv[5];
	load.is_resuming = argc > 6;
	load.rules = SSL_CTX_new(TLS_client_method());
	for (int i = 0; i < sessions; i++)
		if (fork() == 0) {
			for (int at = i; at < letters; at += sessions)
				send_one(&load);
			_exit(0);
		}
	while (wait(&status) > 0)
		failed |= status;
	return failed ? 111 : 0;
}
