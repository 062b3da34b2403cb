/*
 * auth-check - who may log in.
 *
 * Started by s6 as phauth.  Listens on run/auth/s for smtp-receive; the only
 * program that sees password hashes, and it reaches neither the network nor
 * the queue.  A right password is answered with a passport that queue-manager
 * believes; see lib/mail/passport.h.
 */
#include "cmd/auth-check/judge.h"
#include "lib/base/confine.h"
#include "lib/base/die.h"
#include "lib/base/home.h"
#include "lib/base/local_socket.h"
#include "lib/base/log.h"
#include "lib/base/pool.h"

#include <errno.h>
#include <openssl/crypto.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

enum { WORKERS = 4, PATIENCE_S = 2 };

struct auth_check {
	struct judge judge;
	int listen_fd;
};

static void
answer_packet(struct judge *judge, int fd, struct slice packet)
{
	struct auth_request request = {0};
	struct auth_answer answer = {0};
	struct str bytes = {0};

	if (record_decode(&packet, auth_request_fields, &request) == 0) {
		judge_login(judge, &request, &answer);
		record_encode(&bytes, auth_answer_fields, &answer);
		(void)packet_send(fd, str_slice(&bytes), -1);
		OPENSSL_cleanse(request.password.s, request.password.cap);
	}
	record_free(auth_request_fields, &request);
	record_free(auth_answer_fields, &answer);
	str_free(&bytes);
}

/* One question, one answer. */
static void
converse(struct judge *judge, int fd)
{
	static char packet[PACKET_MAX];
	struct timeval patience = {.tv_sec = PATIENCE_S};
	ssize_t n;

	(void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience,
	    sizeof patience);
	(void)setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience,
	    sizeof patience);
	n = packet_receive(fd, packet, sizeof packet, 0, NULL);
	if (n <= 0)
		return;
	answer_packet(judge, fd, slice_make(packet, (size_t)n));
	OPENSSL_cleanse(packet, (size_t)n);
}

/* SIGTERM ends a worker where it is: who waits for its answer says 454. */
static void
serve(void *context)
{
	struct auth_check *check = context;
	struct pollfd at = {check->listen_fd, POLLIN, 0};

	for (;;) {
		int fd;

		if (poll(&at, 1, -1) < 0)
			continue;
		fd = accept4(check->listen_fd, NULL, NULL, SOCK_CLOEXEC);
		if (fd < 0)
			continue; /* another worker was quicker */
		converse(&check->judge, fd);
		close(fd);
	}
}

static const struct confine_path paths[] = {
	{"control/cdb/passwd", DIR_READ},
	{"state/passport", DIR_READ | DIR_ADD | DIR_CHANGE},
	{0}
};

static const struct confine needs = {
	.promises = MAY_OPEN | MAY_CREATE | MAY_RENAME | MAY_FORK |
	    MAY_ACCEPT | MAY_PASS,
	.paths = paths,
};

int
main(int argc, char *argv[])
{
	static struct auth_check check;

	(void)argv;
	die_name = "auth-check";
	if (argc != 1)
		die_usage("auth-check");
	log_open();
	home_enter();
	judge_open(&check.judge);
	check.listen_fd = local_listen("run/auth/s");
	if (check.listen_fd < 0)
		die_temp("cannot listen on run/auth/s");
	confine(&needs);
	ready();
	return pool_serve(WORKERS, serve, &check);
}
