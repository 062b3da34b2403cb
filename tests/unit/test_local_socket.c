/* test_local_socket - packets whole, descriptors counted, peers known. */
#include "lib/base/io.h"
#include "lib/base/local_socket.h"
#include "tests/unit/unit.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

static char buffer[PACKET_MAX];
static int ends[2];

static void
enter(void)
{
	unit_folder_enter();
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends), 0);
}

static int
open_descriptors(void)
{
	DIR *dir = opendir("/proc/self/fd");
	int count = 0;

	while (readdir(dir))
		count++;
	closedir(dir);
	return count;
}

START_TEST(packets_stay_apart)
{
	ck_assert_int_eq(packet_send(ends[0], slice_of("one"), -1), 0);
	ck_assert_int_eq(packet_send(ends[0], slice_of("three"), -1), 0);
	close(ends[0]);
	ck_assert_int_eq(packet_receive(ends[1], buffer, sizeof buffer, 0,
	    NULL), 3);
	ck_assert_int_eq(packet_receive(ends[1], buffer, sizeof buffer, 0,
	    NULL), 5);
	ck_assert_mem_eq(buffer, "three", 5);
	ck_assert_int_eq(packet_receive(ends[1], buffer, sizeof buffer, 0,
	    NULL), 0);
}
END_TEST

START_TEST(a_descriptor_is_passed)
{
	struct str text = {0};
	int fd, passed;

	ck_assert_int_eq(replace_file("file", slice_of("hello"), 0600), 0);
	fd = open("file", O_RDONLY);
	ck_assert_int_eq(packet_send(ends[0], slice_of("x"), fd), 0);
	close(fd);
	ck_assert_int_eq(packet_send(ends[0], slice_of("y"), -1), 0);
	ck_assert_int_eq(packet_receive(ends[1], buffer, sizeof buffer, 0,
	    &passed), 1);
	ck_assert_int_ge(passed, 0);
	ck_assert(fcntl(passed, F_GETFD) & FD_CLOEXEC);
	ck_assert_int_eq(read_to_end(passed, &text, 100), 0);
	ck_assert_str_eq(str_c(&text), "hello");
	ck_assert_int_eq(packet_receive(ends[1], buffer, sizeof buffer, 0,
	    &passed), 1);
	ck_assert_int_eq(passed, -1);
	str_free(&text);
}
END_TEST

static void
send_two_descriptors(const char *packet)
{
	union {
		struct cmsghdr header;
		char space[CMSG_SPACE(2 * sizeof(int))];
	} control = {0};
	struct iovec iov = {(void *)(uintptr_t)packet, strlen(packet)};
	struct msghdr msg = {.msg_iov = &iov, .msg_iovlen = 1,
	    .msg_control = &control, .msg_controllen = sizeof control};
	struct cmsghdr *c = CMSG_FIRSTHDR(&msg);

	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(2 * sizeof(int));
	memcpy(CMSG_DATA(c), ends, 2 * sizeof(int));
	ck_assert_int_eq(sendmsg(ends[0], &msg, 0), (ssize_t)strlen(packet));
}

START_TEST(more_descriptors_are_refused_and_closed)
{
	int before = open_descriptors(), passed = 7;

	send_two_descriptors("x");
	ck_assert_int_eq(packet_receive(ends[1], buffer, sizeof buffer, 0,
	    &passed), -1);
	ck_assert_int_eq(errno, EMSGSIZE);
	ck_assert_int_eq(passed, -1);
	ck_assert_int_eq(open_descriptors(), before);
}
END_TEST

START_TEST(unwanted_descriptors_do_not_arrive)
{
	int before = open_descriptors();

	send_two_descriptors("x");
	ck_assert_int_eq(packet_receive(ends[1], buffer, sizeof buffer, 0,
	    NULL), 1);
	ck_assert_int_eq(open_descriptors(), before);
}
END_TEST

START_TEST(a_descriptor_with_nothing_is_closed)
{
	int before = open_descriptors(), passed;

	ck_assert_int_eq(packet_send(ends[0], slice_make("", 0), ends[0]), 0);
	ck_assert_int_eq(packet_receive(ends[1], buffer, sizeof buffer, 0,
	    &passed), 0);
	ck_assert_int_eq(passed, -1);
	ck_assert_int_eq(open_descriptors(), before);
}
END_TEST

