/* test_smtp_waiting - a connection goes to a session of its own client. */
/* links: cmd/smtp-receive/waiting.c cmd/smtp-receive/seats.c */
#include "cmd/smtp-receive/waiting.h"
#include "tests/unit/unit.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

static struct caller
caller(uint32_t address)
{
	struct caller made = {.fd = open("/dev/null", O_RDONLY)};

	made.at.in4.sin_family = AF_INET;
	made.at.in4.sin_addr.s_addr = address;
	return made;
}

static struct caller
caller6(unsigned char last)
{
	struct caller made = {.fd = open("/dev/null", O_RDONLY)};

	made.at.in6.sin6_family = AF_INET6;
	made.at.in6.sin6_addr.s6_addr[15] = last;
	return made;
}

/* A session in this process: it says that it waits, and sees what comes. */
static bool
is_offered(struct room *room)
{
	struct caller next = {.fd = -1};

	if (!waiting_next(room, &next))
		return false;
	close(next.fd);
	return true;
}

static void
say_idle(const struct room *room)
{
	ck_assert_int_eq(write(room->idle[1], "", 1), 1);
}

static struct room *
opened(struct waiting *waiting, const struct caller *who)
{
	ck_assert_ptr_null(waiting_room(waiting, who, 1));
	return waiting_room(waiting, who, 2);
}

START_TEST(first_visit_makes_no_room)
{
	struct waiting waiting = {0};
	struct caller who = caller(1);

	ck_assert_ptr_null(waiting_room(&waiting, &who, 1));
	ck_assert_ptr_nonnull(waiting_room(&waiting, &who, 2));
	waiting_close(&waiting);
}
END_TEST

START_TEST(nobody_waits_at_first)
{
	struct waiting waiting = {0};
	struct caller who = caller(1);

	ck_assert(!waiting_take(&waiting, &who, 1));
	opened(&waiting, &who);
	ck_assert(!waiting_take(&waiting, &who, 3));
	waiting_close(&waiting);
}
END_TEST

START_TEST(one_who_waits_gets_one_connection)
{
	struct waiting waiting = {0};
	struct caller who = caller(1), again = caller(1);
	struct room *room = opened(&waiting, &who);

	again.at.in4.sin_port = 4711;
	say_idle(room);
	ck_assert(waiting_take(&waiting, &again, 3));
	ck_assert(!waiting_take(&waiting, &who, 3));
	ck_assert(is_offered(room));
	waiting_close(&waiting);
}
END_TEST

START_TEST(others_get_nothing)
{
	struct waiting waiting = {0};
	struct caller who = caller(1), other = caller(2), v6 = caller6(1),
		      other_v6 = caller6(2);

	say_idle(opened(&waiting, &who));
	ck_assert(!waiting_take(&waiting, &other, 3));
	ck_assert(!waiting_take(&waiting, &v6, 3));
	say_idle(opened(&waiting, &v6));
	ck_assert(!waiting_take(&waiting, &other_v6, 3));
	ck_assert(waiting_take(&waiting, &v6, 3));
	waiting_close(&waiting);
}
END_TEST

/* The session's copies of the descriptors are its own. */
START_TEST(session_leaves_a_closed_room)
{
	struct waiting waiting = {0};
	struct caller who = caller(1);
	struct room *room = opened(&waiting, &who);
	pid_t pid = fork();
	int status;

	if (!pid) {
		signal(SIGPIPE, SIG_IGN);
		waiting_keep(&waiting, room);
		_exit(is_offered(room) ? 1 : 0);
	}
	waiting_close(&waiting);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(status, 0);
}
END_TEST

static bool
is_open(int fd)
{
	return fcntl(fd, F_GETFD) >= 0;
}

