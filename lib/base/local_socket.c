/* local_socket - Unix packet sockets; see local_socket.h. */
#include "lib/base/local_socket.h"

#include "lib/base/die.h"
#include "lib/base/io.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

static int
address_of(const char *path, struct sockaddr_un *address)
{
	*address = (struct sockaddr_un){.sun_family = AF_UNIX};
	if (strlen(path) >= sizeof address->sun_path) {
		errno = ENAMETOOLONG;
		return -1;
	}
	memcpy(address->sun_path, path, strlen(path));
	return 0;
}

static int
bind_at(int fd, const char *path, int type)
{
	struct sockaddr_un address;
	mode_t mask;
	int result;

	if (address_of(path, &address) < 0)
		return -1;
	if (unlink(path) < 0 && errno != ENOENT)
		return -1;
	mask = umask(0111);
	result = bind(fd, (struct sockaddr *)&address, sizeof address);
	umask(mask);
	return result < 0 || type == SOCK_DGRAM ? result : listen(fd, 128);
}

static int
listen_at(const char *path, int type)
{
	int fd = socket(AF_UNIX, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return -1;
	if (bind_at(fd, path, type) == 0)
		return fd;
	close_quietly(fd);
	return -1;
}

int
local_listen(const char *path)
{
	return listen_at(path, SOCK_SEQPACKET);
}

int
local_listen_stream(const char *path)
{
	return listen_at(path, SOCK_STREAM);
}

int
local_listen_single(const char *path)
{
	return listen_at(path, SOCK_DGRAM);
}

static int
connect_at(const char *path, int type, unsigned seconds)
{
	struct timeval patience = {.tv_sec = (time_t)seconds};
	struct sockaddr_un address;
	int fd;

	if (address_of(path, &address) < 0)
		return -1;
	fd = socket(AF_UNIX, type | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -1;
	/* its true length: confined programs may connect to short ones */
	if (setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience,
		sizeof patience) == 0 &&
	    connect(fd, (struct sockaddr *)&address,
		(socklen_t)(offsetof(struct sockaddr_un, sun_path) +
		    strlen(path))) == 0)
		return fd;
	close_quietly(fd);
	return -1;
}

int
local_connect(const char *path)
{
	return connect_at(path, SOCK_SEQPACKET, 0);
}

int
local_connect_within(const char *path, unsigned seconds)
{
	return connect_at(path, SOCK_SEQPACKET, seconds);
}

int
local_connect_stream(const char *path, unsigned seconds)
{
	return connect_at(path, SOCK_STREAM, seconds);
}

int
local_connect_single(const char *path, unsigned seconds)
{
	return connect_at(path, SOCK_DGRAM, seconds);
}

void
local_patience(int fd, unsigned seconds)
{
	struct timeval patience = {.tv_sec = (time_t)seconds};

	(void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience,
	    sizeof patience);
	(void)setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience,
	    sizeof patience);
}

int
local_connect_or_die(const char *path, unsigned seconds, const char *nobody)
{
	int fd = local_connect(path);

	if (fd < 0 && errno == EACCES)
		die_perm("only root may do this: run it as root");
	if (fd < 0)
		die_temp("%s", nobody);
	local_patience(fd, seconds);
	return fd;
}

union control {
	struct cmsghdr header;
	char space[CMSG_SPACE(sizeof(int))];
};

int
packet_send(int fd, struct slice packet, int pass_fd)
{
	struct iovec iov = {(void *)(uintptr_t)packet.s, packet.len};
	struct msghdr msg = {.msg_iov = &iov, .msg_iovlen = 1};
	union control control = {0};
	ssize_t n;

	if (pass_fd >= 0) {
		struct cmsghdr *c;

		msg.msg_control = &control;
		msg.msg_controllen = sizeof control.space;
		c = CMSG_FIRSTHDR(&msg);
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(c), &pass_fd, sizeof(int));
	}
	do
		n = sendmsg(fd, &msg, MSG_NOSIGNAL);
	while (n < 0 && errno == EINTR);
	return n < 0 ? -1 : 0;
}

static int
take_fd(struct msghdr *msg)
{
	struct cmsghdr *c = CMSG_FIRSTHDR(msg);
	int fd = -1;

	if (c && c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_RIGHTS &&
	    c->cmsg_len == CMSG_LEN(sizeof(int)))
		memcpy(&fd, CMSG_DATA(c), sizeof(int));
	return fd;
}

ssize_t
packet_receive(int fd, char *buffer, size_t size, int flags, int *passed_fd)
{
	struct iovec iov = {buffer, size};
	struct msghdr msg = {.msg_iov = &iov, .msg_iovlen = 1};
	union control control;
	ssize_t n;
	int passed;

	if (passed_fd) {
		*passed_fd = -1;
		msg.msg_control = &control;
		/* CMSG_LEN: CMSG_SPACE has room for a second descriptor */
		msg.msg_controllen = CMSG_LEN(sizeof(int));
	}
	do
		n = recvmsg(fd, &msg, flags | MSG_CMSG_CLOEXEC);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return -1;
	passed = passed_fd ? take_fd(&msg) : -1;
	if (msg.msg_flags & (MSG_TRUNC | (passed_fd ? MSG_CTRUNC : 0))) {
		errno = EMSGSIZE;
		n = -1;
	}
	if (n > 0 && passed_fd)
		*passed_fd = passed;
	else if (passed >= 0)
		close(passed);
	return n;
}

int
peer_ids(int fd, uid_t *uid, gid_t *gid)
{
	struct ucred who;
	socklen_t len = sizeof who;

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &len) < 0)
		return -1;
	*uid = who.uid;
	*gid = who.gid;
	return 0;
}

int
peer_uid(int fd, uid_t *uid)
{
	gid_t gid;

	return peer_ids(fd, uid, &gid);
}
