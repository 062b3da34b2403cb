/* test_judge - who may log in, how long a refusal takes, and which key makes
 * passports. */
/* links: cmd/auth-check/judge.c */
/* links: cmd/auth-check/memory.c */
/* links: cmd/auth-check/password.c */
#include "cmd/auth-check/judge.h"
#include "lib/base/clock.h"
#include "tests/unit/control_dir.h"
#include "tests/unit/unit.h"

#include <crypt.h>
#include <stdio.h>
#include <sys/wait.h>
#include <time.h>

#define MONTH_S (31 * 24 * 3600)

static struct judge judge;
static const char alice[] = "alice@local.test", bob[] = "bob@local.test";

/* SHA-512 of "secret" and "salt", and the salt. */
#define SSHA512 "{SSHA512}E491yrR9AdCoE7rbOPYS3EZgSuZpVE65AD9xko08s6floNesY/" \
	"Zpe9zMVvLix4S2FiQSJ99RIkNvhHomNO9uL3NhbHQ="

static void
begin(void)
{
	struct str passwd = {0};

	control_begin();
	control_write("accounts", "postmaster@local.test user\n"
	    "alice@local.test user\nbob@local.test user\n"
	    "carol@local.test user\n");
	str_addf(&passwd, "%s:{CRYPT}%s\n%s:" SSHA512 "\n", alice,
	    crypt("secret", "$5$rounds=1000$saltsalt"), bob);
	control_write("secrets/passwd", str_c(&passwd));
	str_free(&passwd);
	control_compile_well();
	ck_assert_int_eq(mkdir("state", 0700), 0);
	ck_assert_int_eq(mkdir("state/passport", 0700), 0);
	judge = (struct judge){0};
	judge_open(&judge);
}

/* The verdict; how long the client waits for it goes to *ms. */
static char
say(const char *name, const char *password, const char *client, uint64_t *ms)
{
	struct auth_request request = {0};
	struct auth_answer answer = {0};
	uint64_t begun_ms = clock_mono_ms();
	char verdict;

	str_puts(&request.name, name);
	str_puts(&request.password, password);
	str_puts(&request.client, client);
	judge_login(&judge, &request, &answer);
	if (ms)
		*ms = clock_mono_ms() - begun_ms + answer.delay_ms;
	verdict = *str_c(&answer.verdict);
	record_free(auth_request_fields, &request);
	record_free(auth_answer_fields, &answer);
	return verdict;
}

START_TEST(the_right_password_is_welcome)
{
	ck_assert_int_eq(say(alice, "secret", "192.0.2.1", NULL), 'K');
	ck_assert_int_eq(say("Alice@LOCAL.test", "secret", "192.0.2.1", NULL),
	    'K');
	ck_assert_int_eq(say(bob, "secret", "192.0.2.1", NULL), 'K');
	ck_assert_int_eq(say(bob, "Secret", "192.0.2.1", NULL), 'D');
}
END_TEST

/* Not his mistake: he would look for another password. */
START_TEST(a_damaged_table_is_a_reason_to_wait)
{
	control_lose("passwd", 0, 0);
	for (int i = 0; i < 10; i++)
		ck_assert_int_eq(say(alice, "secret", "192.0.2.1", NULL), 'Z');
	control_compile_well();
	ck_assert_int_eq(say(alice, "secret", "192.0.2.1", NULL), 'K');
}
END_TEST

static void
set_slow_password(const char *password)
{
	struct str passwd = {0};

	str_addf(&passwd, "%s:{CRYPT}%s\n", alice,
	    crypt(password, crypt_gensalt(NULL, 0, NULL, 0)));
	control_write("secrets/passwd", str_c(&passwd));
	str_free(&passwd);
	control_compile_well();
}

static clock_t
cpu_of(char verdict, const char *password)
{
	clock_t begun = clock();

	ck_assert_int_eq(say(alice, password, "192.0.2.1", NULL), verdict);
	return clock() - begun;
}

/* A client that logs in for each letter; until the password is another. */
START_TEST(a_right_password_is_not_hashed_again)
{
	clock_t first, wrong, again;

	set_slow_password("first");
	first = cpu_of('K', "first");
	wrong = cpu_of('D', "second");
	again = cpu_of('K', "first");
	ck_assert_int_lt(again, first / 5);
	ck_assert_int_lt(again, wrong / 5);
	set_slow_password("second");
	(void)cpu_of('D', "first");
	(void)cpu_of('K', "second");
}
END_TEST

/* To the millisecond, unless the machine was busy elsewhere just then: hashes
 * cost more than that.  The next try is half a second longer. */