/* Their seats count for one network. */
START_TEST(neighbours_who_wait_can_be_dismissed)
{
	struct waiting waiting = {0};
	struct caller v4 = caller(1), mine = caller6(1), next = caller6(2),
		      far = caller6(3);

	far.at.in6.sin6_addr.s6_addr[7] = 1;
	say_idle(opened(&waiting, &v4));
	say_idle(opened(&waiting, &mine));
	say_idle(opened(&waiting, &far));
	say_idle(opened(&waiting, &next));
	say_idle(waiting_room(&waiting, &next, 3));
	ck_assert_uint_eq(waiting_dismiss(&waiting, &mine), 2);
	ck_assert_uint_eq(waiting_dismiss(&waiting, &mine), 0);
	ck_assert_uint_eq(waiting_dismiss(&waiting, &v4), 0);
	ck_assert(!waiting_take(&waiting, &next, 4));
	ck_assert(waiting_take(&waiting, &mine, 4));
	ck_assert(waiting_take(&waiting, &far, 4));
	ck_assert(waiting_take(&waiting, &v4, 4));
	ck_assert_ptr_nonnull(waiting_room(&waiting, &next, 5));
	waiting_close(&waiting);
}
END_TEST

START_TEST(session_keeps_its_own_ends_only)
{
	struct waiting waiting = {0};
	struct caller one = caller(1), two = caller(2);
	struct room *mine = opened(&waiting, &one);
	struct room other = *opened(&waiting, &two);

	waiting_keep(&waiting, mine);
	ck_assert(is_open(mine->idle[1]) && is_open(mine->connections[1]));
	ck_assert(!is_open(mine->idle[0]) && !is_open(mine->connections[0]));
	for (int end = 0; end < 2; end++) {
		ck_assert(!is_open(other.idle[end]));
		ck_assert(!is_open(other.connections[end]));
	}
}
END_TEST

START_TEST(unused_rooms_are_closed)
{
	struct waiting waiting = {0};
	struct caller old = caller(1), young = caller(2);

	opened(&waiting, &old);
	ck_assert_ptr_null(waiting_room(&waiting, &young, 2 + WAITING_MS / 2));
	waiting_trim(&waiting, 1 + WAITING_MS);
	ck_assert_uint_eq(waiting.count, 2);
	waiting_trim(&waiting, 2 + WAITING_MS);
	ck_assert_uint_eq(waiting.count, 1);
	ck_assert_ptr_nonnull(waiting_room(&waiting, &young, 3 + WAITING_MS));
	waiting_close(&waiting);
}
END_TEST

START_TEST(many_clients_take_the_oldest_room)
{
	struct waiting waiting = {0};

	for (uint32_t i = 0; i < 3 * WAITING_ROOMS_MAX; i++) {
		struct caller who = caller(i);

		ck_assert_ptr_null(waiting_room(&waiting, &who, i));
		ck_assert_ptr_nonnull(waiting_room(&waiting, &who, i));
		close(who.fd);
	}
	ck_assert_uint_eq(waiting.count, WAITING_ROOMS_MAX);
	waiting_close(&waiting);
}
END_TEST

/* A captured session may say what it likes: nobody here waits for it. */
START_TEST(lies_block_nobody)
{
	struct waiting waiting = {0};
	struct caller who = caller(1);
	struct room *room = opened(&waiting, &who);
	int taken = 0;

	for (int i = 0; i < 1000; i++)
		say_idle(room);
	for (int i = 0; i < 1000; i++)
		taken += waiting_take(&waiting, &who, 3);
	ck_assert_int_lt(taken, 1000);
	waiting_close(&waiting);
}
END_TEST

int
main(void)
{
	struct unit unit = unit_make("smtp_waiting");

	tcase_add_test(unit.cases, first_visit_makes_no_room);
	tcase_add_test(unit.cases, nobody_waits_at_first);
	tcase_add_test(unit.cases, one_who_waits_gets_one_connection);
	tcase_add_test(unit.cases, others_get_nothing);
	tcase_add_test(unit.cases, session_leaves_a_closed_room);
	tcase_add_test(unit.cases, neighbours_who_wait_can_be_dismissed);
	tcase_add_test(unit.cases, session_keeps_its_own_ends_only);
	tcase_add_test(unit.cases, unused_rooms_are_closed);
	tcase_add_test(unit.cases, many_clients_take_the_oldest_room);
	tcase_add_test(unit.cases, lies_block_nobody);
	return unit_run(unit);
}
