/* test_release - the question for held mail, and its answer. */
#include "queue/release.h"

#include "tests/unit/unit.h"

static const struct {
	const char *text, *domain, *client, *account, *passport;
	/* domain NULL: no question */
} questions[] = {
    {"release held.test", "held.test", "", "", ""},
    {"release @held.test", "@held.test", "", "", ""},
    {"release held.test client 192.0.2.1 a@b.test pass", "held.test",
	"192.0.2.1", "a@b.test", "pass"},
    {"release held.test client 2001:db8::1 a@b.test pass", "held.test",
	"2001:db8::1", "a@b.test", "pass"},
    {"", NULL, NULL, NULL, NULL},
    {"release", NULL, NULL, NULL, NULL},
    {"release ", NULL, NULL, NULL, NULL},
    {"release  held.test", NULL, NULL, NULL, NULL},
    {"Release held.test", NULL, NULL, NULL, NULL},
    {"hold held.test", NULL, NULL, NULL, NULL},
    {"release held.test ", NULL, NULL, NULL, NULL},
    {"release held.test other.test", NULL, NULL, NULL, NULL},
    {"release held.test client", NULL, NULL, NULL, NULL},
    {"release held.test client ", NULL, NULL, NULL, NULL},
    {"release held.test client 192.0.2.1", NULL, NULL, NULL, NULL},
    {"release held.test client 192.0.2.1 a@b.test", NULL, NULL, NULL, NULL},
    {"release held.test client 192.0.2.1 a@b.test ", NULL, NULL, NULL, NULL},
    {"release held.test client 192.0.2.1  pass", NULL, NULL, NULL, NULL},
    {"release held.test client 192.0.2.1 a@b.test pass ", NULL, NULL, NULL,
	NULL},
};

START_TEST(one_question_is_understood)
{
	struct release_question question;
	int result = release_parse(slice_of(questions[_i].text), &question);

	ck_assert_int_eq(result, questions[_i].domain ? 0 : -1);
	if (result == 0) {
		ck_assert(slice_is(question.domain, questions[_i].domain));
		ck_assert(slice_is(question.client, questions[_i].client));
		ck_assert(slice_is(question.account, questions[_i].account));
		ck_assert(slice_is(question.passport,
		    questions[_i].passport));
	}
}
END_TEST

START_TEST(a_long_question_is_none)
{
	struct release_question question;
	struct str text = {0};

	str_puts(&text, "release ");
	while (text.len < RELEASE_QUESTION_MAX)
		str_putc(&text, 'a');
	ck_assert_int_eq(release_parse(str_slice(&text), &question), 0);
	str_putc(&text, 'a');
	ck_assert_int_eq(release_parse(str_slice(&text), &question), -1);
	str_free(&text);
}
END_TEST

static const char *const answers[] = {"started 100", "running 0", "empty",
    "down remote-send is not running", "unknown"};

START_TEST(what_is_answered_is_read)
{
	struct release_answer answer = {0};
	struct str text = {0};

	ck_assert_int_eq(release_read(slice_of(answers[_i]), &answer), 0);
	ck_assert_int_eq(answer.result, _i);
	release_write(&text, &answer);
	ck_assert_str_eq(str_c(&text), answers[_i]);
	str_free(&answer.why);
	str_free(&text);
}
END_TEST

static const char *const no_answers[] = {"", "started", "started x",
    "started 1 2", "running -1", "ok", "Empty", "starte 1"};

START_TEST(anything_else_is_no_answer)
{
	struct release_answer answer = {0};

	ck_assert_int_eq(release_read(slice_of(no_answers[_i]), &answer), -1);
	str_free(&answer.why);
}
END_TEST

int
main(void)
{
	struct unit unit = unit_make("release");

	tcase_add_loop_test(unit.cases, one_question_is_understood, 0,
	    sizeof questions / sizeof *questions);
	tcase_add_test(unit.cases, a_long_question_is_none);
	tcase_add_loop_test(unit.cases, what_is_answered_is_read, 0,
	    sizeof answers / sizeof *answers);
	tcase_add_loop_test(unit.cases, anything_else_is_no_answer, 0,
	    sizeof no_answers / sizeof *no_answers);
	return unit_run(unit);
}
