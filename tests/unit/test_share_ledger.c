/* test_share_ledger - who wrote which Message-ID, and for how long. */
/* links: cmd/share-sort/ledger.c cmd/share-sort/who.c cmd/share-sort/named.c cmd/share-sort/thread.c cmd/share-sort/subject.c */
#include "cmd/share-sort/ledger.h"

#include "lib/base/io.h"
#include "tests/unit/unit.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { NOW = 1800000000 };

static const char *folder;
static struct ledger ledger;

static void
setup(void)
{
	folder = unit_folder();
	ck_assert_int_eq(ledger_open(&ledger, folder), 0);
}

static void
teardown(void)
{
	ledger_close(&ledger);
}

static int
put(const char *domain, const char *id, bool is_assigned,
    const char *account, uint64_t now_s)
{
	struct who_trace trace = {0};
	int result;

	str_puts(&trace.account, account);
	str_puts(&trace.subject, "0123456789abcdef");
	result = ledger_put(&ledger, slice_of(domain), slice_of(id),
	    is_assigned, &trace, now_s);
	who_trace_free(&trace);
	return result;
}

/* Whose it is; "" of nobody's, "?" when nobody knows. */
static struct str
get(const char *domain, const char *id, bool is_assigned, uint64_t now_s)
{
	struct who_trace trace = {0};
	int known = ledger_get(&ledger, slice_of(domain), slice_of(id),
	    is_assigned, now_s, &trace);
	struct str account = trace.account;

	if (known > 0)
		ck_assert_str_eq(str_c(&trace.subject), "0123456789abcdef");
	else
		str_set(&account, known < 0 ? "?" : "");
	str_free(&trace.subject);
	return account;
}

static void
check(const char *domain, const char *id, bool is_assigned, uint64_t now_s,
    const char *wanted)
{
	struct str account = get(domain, id, is_assigned, now_s);

	ck_assert_str_eq(str_c(&account), wanted);
	str_free(&account);
}

/* The only file, and how many there are, of what was put for "d.test". */
static unsigned
files(struct str *path)
{
	unsigned count = 0;
	char name[300];
	DIR *outer, *inner;
	struct dirent *one, *two;

	snprintf(name, sizeof name, "%s/d.test", folder);
	outer = opendir(name);
	while (outer && (one = readdir(outer))) {
		if (one->d_name[0] == '.')
			continue;
		snprintf(name, sizeof name, "%s/d.test/%.2s", folder,
		    one->d_name);
		inner = opendir(name);
		while (inner && (two = readdir(inner)))
			if (two->d_name[0] != '.') {
				count++;
				str_clear(path);
				str_addf(path, "%s/%s", name, two->d_name);
			}
		closedir(inner);
	}
	if (outer)
		closedir(outer);
	return count;
}

START_TEST(remembers_who_wrote_it)
{
	check("d.test", "a@b", false, NOW, "");
	ck_assert_int_eq(put("d.test", "a@b", false, "z@d.test", NOW), 0);
	check("d.test", "a@b", false, NOW, "z@d.test");
	check("d.test", "A@b", false, NOW, "");
	check("other.test", "a@b", false, NOW, "");
	check("d.test", "a@b", true, NOW, "");
}
END_TEST

START_TEST(who_wrote_first_stays_who_was_given_last_has_it)
{
	ck_assert_int_eq(put("d.test", "a@b", false, "z@d.test", NOW), 0);
	ck_assert_int_eq(put("d.test", "a@b", false, "liar@d.test", NOW), 0);
	check("d.test", "a@b", false, NOW, "z@d.test");
	ck_assert_int_eq(put("d.test", "a@b", true, "longer@d.test", NOW), 0);
	ck_assert_int_eq(put("d.test", "a@b", true, "l@d.test", NOW), 0);
	check("d.test", "a@b", true, NOW, "l@d.test");
	check("d.test", "a@b", false, NOW, "z@d.test");
}
END_TEST

START_TEST(forgets_after_400_days)
{
	ck_assert_int_eq(put("d.test", "a@b", false, "z@d.test", NOW), 0);
	check("d.test", "a@b", false, NOW + LEDGER_KEEP_S, "z@d.test");
	check("d.test", "a@b", false, NOW + LEDGER_KEEP_S + 1, "");
	ck_assert_int_eq(put("d.test", "a@b", false, "l@d.test",
	    NOW + LEDGER_KEEP_S + 1), 0);
	check("d.test", "a@b", false, NOW + LEDGER_KEEP_S + 1, "l@d.test");
}
END_TEST