START_TEST(a_cut_packet_is_refused)
{
	int before = open_descriptors(), passed;

	ck_assert_int_eq(packet_send(ends[0], slice_of("longer"), ends[0]), 0);
	ck_assert_int_eq(packet_receive(ends[1], buffer, 3, 0, &passed), -1);
	ck_assert_int_eq(errno, EMSGSIZE);
	ck_assert_int_eq(open_descriptors(), before);
}
END_TEST

START_TEST(the_largest_packet_passes)
{
	static char much[PACKET_MAX];

	ck_assert_int_eq(packet_send(ends[0], slice_make(much, sizeof much),
	    -1), 0);
	ck_assert_int_eq(packet_receive(ends[1], buffer, sizeof buffer, 0,
	    NULL), PACKET_MAX);
}
END_TEST

START_TEST(a_full_socket_says_so)
{
	int sent = 0;

	fcntl(ends[0], F_SETFL, O_NONBLOCK);
	while (packet_send(ends[0], slice_of("x"), -1) == 0)
		ck_assert_int_lt(sent++, 100000);
	ck_assert_int_eq(errno, EAGAIN);
	ck_assert_int_lt(packet_receive(ends[0], buffer, sizeof buffer,
	    MSG_DONTWAIT, NULL), 0);
	ck_assert_int_eq(errno, EAGAIN);
}
END_TEST

START_TEST(a_peer_that_left_is_an_error)
{
	close(ends[1]);
	ck_assert_int_eq(packet_send(ends[0], slice_of("x"), -1), -1);
	ck_assert_int_eq(errno, EPIPE);
}
END_TEST

START_TEST(listens_again_over_a_stale_socket)
{
	int listener, client, server;
	struct stat st;
	uid_t uid;

	umask(077);
	ck_assert_int_ge(local_listen("s"), 0);
	listener = local_listen("s");
	ck_assert_int_ge(listener, 0);
	ck_assert_int_eq(stat("s", &st), 0);
	ck_assert_uint_eq(st.st_mode & 0777, 0666);
	ck_assert_int_eq(umask(077), 077);
	ck_assert_int_lt(accept(listener, NULL, NULL), 0);
	ck_assert_int_eq(errno, EAGAIN);
	client = local_connect("s");
	ck_assert_int_ge(client, 0);
	server = accept(listener, NULL, NULL);
	ck_assert_int_ge(server, 0);
	ck_assert_int_eq(peer_uid(server, &uid), 0);
	ck_assert_uint_eq(uid, getuid());
}
END_TEST

START_TEST(a_path_that_is_none_is_an_error)
{
	char much[200] = "";

	memset(much, 'x', sizeof much - 1);
	ck_assert_int_eq(local_listen(much), -1);
	ck_assert_int_eq(errno, ENAMETOOLONG);
	ck_assert_int_eq(local_connect(much), -1);
	ck_assert_int_eq(local_connect("missing"), -1);
	ck_assert_int_eq(errno, ENOENT);
	ck_assert_int_eq(local_listen("missing/s"), -1);
}
END_TEST

START_TEST(patience_ends_a_wait_in_either_direction)
{
	local_patience(ends[0], 1);
	ck_assert_int_eq(packet_receive(ends[0], buffer, sizeof buffer, 0,
	    NULL), -1);
	ck_assert_int_eq(errno, EAGAIN);
	while (packet_send(ends[0], slice_make(buffer, sizeof buffer), -1) ==
	    0)
		;
	ck_assert_int_eq(errno, EAGAIN);
}
END_TEST

int
main(void)
{
	struct unit unit = unit_make("local_socket");

	tcase_add_checked_fixture(unit.cases, enter, NULL);
	tcase_add_test(unit.cases, packets_stay_apart);
	tcase_add_test(unit.cases, a_descriptor_is_passed);
	tcase_add_test(unit.cases, more_descriptors_are_refused_and_closed);
	tcase_add_test(unit.cases, unwanted_descriptors_do_not_arrive);
	tcase_add_test(unit.cases, a_descriptor_with_nothing_is_closed);
	tcase_add_test(unit.cases, a_cut_packet_is_refused);
	tcase_add_test(unit.cases, the_largest_packet_passes);
	tcase_add_test(unit.cases, a_full_socket_says_so);
	tcase_add_test(unit.cases, a_peer_that_left_is_an_error);
	tcase_add_test(unit.cases, listens_again_over_a_stale_socket);
	tcase_add_test(unit.cases, a_path_that_is_none_is_an_error);
	tcase_add_test(unit.cases, patience_ends_a_wait_in_either_direction);
	return unit_run(unit);
}
