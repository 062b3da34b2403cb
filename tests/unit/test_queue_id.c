/* test_queue_id - ids are unique, sort by time, and are safe as names. */
#include "queue/id.h"
#include "tests/unit/unit.h"

#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

START_TEST(made_ids_are_valid_and_grow)
{
	struct str before = {0}, id = {0};

	queue_id_make(&before);
	for (int i = 0; i < 10000; i++) {
		queue_id_make(&id);
		ck_assert(queue_id_valid(str_slice(&id)));
		ck_assert(!queue_id_is_once(str_slice(&id)));
		ck_assert_uint_eq(id.len, QUEUE_ID_LEN);
		ck_assert(id.s[0] >= '0' && id.s[0] <= '9');
		ck_assert_int_gt(strcmp(str_c(&id), str_c(&before)), 0);
		str_set_slice(&before, str_slice(&id));
	}
	str_free(&before);
	str_free(&id);
}
END_TEST

START_TEST(two_processes_never_agree)
{
	struct str mine = {0};
	char theirs[QUEUE_ID_LEN + 1] = {0};
	int ends[2];

	ck_assert_int_eq(pipe(ends), 0);
	if (fork() == 0) {
		queue_id_make(&mine);
		_exit(write(ends[1], mine.s, mine.len) != QUEUE_ID_LEN);
	}
	queue_id_make(&mine);
	ck_assert_int_eq(read(ends[0], theirs, QUEUE_ID_LEN), QUEUE_ID_LEN);
	/* the last four characters are of the pid alone */
	ck_assert_str_ne(theirs + 11, str_c(&mine) + 11);
	wait(NULL);
	str_free(&mine);
}
END_TEST

START_TEST(once_ids_follow_from_content)
{
	struct str a = {0}, b = {0};

	queue_id_once(&a, 'b', slice_of("seed"));
	queue_id_once(&b, 'b', slice_of("seed"));
	ck_assert_str_eq(str_c(&a), str_c(&b));
	ck_assert_uint_eq(a.len, QUEUE_ONCE_ID_LEN);
	ck_assert(queue_id_valid(str_slice(&a)));
	ck_assert(queue_id_is_once(str_slice(&a)));
	queue_id_once(&b, 'b', slice_of("seeds"));
	ck_assert_str_ne(str_c(&a), str_c(&b));
	queue_id_once(&b, 'p', slice_of("seed"));
	ck_assert_str_eq(str_c(&a) + 1, str_c(&b) + 1);
	ck_assert_int_eq(b.s[0], 'p');
	str_free(&a);
	str_free(&b);
}
END_TEST

static const struct {
	const char *id;
	bool is_valid;
} ids[] = {
    {"6qw5c1zj3k00abc", true},
    {"b0123456789abcdefghjkmnpqrs", true},
    {"p0123456789abcdefghjkmnpqrs", true},
    {"x0123456789abcdefghjkmnpqrs", false}, /* no such prefix */
    {"b0123456789abcdefghjkmnpqr", false},
    {"b0123456789abcdefghjkmnpqrst", false},
    {"6qw5c1zj3k00ab", false},
    {"6qw5c1zj3k00abcd", false},
    {"6qw5c1zj3k00ab/", false},
    {"6qw5c1zj3k00abi", false}, /* no i l o u */
    {"6qw5c1zj3k00abL", false},
    {"6QW5C1ZJ3K00ABC", false},
    {"6qw5c1zj3k00ab.", false},
    {"../../../../abc", false},
    {"6qw5c1zj3k 0abc", false},
    {"", false},
    {".", false},
};

START_TEST(only_three_forms_are_valid)
{
	ck_assert_int_eq(queue_id_valid(slice_of(ids[_i].id)),
	    ids[_i].is_valid);
}
END_TEST

START_TEST(a_nul_is_not_part_of_an_id)
{
	ck_assert(!queue_id_valid(slice_make("6qw5c1zj3k00ab\0", 15)));
}
END_TEST

START_TEST(paths_fan_out)
{
	struct str path = {0};

	queue_id_path(&path, "active", slice_of("6qw5c1zj3k00abc"));
	ck_assert_str_eq(str_c(&path), "active/3k/6qw5c1zj3k00abc");
	str_free(&path);
}
END_TEST

int
main(void)
{
	struct unit unit = unit_make("queue_id");

	tcase_add_test(unit.cases, made_ids_are_valid_and_grow);
	tcase_add_test(unit.cases, two_processes_never_agree);
	tcase_add_test(unit.cases, once_ids_follow_from_content);
	tcase_add_loop_test(unit.cases, only_three_forms_are_valid, 0,
	    sizeof ids / sizeof *ids);
	tcase_add_test(unit.cases, a_nul_is_not_part_of_an_id);
	tcase_add_test(unit.cases, paths_fan_out);
	return unit_run(unit);
}
