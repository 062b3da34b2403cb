/* question - one question, one answer; see question.h. */
#include "lib/base/question.h"

#include "lib/base/io.h"
#include "lib/base/local_socket.h"
#include "lib/base/log.h"
#include "lib/base/pool.h"

#include <errno.h>
#include <openssl/crypto.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { ASKER_PATIENCE_S = 2, ANSWER_MAX = 16 * 1024 };

struct server {
	int listen_fd;
	bool is_single;
	gid_t asker;
	void (*answer)(void *context, gid_t asker, struct slice question,
	    struct str *to);
	void *context;
};

/* A member of the group for other reasons (queue-manager reads its files) is
 * not the program that may ask. */
static bool
may_ask(const struct server *server, int fd, gid_t *gid)
{
	uid_t uid;

	return peer_ids(fd, &uid, gid) == 0 &&
	    (server->asker == (gid_t)-1 || uid == 0 || *gid == server->asker);
}

/* fd: where the answer goes. */
static void
answer_one(const struct server *server, int fd, struct slice question)
{
	struct str answer = {0};
	gid_t asker;

	if (!may_ask(server, fd, &asker)) {
		log_event("alarm", "why", "a stranger asked", NULL);
		return;
	}
	server->answer(server->context, asker, question, &answer);
	if (answer.len)
		(void)packet_send(fd, str_slice(&answer), -1);
	str_free(&answer);
}

int
question_take(int listen_fd, char *packet, struct slice *question)
{
	int fd = accept4(listen_fd, NULL, NULL, SOCK_CLOEXEC);
	ssize_t n;

	if (fd < 0)
		return -1;
	local_patience(fd, ASKER_PATIENCE_S);
	n = packet_receive(fd, packet, PACKET_MAX, 0, NULL);
	*question = slice_make(packet, n > 0 ? (size_t)n : 0);
	return fd;
}

/* As question_take, of single packets. */
static int
take_single(int listen_fd, char *packet, struct slice *question)
{
	int fd;
	ssize_t n = packet_receive(listen_fd, packet, PACKET_MAX,
	    MSG_DONTWAIT, &fd);

	if (fd >= 0)
		local_patience(fd, ASKER_PATIENCE_S);
	*question = slice_make(packet, n > 0 ? (size_t)n : 0);
	return fd;
}

/* SIGTERM ends a worker where it is: its asker hears nothing, and can. */
static void
work(void *context)
{
	static char packet[PACKET_MAX];
	const struct server *server = context;
	struct pollfd at = {server->listen_fd, POLLIN, 0};

	for (;;) {
		struct slice question;
		int fd;

		if (poll(&at, 1, -1) < 0)
			continue;
		/* -1: another worker was quicker */
		fd = server->is_single
		    ? take_single(server->listen_fd, packet, &question)
		    : question_take(server->listen_fd, packet, &question);
		if (fd < 0)
			continue;
		if (question.len) {
			answer_one(server, fd, question);
			OPENSSL_cleanse(packet, question.len);
		}
		close(fd);
	}
}

static bool
is_single(int fd)
{
	int type = 0;
	socklen_t size = sizeof type;

	return getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &size) == 0 &&
	    type == SOCK_DGRAM;
}

int
question_serve(int listen_fd, unsigned workers, gid_t asker,
    void (*answer)(void *context, gid_t asker, struct slice question,
	struct str *to), void *context)
{
	struct server server = {listen_fd, is_single(listen_fd), asker,
		answer, context};

	return pool_serve(workers, work, &server);
}

/* Waits for the answer, and closes fd. */
static int
hear(int fd, struct str *to)
{
	ssize_t n;
	int error;

	str_reserve(to, ANSWER_MAX);
	n = packet_receive(fd, to->s + to->len, ANSWER_MAX, 0, NULL);
	error = n == 0 ? ECONNRESET : errno;
	close(fd);
	if (n <= 0) {
		errno = error;
		return -1;
	}
	to->len += (size_t)n;
	to->s[to->len] = '\0';
	return 0;
}

int
question_ask(const char *path, struct slice question, unsigned seconds,
    struct str *to)
{
	int fd = local_connect_within(path, seconds);

	if (fd < 0)
		return -1;
	local_patience(fd, seconds);
	if (packet_send(fd, question, -1) == 0)
		return hear(fd, to);
	close_quietly(fd);
	return -1;
}

static int
send_with(const char *path, struct slice question, unsigned seconds, int pass)
{
	int fd = local_connect_single(path, seconds);
	int result;

	if (fd < 0)
		return -1;
	local_patience(fd, seconds);
	result = packet_send(fd, question, pass);
	close_quietly(fd);
	return result;
}

int
question_send(const char *path, struct slice question, unsigned seconds,
    struct str *to)
{
	int ends[2], result;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0)
		return -1;
	local_patience(ends[0], seconds);
	result = send_with(path, question, seconds, ends[1]);
	close_quietly(ends[1]);
	if (result == 0)
		return hear(ends[0], to);
	close_quietly(ends[0]);
	return -1;
}
