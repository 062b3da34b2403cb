/* question - one question, one answer; see question.h. */
#include "lib/base/question.h"

#include "lib/base/local_socket.h"
#include "lib/base/log.h"
#include "lib/base/pool.h"

#include <errno.h>
#include <openssl/crypto.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

enum { ASKER_PATIENCE_S = 2, ANSWER_MAX = 16 * 1024 };

struct server {
	int listen_fd;
	gid_t asker;
	void (*answer)(void *context, gid_t asker, struct slice question,
	    struct str *to);
	void *context;
};

static void
set_patience(int fd, unsigned seconds)
{
	struct timeval patience = {.tv_sec = (time_t)seconds};

	(void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience,
	    sizeof patience);
	(void)setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience,
	    sizeof patience);
}

/* A member of the group for other reasons (queue-manager reads its files) is
 * not the program that may ask. */
static bool
may_ask(const struct server *server, int fd, gid_t *gid)
{
	uid_t uid;

	return peer_ids(fd, &uid, gid) == 0 &&
	    (server->asker == (gid_t)-1 || uid == 0 || *gid == server->asker);
}

static void
answer_one(const struct server *server, int fd)
{
	static char packet[PACKET_MAX];
	struct str answer = {0};
	gid_t asker;
	ssize_t n;

	if (!may_ask(server, fd, &asker)) {
		log_event("alarm", "why", "a stranger asked", NULL);
		return;
	}
	set_patience(fd, ASKER_PATIENCE_S);
	n = packet_receive(fd, packet, sizeof packet, 0, NULL);
	if (n <= 0)
		return;
	server->answer(server->context, asker, slice_make(packet, (size_t)n),
	    &answer);
	OPENSSL_cleanse(packet, (size_t)n);
	if (answer.len)
		(void)packet_send(fd, str_slice(&answer), -1);
	str_free(&answer);
}

/* SIGTERM ends a worker where it is: its asker hears nothing, and can. */
static void
work(void *context)
{
	const struct server *server = context;
	struct pollfd at = {server->listen_fd, POLLIN, 0};

	for (;;) {
		int fd;

		if (poll(&at, 1, -1) < 0)
			continue;
		fd = accept4(server->listen_fd, NULL, NULL, SOCK_CLOEXEC);
		if (fd < 0)
			continue; /* another worker was quicker */
		answer_one(server, fd);
		close(fd);
	}
}

int
question_serve(int listen_fd, unsigned workers, gid_t asker,
    void (*answer)(void *context, gid_t asker, struct slice question,
	struct str *to), void *context)
{
	struct server server = {listen_fd, asker, answer, context};

	return pool_serve(workers, work, &server);
}

int
question_ask(const char *path, struct slice question, unsigned seconds,
    struct str *to)
{
	int fd = local_connect_within(path, seconds), error = 0;
	ssize_t n = -1;

	if (fd < 0)
		return -1;
	set_patience(fd, seconds);
	str_reserve(to, ANSWER_MAX);
	if (packet_send(fd, question, -1) == 0)
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