static bool
is_refused_in_time(const char *name, const char *client)
{
	for (uint64_t wanted_ms = 500; wanted_ms <= 2500; wanted_ms += 500) {
		uint64_t ms;

		ck_assert_int_eq(say(name, "wrong", client, &ms), 'D');
		ck_assert_uint_ge(ms, wanted_ms - 1);
		if (ms <= wanted_ms + 1)
			return true;
	}
	return false;
}

/* A quick hash, a slow one, none, and nobody. */
START_TEST(refusals_take_the_same_time)
{
	static const char *const names[] = {alice, bob, "carol@local.test",
		"nobody@local.test", "x@elsewhere.test", "no address"};

	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		char client[32];

		snprintf(client, sizeof client, "192.0.2.%zu", i + 1);
		ck_assert_msg(is_refused_in_time(names[i], client), "%s",
		    names[i]);
	}
}
END_TEST

START_TEST(who_guesses_waits_longer_and_is_sent_away)
{
	uint64_t ms, before_ms = 0;

	for (int i = 0; i < 10; i++) {
		ck_assert_int_eq(say(alice, "x", "192.0.2.1", &ms), 'D');
		ck_assert_uint_gt(ms, before_ms);
		before_ms = ms;
	}
	for (int i = 0; i < 10; i++)
		ck_assert_int_eq(say(alice, "x", "192.0.2.1", &ms), 'D');
	ck_assert_uint_le(ms, 5001);
	ck_assert_int_eq(say(alice, "secret", "192.0.2.1", NULL), 'Z');
	ck_assert_int_eq(say(bob, "secret", "192.0.2.1", NULL), 'K');
	ck_assert_int_eq(say(alice, "secret", "192.0.2.2", NULL), 'K');
}
END_TEST

/* Many addresses guess for one account: it is open where its owner was. */
START_TEST(a_crowd_that_guesses_finds_the_account_closed)
{
	int wrong = 0;

	ck_assert_int_eq(say(alice, "secret", "198.51.100.1", NULL), 'K');
	for (int i = 0; i < 300; i++) {
		char client[32];

		snprintf(client, sizeof client, "192.0.2.%d", i % 100);
		wrong += say(alice, "x", client, NULL) == 'D';
	}
	ck_assert_int_eq(wrong, 200);
	ck_assert_int_eq(say(alice, "secret", "203.0.113.1", NULL), 'Z');
	ck_assert_int_eq(say(alice, "secret", "198.51.100.1", NULL), 'K');
	ck_assert_int_eq(say(alice, "x", "198.51.100.1", NULL), 'D');
	ck_assert_int_eq(say(alice, "secret", "198.51.100.1", NULL), 'K');
	ck_assert_int_eq(say(bob, "secret", "203.0.113.1", NULL), 'K');
}
END_TEST

/* Each worker finds it old; were it made anew by each of them, mail under the
 * one that was in force would be nobody's. */
START_TEST(an_old_key_is_renewed_once)
{
	struct passport_keys before = judge.keys, after;
	struct timespec old[2] = {0};

	before.current_s -= MONTH_S;
	old[0].tv_sec = old[1].tv_sec = (time_t)before.current_s;
	ck_assert_int_eq(utimensat(judge.passport_fd, "current", old, 0), 0);
	judge.keys.current_s = before.current_s;
	for (int i = 0; i < 4; i++)
		if (fork() == 0)
			_exit(say(bob, "secret", "192.0.2.1", NULL) != 'K');
	for (int status; wait(&status) > 0;)
		ck_assert_int_eq(status, 0);
	ck_assert_int_eq(passport_keys_read(judge.passport_fd, &after), 0);
	ck_assert_uint_eq(after.len, 2);
	ck_assert_mem_eq(after.v[1].bytes, before.v[0].bytes,
	    PASSPORT_KEY_LEN);
	ck_assert_mem_ne(after.v[0].bytes, before.v[0].bytes,
	    PASSPORT_KEY_LEN);
}
END_TEST

int
main(void)
{
	struct unit unit = unit_make("judge");

	tcase_set_timeout(unit.cases, 30);
	tcase_add_checked_fixture(unit.cases, begin, NULL);
	tcase_add_test(unit.cases, the_right_password_is_welcome);
	tcase_add_test(unit.cases, a_damaged_table_is_a_reason_to_wait);
	tcase_add_test(unit.cases, a_right_password_is_not_hashed_again);
	tcase_add_test(unit.cases, refusals_take_the_same_time);
	tcase_add_test(unit.cases, who_guesses_waits_longer_and_is_sent_away);
	tcase_add_test(unit.cases,
	    a_crowd_that_guesses_finds_the_account_closed);
	tcase_add_test(unit.cases, an_old_key_is_renewed_once);
	return unit_run(unit);
}
