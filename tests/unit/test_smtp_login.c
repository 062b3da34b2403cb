/* test_smtp_login - AUTH without a session around it: what is answered, and
 * for how long a login counts. */
/* links: cmd/smtp-receive/login.c */
/* links: cmd/smtp-receive/replies.c */
/* links: cmd/smtp-receive/service.c */
#include "cmd/smtp-receive/login.h"
#include "lib/base/clock.h"
#include "lib/mail/passport.h"
#include "tests/unit/unit.h"

#include <string.h>

/* ---- what login.c needs of session.c ---- */

static enum reply replies[16];
static size_t reply_count;
static const char *const *lines; /* of the client; NULL ends them */

void
session_reply(struct session *session, enum reply reply)
{
	(void)session;
	ck_assert_uint_lt(reply_count, 16);
	replies[reply_count++] = reply;
}

void
session_error(struct session *session, enum reply reply,
    const char *argument)
{
	ck_assert_ptr_null(argument);
	session_reply(session, reply);
	session->errors++;
}

void
session_count_error(struct session *session)
{
	session->errors++;
}

bool
session_line(struct session *session, size_t max, enum reply too_long,
    struct slice *line)
{
	(void)max;
	(void)too_long;
	if (!*lines) {
		session->end = SESSION_CLOSED;
		return false;
	}
	*line = slice_of(*lines++);
	return true;
}

void
session_put_address(const struct session *session, struct str *to)
{
	(void)session;
	str_puts(to, "192.0.2.1");
}

/* ---- fixture ---- */

static struct session session;
static struct session_start start;

static void
begin(void)
{
	memset(&session, 0, offsetof(struct session, stream));
	memset(&start, 0, sizeof start);
	start.service = service_find("submission");
	session.start = &start;
	session.is_tls = true;
	str_puts(&session.helo, "client.test");
	str_puts(&start.client, "[192.0.2.1]:4711");
	reply_count = 0;
}

static void
end(void)
{
	str_free(&session.helo);
	str_free(&session.login);
	str_free(&start.client);
}

static void
expect(const char *argument, const char *const *says, enum reply last)
{
	reply_count = 0;
	lines = says;
	login_obey(&session, slice_of(argument));
	ck_assert_uint_gt(reply_count, 0);
	ck_assert_int_eq(replies[reply_count - 1], last);
	ck_assert_uint_eq(session.login.len, 0);
}

static const char *const nothing[] = {NULL};

START_TEST(the_moment_has_to_be_right)
{
	session.is_tls = false;
	expect("PLAIN", nothing, REPLY_NEEDS_TLS);
	ck_assert(!login_is_possible(&session));
	session.is_tls = true;
	ck_assert(login_is_possible(&session));
	session.is_in_mail = true;
	expect("PLAIN", nothing, REPLY_LOGIN_IN_MAIL);
	session.is_in_mail = false;
	str_clear(&session.helo);
	expect("PLAIN", nothing, REPLY_EHLO_FIRST);
	ck_assert_uint_eq(session.errors, 3);
}
END_TEST

START_TEST(only_submission_takes_logins)
{
	static const struct {
		const char *name;
		bool takes;
	} services[] = {{"smtp", false}, {"relay", false},
		{"submission", true}, {"submissions", true}};

	for (size_t i = 0; i < 4; i++) {
		start.service = service_find(services[i].name);
		ck_assert_int_eq(login_is_possible(&session),
		    services[i].takes);
		ck_assert_int_eq(login_is_missing(&session),
		    services[i].takes);
	}
	ck_assert_ptr_null(service_find("submissionss"));
	ck_assert_ptr_null(service_find(""));
}
END_TEST

START_TEST(each_mechanism_asks_its_questions)
{
	static const char *const login[] = {"dGlt", "*", NULL};

	expect("LOGIN", login, REPLY_LOGIN_CANCELLED);
	ck_assert_int_eq(replies[0], REPLY_ASK_NAME);
	ck_assert_int_eq(replies[1], REPLY_ASK_PASSWORD);
	expect("PLAIN", login, REPLY_LOGIN_RUBBISH);
	ck_assert_int_eq(replies[0], REPLY_ASK_RESPONSE);
	expect("PLAIN VXJzZWwAS3VydAB4aXBqM3BsbXE=", nothing,
	    REPLY_LOGIN_WRONG);
	expect("DIGEST-MD5", nothing, REPLY_LOGIN_UNKNOWN);
	ck_assert_uint_eq(session.errors, 4);
}
END_TEST

START_TEST(without_auth_check_the_client_is_not_to_blame)
{
	expect("PLAIN AHRpbQB0YW5zdGFhZnRhbnN0YWFm", nothing,
	    REPLY_NO_LOGIN_NOW);
}
END_TEST

START_TEST(a_client_that_leaves_hears_no_more)
{
	lines = nothing;
	login_obey(&session, slice_of("LOGIN"));
	ck_assert_uint_eq(reply_count, 1);
	ck_assert_int_eq(session.end, SESSION_CLOSED);
}
END_TEST

START_TEST(a_login_ends_before_its_passport)
{
	const uint64_t minute_ms = 60 * 1000;

	ck_assert(!login_is_old(&session)); /* there is none */
	str_puts(&session.login, "tim@local.test");
	ck_assert(!login_is_missing(&session));
	session.login_ms = clock_mono_ms();
	ck_assert(!login_is_old(&session));
	session.login_ms = clock_mono_ms() - 49 * minute_ms;
	ck_assert(!login_is_old(&session));
	session.login_ms = clock_mono_ms() - 51 * minute_ms;
	ck_assert(login_is_old(&session));
	ck_assert_uint_gt(PASSPORT_LIFE_S, 51 * 60);
}
END_TEST

int
main(void)
{
	struct unit unit = unit_make("smtp_login");

	tcase_add_checked_fixture(unit.cases, begin, end);
	tcase_add_test(unit.cases, the_moment_has_to_be_right);
	tcase_add_test(unit.cases, only_submission_takes_logins);
	tcase_add_test(unit.cases, each_mechanism_asks_its_questions);
	tcase_add_test(unit.cases,
	    without_auth_check_the_client_is_not_to_blame);
	tcase_add_test(unit.cases, a_client_that_leaves_hears_no_more);
	tcase_add_test(unit.cases, a_login_ends_before_its_passport);
	return unit_run(unit);
}
