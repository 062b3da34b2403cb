/* test_release - the question for held mail, and its answer. */
#include "queue/release.h"

#include "tests/unit/unit.h"

static const struct {
	const char *text, *domain, *client; /* NULL: no question */
} questions[] = {
    {"release held.test", "held.test", ""},
    {"release held.test client 192.0.2.1", "held.test", "192.0.2.1"},
    {"release held.test client 2001:db8::1", "held.test", "2001:db8::1"},
    {"release @held.test", "@held.test", ""},
    {"", NULL, NULL},
    {"release", NULL, NULL},
    {"release ", NULL, NULL},
    {"release  held.test", NULL, NULL},
    {"Release held.test", NULL, NULL},
    {"hold held.test", NULL, NULL},
    {"release held.test ", NULL, NULL},
    {"release held.test other.test", NULL, NULL},
    {"release held.test client", NULL, NULL},
    {"release held.test client ", NULL, NULL},
    {"release held.test client a b", NULL, NULL},
};

START_TEST(one_question_is_understood)
{
	struct slice domain, client;
	int result = release_parse(slice_of(questions[_i].text), &domain,
	    &client);

	ck_assert_int_eq(result, questions[_i].domain ? 0 : -1);
	if (result == 0) {
		ck_assert(slice_is(domain, questions[_i].domain));
		ck_assert(slice_is(client, questions[_i].client));
	}
}
END_TEST

START_TEST(a_long_question_is_none)
{
	struct slice domain, client;
	struct str text = {0};

	str_puts(&text, "release ");
	while (text.len < RELEASE_QUESTION_MAX)
		str_putc(&text, 'a');
	ck_assert_int_eq(release_parse(str_slice(&text), &domain, &client),
	    0);
	str_putc(&text, 'a');
	ck_assert_int_eq(release_parse(str_slice(&text), &domain, &client),
	    -1);
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