START_TEST(a_torn_line_says_nothing_and_is_written_anew)
{
	struct str path = {0};
	int fd;

	ck_assert_int_eq(put("d.test", "a@b", false, "z@d.test", NOW), 0);
	ck_assert_uint_eq(files(&path), 1);
	for (int i = 0; i < 3; i++) {
		static const char *const torn[] = {"", "z@d.te",
			"z@d.test x 0123456789abcdef\n"};

		fd = open(str_c(&path), O_WRONLY | O_TRUNC);
		ck_assert_int_eq(write_all(fd, torn[i], strlen(torn[i])), 0);
		close(fd);
		check("d.test", "a@b", false, NOW, "");
		ck_assert_int_eq(put("d.test", "a@b", false, "z@d.test",
		    NOW), 0);
		check("d.test", "a@b", false, NOW, "z@d.test");
	}
	str_free(&path);
}
END_TEST

START_TEST(any_message_id_is_a_hash_and_no_domain_is_a_path)
{
	struct str path = {0}, id = {0};

	for (int i = 0; i < 2000; i++)
		str_addf(&id, "%c../", i % 31 + 1);
	ck_assert_int_eq(put("d.test", str_c(&id), false, "z@d.test", NOW),
	    0);
	check("d.test", str_c(&id), false, NOW, "z@d.test");
	ck_assert_uint_eq(files(&path), 1);
	ck_assert_uint_eq(strlen(strrchr(str_c(&path), '/') + 1), 64);
	ck_assert_int_eq(put("..", "a@b", false, "z@d.test", NOW), -1);
	ck_assert_int_eq(put("a/../b", "a@b", false, "z@d.test", NOW), -1);
	ck_assert_int_eq(put("", "a@b", false, "z@d.test", NOW), -1);
	check("..", "a@b", false, NOW, "");
	str_free(&path);
	str_free(&id);
}
END_TEST

START_TEST(a_ledger_that_cannot_be_read_is_not_an_empty_one)
{
	struct str path = {0};

	ck_assert_int_eq(put("d.test", "a@b", false, "z@d.test", NOW), 0);
	ck_assert_uint_eq(files(&path), 1);
	ck_assert_int_eq(unlink(str_c(&path)), 0);
	ck_assert_int_eq(symlink("/etc/hostname", str_c(&path)), 0);
	check("d.test", "a@b", false, NOW, "?");
	ck_assert_int_eq(put("d.test", "a@b", false, "z@d.test", NOW), -1);
	str_free(&path);
}
END_TEST

START_TEST(what_is_too_old_goes_in_its_turn)
{
	struct timespec times[2] = {{NOW - LEDGER_KEEP_S - 1, 0},
	    {NOW - LEDGER_KEEP_S - 1, 0}};
	struct str path = {0};

	ck_assert_int_eq(put("d.test", "a@b", false, "z@d.test", NOW), 0);
	ck_assert_uint_eq(files(&path), 1);
	for (uint64_t i = 0; i <= 256; i++)
		ledger_clear(&ledger, NOW + i * LEDGER_STEP_S);
	ck_assert_uint_eq(files(&path), 1);
	ck_assert_int_eq(utimensat(AT_FDCWD, str_c(&path), times, 0), 0);
	ledger_clear(&ledger, NOW + 256 * LEDGER_STEP_S); /* was done */
	ck_assert_uint_eq(files(&path), 1);
	for (uint64_t i = 257; i <= 512; i++)
		ledger_clear(&ledger, NOW + i * LEDGER_STEP_S);
	ck_assert_uint_eq(files(&path), 0);
	str_free(&path);
}
END_TEST

int
main(void)
{
	struct unit unit = unit_make("share_ledger");

	tcase_add_checked_fixture(unit.cases, setup, teardown);
	tcase_add_test(unit.cases, remembers_who_wrote_it);
	tcase_add_test(unit.cases,
	    who_wrote_first_stays_who_was_given_last_has_it);
	tcase_add_test(unit.cases, forgets_after_400_days);
	tcase_add_test(unit.cases,
	    a_torn_line_says_nothing_and_is_written_anew);
	tcase_add_test(unit.cases,
	    any_message_id_is_a_hash_and_no_domain_is_a_path);
	tcase_add_test(unit.cases,
	    a_ledger_that_cannot_be_read_is_not_an_empty_one);
	tcase_add_test(unit.cases, what_is_too_old_goes_in_its_turn);
	return unit_run(unit);
}
